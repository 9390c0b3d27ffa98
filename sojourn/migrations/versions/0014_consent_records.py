"""Which record set a state: what was said before anybody knew who it was is theirs, too"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent_states", sa.Column("record", sa.Text(), nullable=True))
