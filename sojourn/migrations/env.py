"""Alembic's entry: migrations run on the connection that `application.py` hands over."""

from alembic import context

from sojourn import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
