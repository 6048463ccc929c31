"""Editions: the e-books of Labs, their parts and pieces"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _known(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    words, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("state", _known("editionstate_known", ("draft", "finished")), nullable=False),
        sa.Column(
            "arranged",
            _known("order_known", ("section", "goal", "province", "hand")),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", words(), nullable=False),
        sa.Column("subtitle", words(), nullable=False),
        sa.Column("isbn", words(), nullable=False),
        sa.Column("credits", words(), nullable=False),
        sa.Column("foreword", words(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("changed_at", moment(), nullable=False),
        sa.Column("finished_at", moment(), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_edition_lab_id", "edition", ["lab_id"])
    op.create_table(
        "edition_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", words(), nullable=False),
        sa.Column("title", words(), nullable=False),
        sa.Column("introduction", words(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_edition_part_edition_id", "edition_part", ["edition_id"])
    op.create_table(
        "edition_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", words(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"]),
        sa.ForeignKeyConstraint(["part_id"], ["edition_part.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("edition_id", "article_id"),
    )
    op.create_index("ix_edition_piece_article_id", "edition_piece", ["article_id"])
    op.create_index("ix_edition_piece_part_id", "edition_piece", ["part_id"])


def downgrade() -> None:
    op.drop_table("edition_piece")
    op.drop_table("edition_part")
    op.drop_table("edition")
