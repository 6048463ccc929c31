"""Attempts: the account on which each was made"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("account", sqlmodel.sql.sqltypes.AutoString()))


def downgrade() -> None:
    op.drop_column("attempt", "account")
