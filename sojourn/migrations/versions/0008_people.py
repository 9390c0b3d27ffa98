"""How people are told apart, and what is known of them"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "projects",
        sa.Column(
            "hierarchy", sa.Text(), nullable=False, server_default="user_id email anonymous_id"
        ),
    )
    op.add_column("identifiers", sa.Column("first_ms", sa.BigInteger()))
    op.add_column("identifiers", sa.Column("last_ms", sa.BigInteger()))
    op.add_column("merges", sa.Column("shared", sa.Text(), nullable=False, server_default=""))
    op.add_column("merges", sa.Column("at_ms", sa.BigInteger()))
    op.create_table(
        "blocked_merges",
        sa.Column("project", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("shared", sa.Text(), nullable=False),
        sa.Column("barrier", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "person", "other", "shared", "barrier"),
    )
    op.create_table(
        "kept_apart",
        sa.Column("project", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "person", "other"),
    )
