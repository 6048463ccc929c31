"""Threads: how many parts the post has that an operation sends one of"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operation", sa.Column("parts", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("operation", "parts")
