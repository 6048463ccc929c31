"""Articles written by several people: credits, and what each has not saved yet"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.add_column(sa.Column("credit", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_table(
        "writing",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", moment(), nullable=False),
        sa.Column("seen_at", moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("kept_at", moment(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderator.id"]),
        sa.PrimaryKeyConstraint("article_id", "moderator_id"),
    )


def downgrade() -> None:
    op.drop_table("writing")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_column("credit")
