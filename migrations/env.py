"""How Alembic reaches the database: `sqlalchemy.url` comes from the caller, never from a file."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

config = context.config


def run() -> None:
    """Migrate in one transaction; a lock held by someone else fails after 10 s instead of queueing everybody."""
    url = config.get_main_option("sqlalchemy.url")
    assert url is not None
    with create_engine(url, poolclass=NullPool).connect() as connection:
        context.configure(connection=connection, transaction_per_migration=False)
        with context.begin_transaction():
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            context.run_migrations()


run()
