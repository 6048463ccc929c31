"""Quiet hours, gaps, blackouts, and until when a piece is news"""

from datetime import timedelta

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quiet_from", sqlmodel.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("quiet_to", sqlmodel.AutoString(), nullable=True))
        batch_op.add_column(
            sa.Column("gap_minutes", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("posted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )
        batch_op.add_column(
            sa.Column("next_post_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )

    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("removed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )
        batch_op.create_check_constraint("slot_on_a_weekday", "weekday BETWEEN 0 AND 6")
        batch_op.create_check_constraint(
            "slot_outside_the_clock_change",
            "length(hour) = 5 AND (hour < '02:00' OR hour >= '03:00')",
        )

    op.create_table(
        "blackout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("begins_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reason", sqlmodel.AutoString(), nullable=False),
        sa.Column("lifted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("begins_at < ends_at", name="blackout_lasts"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_blackout_ends_at"), "blackout", ["ends_at"], unique=False)

    op.create_table(
        "shelf_life",
        sa.Column("channel", sqlmodel.AutoString(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "initiative",
                "idea",
                "project",
                "document",
                "video_interview",
                "news",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channel.name"]),
        sa.PrimaryKeyConstraint("channel", "kind"),
    )

    op.add_column(
        "operation",
        sa.Column("news_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    )
    op.create_index("ix_operation_late", "operation", ["state", "news_until"], unique=False)
    op.create_index("ix_operation_calendar", "operation", ["channel", "due_at"], unique=False)
    say_until_when_it_is_news()


def say_until_when_it_is_news() -> None:
    """What was planned before keeps the six hours that held for all."""
    operation = sa.table(
        "operation",
        sa.column("id", sa.Integer()),
        sa.column("state", sa.String()),
        sa.column("due_at", sqlmodel.sql.sqltypes.UTCDateTime()),
        sa.column("news_until", sqlmodel.sql.sqltypes.UTCDateTime()),
    )
    bind = op.get_bind()
    planned = sa.select(operation.c.id, operation.c.due_at).where(
        operation.c.state.not_in(("done", "cancelled"))
    )
    for operation_id, due_at in bind.execute(planned).all():
        bind.execute(
            operation.update()
            .where(operation.c.id == operation_id)
            .values(news_until=due_at + timedelta(hours=6))
        )


def downgrade() -> None:
    raise RuntimeError("what the newsroom knows about time cannot be forgotten")
