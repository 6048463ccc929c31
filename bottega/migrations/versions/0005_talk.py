"""What people say after sending: cases, reminders, languages"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

VERDICT = sa.Enum(
    "accepted",
    "rejected",
    "changes_requested",
    name="verdict_known",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade() -> None:
    words, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("text", words(), nullable=False),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderator.id"]),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_message_submission_id"), "message", ["submission_id"], unique=False)
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", words(), nullable=True))
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded_at", moment(), nullable=True))
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("writing_to", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("writing", words(), nullable=True))
        batch_op.add_column(sa.Column("guide", words(), nullable=True))
        batch_op.create_foreign_key(
            "conversation_writes_to_a_case", "submission", ["writing_to"], ["id"]
        )
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.alter_column("verdict", existing_type=VERDICT, nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM prompt WHERE verdict IS NULL")
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.alter_column("verdict", existing_type=VERDICT, nullable=False)
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_constraint("conversation_writes_to_a_case", type_="foreignkey")
        for name in ("guide", "writing", "writing_to"):
            batch_op.drop_column(name)
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_column("reminded_at")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("language")
    op.drop_table("message")
