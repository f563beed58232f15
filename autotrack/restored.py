"""`autotrack restored`: what has to be said once after the database was restored from a backup."""

from __future__ import annotations

from contextlib import closing

import click

from autotrack.site import ready
from jobs.erase import again, uploads
from jobs.restored import restored
from ports import clock
from ports.bucket import open_bucket
from ports.database import connect
from ports.signing import open_keys


@click.command("restored")
def verb() -> None:
    """Say that the database was restored from a backup, so that the bucket holds newer pages than it knows of.

    Versions are numbered on beyond all that were ever given, the whole bucket is compared with the manifest, and every
    page is looked at again. Accounts that were erased since the backup are erased again. Then `autotrack relay` and the
    workers, or `autotrack site build`, publish what differs.
    """
    with ready() as settings, closing(connect(settings.database_url)) as connection:
        found = restored(connection, open_bucket(settings.bucket_url), clock.now())
        left = again(connection, uploads(settings), open_keys(settings), clock.now())
    click.echo(f"{found.wrong:,} pages stand otherwise in the bucket, {found.strays:,} objects belong to no page.")
    if left:
        click.echo(f"{left:,} accounts that were erased since the backup are erased again.")
    click.echo("Every page will be looked at again, by the workers or by `autotrack site build`.")
