"""Settings: what an operator may choose, and how a wrong choice is told."""

from __future__ import annotations

import pytest

from ports.errors import Misconfigured
from ports.settings import from_environment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("SITE_URL", "ftp://x"),
        ("SITE_URL", "http://[::1"),
        ("SITE_URL", "http://x:abc"),
        ("SITE_URL", "http://a b/"),
        ("SITE_URL", "https://x/sub"),
        ("SITE_URL", "https://user@x"),
        ("SITE_URL", "https://x?y"),
        ("DEFAULT_REGION", "USA"),
        ("DEFAULT_REGION", "UK"),
        ("DATABASE_URL", "mysql://user:secret@host/db"),
        ("DATABASE_URL", "nonsense"),
        ("REDIS_URL", "foo"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "A <a@b>\r\nBcc: <c@d>"),
        ("SECRET_KEY", "secret"),
        ("BACKUP_DAYS", "-1"),
        ("BACKUP_DAYS", "a month"),
        ("READER_ADDRESS", "X-Forwarded-For: secret"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_told(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name) as raised:
        from_environment({name: value})
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "value", ["https://anime.example", "https://anime.example/", "http://127.0.0.1:8000", "http://[::1]:8000"]
)
def test_an_address_of_a_site_has_no_path_and_no_slash_at_its_end(value: str) -> None:
    assert from_environment({"SITE_URL": value}).site_url == value.rstrip("/")
