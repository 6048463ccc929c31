"""Corrections: what a version of an article puts right, in a sentence"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correction", words(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_column("correction")
