"""What a Lab is about"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sqlmodel.sql.sqltypes.AutoString()
    op.add_column("lab", sa.Column("theme", words, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("lab", "theme")
