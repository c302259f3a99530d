"""Alembic environment: the connection comes from api.db.migrate."""

from alembic import context

from api.db.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
