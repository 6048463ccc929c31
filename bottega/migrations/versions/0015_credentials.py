"""Credentials: the accounts of channels, sealed"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "credential",
        sa.Column("channel", words(), nullable=False),
        sa.Column("account_id", words(), nullable=False),
        sa.Column("account", words(), nullable=False),
        sa.Column("scopes", words(), nullable=False),
        sa.Column("sealed", words(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("connected_at", moment(), nullable=False),
        sa.Column("renewed_at", moment(), nullable=False),
        sa.Column("expires_at", moment(), nullable=True),
        sa.Column("renewing_until", moment(), nullable=True),
        sa.Column("lost_at", moment(), nullable=True),
        sa.Column("lost_reason", words(), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["channel.name"]),
        sa.PrimaryKeyConstraint("channel"),
    )


def downgrade() -> None:
    op.drop_table("credential")
