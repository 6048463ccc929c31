"""Covers: an edition may have one of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("edition", sa.Column("cover", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("edition", "cover")
