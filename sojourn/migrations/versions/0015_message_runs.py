"""Message ids in order of arrival, and the files of those that are many: so each is written beside
the one before, and not where its hash would have it"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_runs",
        sa.Column("project", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "name"),
    )
    op.rename_table("messages", "messages_by_digest")
    op.create_table(
        "messages",
        sa.Column("project", sa.Integer(), nullable=False),
        sa.Column("order", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("project", "order"),
        sqlite_with_rowid=False,
    )
    op.execute(
        'INSERT INTO messages (project, "order", digest) '
        'SELECT project, "order", digest FROM messages_by_digest ORDER BY project, "order"'
    )
    op.drop_table("messages_by_digest")
