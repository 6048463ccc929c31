"""The console: chief editors, links and sessions, the list of cases"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = (
    "draft", "submitted", "in_review", "accepted", "rejected", "changes_requested", "withdrawn",
)
KINDS = ("initiative", "idea", "project", "document", "video_interview", "news")


def known(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


BEFORE = known("role_known", "moderator", "administrator")
AFTER = known("role_known", "moderator", "chief_editor", "administrator")


def upgrade() -> None:
    words, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    for table in ("moderator", "invitation"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("role", existing_type=BEFORE, type_=AFTER, nullable=False)

    op.create_table(
        "entry_link",
        sa.Column("code_sha256", words(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", moment(), nullable=False),
        sa.Column("used_at", moment(), nullable=True),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderator.id"]),
        sa.PrimaryKeyConstraint("code_sha256"),
    )
    op.create_index(op.f("ix_entry_link_expires_at"), "entry_link", ["expires_at"])
    op.create_table(
        "launch",
        sa.Column("sha256", words(), nullable=False),
        sa.Column("expires_at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index(op.f("ix_launch_expires_at"), "launch", ["expires_at"])
    op.create_table(
        "console_session",
        sa.Column("token_sha256", words(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("expires_at", moment(), nullable=False),
        sa.Column("revoked_at", moment(), nullable=True),
        sa.Column("browser", words(), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderator.id"]),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    for column in ("moderator_id", "expires_at"):
        op.create_index(op.f(f"ix_console_session_{column}"), "console_session", [column])

    op.create_table(
        "filed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("receipt", words(), nullable=False),
        sa.Column("state", known("submissionstate_known", *STATES), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("kind", known("kind_known", *KINDS), nullable=False),
        sa.Column("province", words(), nullable=True),
        sa.Column("lab_id", sa.Integer(), nullable=True),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.Column("title", words(), nullable=False),
        sa.Column("organisation", words(), nullable=False),
        sa.Column("author", words(), nullable=False),
        sa.Column("sent_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("submission_id"),
    )
    for name, column in {
        "waiting": "waiting",
        "state": "state",
        "kind": "kind",
        "province": "province",
        "lab": "lab_id",
        "moderator": "moderator_id",
        "warned": "warned",
    }.items():
        op.create_index(f"ix_filed_{name}", "filed", [column, "id"])
    op.create_index(op.f("ix_filed_receipt"), "filed", ["receipt"])
    op.create_index("ix_revision_organisation", "revision", ["organisation", "sent_at"])


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("DROP TABLE IF EXISTS search")
    op.drop_index("ix_revision_organisation", "revision")
    for table in ("filed", "console_session", "launch", "entry_link"):
        op.drop_table(table)
    for table in ("moderator", "invitation"):
        op.execute(f"UPDATE {table} SET role = 'moderator' WHERE role = 'chief_editor'")
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("role", existing_type=AFTER, type_=BEFORE, nullable=False)
