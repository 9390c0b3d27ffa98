"""Which wire a key opens, and how a project collects"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keys_by_wire",
        sa.Column("wire", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("project", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("wire", "digest"),
    )
    op.execute(
        "INSERT INTO keys_by_wire (wire, digest, project, kind, hint, secret, created_ms) "
        "SELECT CASE kind WHEN 'write' THEN 'segment' ELSE '' END, digest, project, kind, hint, "
        "NULL, created_ms FROM keys"
    )
    op.drop_table("keys")
    op.rename_table("keys_by_wire", "keys")
    op.add_column(
        "projects", sa.Column("collection", sa.Text(), nullable=False, server_default="{}")
    )
