"""Consents for each purpose, minors and credits of pictures, refusals, blocks, erasure"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PURPOSES = ("rubrica", "facebook", "x", "ebook")
"""What the notice of before named, all at once."""


def upgrade() -> None:
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("blocked_reason", sqlmodel.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("ai_refused_at", moment(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", moment(), nullable=True))

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "licence", sqlmodel.AutoString(), nullable=False, server_default="CC BY 4.0"
            )
        )

    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minors", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("release", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("credit", sqlmodel.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("fingerprint", sqlmodel.AutoString(), nullable=True))
        batch_op.create_index(batch_op.f("ix_revision_fingerprint"), ["fingerprint"], unique=False)

    op.create_table(
        "permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sqlmodel.AutoString(), nullable=False),
        sa.Column("notice_version", sqlmodel.AutoString(), nullable=False),
        sa.Column("given_at", moment(), nullable=False),
        sa.Column("withdrawn_at", moment(), nullable=True),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("participant_id", "purpose"),
    )
    op.create_index(
        op.f("ix_permission_participant_id"), "permission", ["participant_id"], unique=False
    )

    op.create_table(
        "release",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderator.id"]),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"]),
        sa.PrimaryKeyConstraint("revision_id"),
    )
    carry_over()
    guard_posts(f"NOT ({EMPTIED})")


# Who asks to be forgotten has the words of their posts taken away; all else of a post stays.
EMPTIED = "NEW.body = '' AND " + " AND ".join(
    f"NEW.{name} = OLD.{name}"
    for name in ("id", "article_id", "version", "channel", "sha256", "frozen_at")
)


def guard_posts(unless: str) -> None:
    """Have the database refuse changes of approved posts where a condition holds."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER post_no_update")
        op.execute(
            f"CREATE TRIGGER post_no_update BEFORE UPDATE ON post WHEN {unless} "
            "BEGIN SELECT RAISE(ABORT, 'post is append-only'); END"
        )
        return
    op.execute("DROP TRIGGER post_no_update ON post")
    op.execute(
        f"CREATE TRIGGER post_no_update BEFORE UPDATE ON post FOR EACH ROW WHEN ({unless}) "
        "EXECUTE FUNCTION post_no_update()"
    )


def carry_over() -> None:
    """Who accepted the notice of before accepted what it named: their pieces may still go out."""
    consent = sa.table(
        "consent",
        sa.column("participant_id", sa.Integer()),
        sa.column("notice_version", sa.String()),
        sa.column("given_at", sqlmodel.sql.sqltypes.UTCDateTime()),
    )
    permission = sa.table(
        "permission",
        sa.column("participant_id", sa.Integer()),
        sa.column("purpose", sa.String()),
        sa.column("notice_version", sa.String()),
        sa.column("given_at", sqlmodel.sql.sqltypes.UTCDateTime()),
    )
    for purpose in PURPOSES:
        last = sa.select(
            consent.c.participant_id,
            sa.literal(purpose),
            sa.func.max(consent.c.notice_version),
            sa.func.max(consent.c.given_at),
        ).group_by(consent.c.participant_id)
        op.execute(permission.insert().from_select([one.name for one in permission.c], last))


def downgrade() -> None:
    guard_posts("NEW.id = OLD.id")
    op.drop_table("release")
    op.drop_table("permission")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_fingerprint"))
        for name in ("fingerprint", "credit", "release", "minors"):
            batch_op.drop_column(name)
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_column("licence")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        for name in ("erased_at", "ai_refused_at", "blocked_reason"):
            batch_op.drop_column(name)
