"""The inbox is its own queue: what waits is found at once, by all and by person"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    for name, columns in (
        ("ix_inbox_queue", ["update_id"]),
        ("ix_inbox_turn", ["person_id", "update_id"]),
    ):
        op.create_index(
            name, "inbox", columns, sqlite_where=_WAITING, postgresql_where=_WAITING
        )


def downgrade() -> None:
    op.drop_index("ix_inbox_turn", "inbox")
    op.drop_index("ix_inbox_queue", "inbox")
