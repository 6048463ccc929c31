"""Forms: on which channels an editor shows an article's link alone, or its media alone"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("forms", sa.JSON(), nullable=False, server_default="{}")
    op.add_column("article", column)


def downgrade() -> None:
    op.drop_column("article", "forms")
