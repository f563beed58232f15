"""Agents: a browser and a system in two words, for the list of places where somebody is signed in."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
"""What a User-Agent holds → what people call it; the first that is there counts."""


def told(user_agent: str) -> str:
    """`Firefox on Linux`; the whole of a User-Agent is nearly a name, so it is not kept."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    system = next((f" on {name}" for mark, name in SYSTEMS if mark in user_agent), "")
    return browser + system
