"""Handshakes: the ways to a channel's service and back that are open"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "handshake",
        sa.Column("state_sha256", words(), nullable=False),
        sa.Column("session_sha256", words(), nullable=False),
        sa.Column("channel", words(), nullable=False),
        sa.Column("sealed", words(), nullable=False),
        sa.Column("expires_at", moment(), nullable=False),
        sa.Column("returned_at", moment(), nullable=True),
        sa.Column("problem", words(), nullable=True),
        sa.PrimaryKeyConstraint("state_sha256"),
    )
    op.create_index("ix_handshake_session_sha256", "handshake", ["session_sha256"])
    op.create_index("ix_handshake_expires_at", "handshake", ["expires_at"])


def downgrade() -> None:
    op.drop_table("handshake")
