"""What moderators are told once, how cases come to them, their topics and their menus"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "once",
        sa.Column("what", words(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("what"),
    )
    op.create_index("ix_once_at", "once", ["at"])
    op.create_table(
        "arrival",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("submission_id"),
    )
    for name in ("at", "listed", "shown"):
        op.create_index(f"ix_arrival_{name}", "arrival", [name])
    op.create_table(
        "menu",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", words(), nullable=False),
        sa.PrimaryKeyConstraint("telegram_id"),
    )
    op.create_table(
        "topic",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "review", "scheduled", "trouble",
                name="topic_known", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "topic"),
    )


def downgrade() -> None:
    op.drop_table("topic")
    op.drop_table("menu")
    op.drop_table("arrival")
    op.drop_table("once")
