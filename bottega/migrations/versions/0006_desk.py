"""The moderators' desk: a record that proves itself, two approvals, replies, versions"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BATCH = 500
SEALING = 0x0B075EA1
"""As content.seals has it."""
REPLIES = {
    "changes": (
        "Serve almeno una foto.",
        "Il testo è troppo breve: che cosa, chi, dove e quando?",
        "Manca un riferimento a cui rivolgersi.",
    ),
    "decline": (
        "Non riguarda i temi dei Laboratori.",
        "L’abbiamo già pubblicata.",
        "È un testo pubblicitario.",
    ),
}
EDITABLE = (
    "kind", "section", "title", "lead", "text", "organisation", "municipality", "province",
    "link", "sdgs", "texts", "media",
)


def known(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


VERDICTS = known("verdict_known", "accepted", "rejected", "changes_requested")
MORE_VERDICTS = known(
    "verdict_known", "accepted", "rejected", "changes_requested", "approved_once"
)
words, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime

HISTORY = sa.table(
    "history",
    sa.column("id", sa.Integer()),
    sa.column("noun", sa.String()),
    sa.column("noun_id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("at", moment()),
    sa.column("actor", sa.String()),
    sa.column("actor_id", sa.Integer()),
    sa.column("verb", sa.String()),
    sa.column("before", sa.String()),
    sa.column("after", sa.String()),
    sa.column("data", sa.JSON()),
    sa.column("sha256", sa.String()),
)
DECISION = sa.table(
    "decision",
    sa.column("id", sa.Integer()),
    sa.column("submission_id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("moderator_id", sa.Integer()),
    sa.column("verdict", sa.String()),
    sa.column("reason", sa.String()),
    sa.column("seen_sha256", sa.String()),
    sa.column("version", sa.Integer()),
    sa.column("decided_at", moment()),
    sa.column("sha256", sa.String()),
)


def upgrade() -> None:
    for table in ("history", "decision"):
        unguard(table)
    chain_history()
    chain_decisions()
    for table in ("history", "decision"):
        guard(table)
    open_seals()
    keep_versions()
    with op.batch_alter_table("lab", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("approvals", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.create_check_constraint("lab_approvals_known", "approvals BETWEEN 1 AND 2")
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.alter_column(
            "verdict", existing_type=VERDICTS, type_=MORE_VERDICTS, existing_nullable=True
        )
    write_replies()


def chain_history() -> None:
    """Give every row its number and its hash, in the order in which things happened."""
    op.drop_index("ix_history_noun", "history")
    for column in (sa.Column("number", sa.Integer()), sa.Column("sha256", words())):
        op.add_column("history", column)
    facts = ("noun", "noun_id", "number", "at", "actor", "actor_id", "verb", "before", "after",
             "data")
    link(HISTORY, ("noun", "noun_id"), facts)
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("sha256", existing_type=words(), nullable=False)
    columns = ["noun", "noun_id", "number"]
    op.create_index("ix_history_chain", "history", columns, unique=True)


def chain_decisions() -> None:
    for column in (
        sa.Column("number", sa.Integer()),
        sa.Column("version", sa.Integer()),
        sa.Column("sha256", words()),
    ):
        op.add_column("decision", column)
    facts = ("submission_id", "number", "moderator_id", "verdict", "reason", "seen_sha256",
             "version", "decided_at")
    link(DECISION, ("submission_id",), facts)
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("sha256", existing_type=words(), nullable=False)
        batch_op.alter_column(
            "verdict", existing_type=VERDICTS, type_=MORE_VERDICTS, existing_nullable=False
        )
        batch_op.create_check_constraint(
            "a_refusal_has_its_reason",
            "verdict IN ('accepted', 'approved_once') OR length(trim(coalesce(reason, ''))) > 0",
        )
    op.drop_index("ix_decision_submission_id", "decision")
    columns = ["submission_id", "number"]
    op.create_index("ix_decision_chain", "decision", columns, unique=True)
    op.create_index("ix_decision_sha256", "decision", ["sha256"], unique=True)


def link(table: sa.TableClause, noun: tuple[str, ...], facts: tuple[str, ...]) -> None:
    """Number and hash rows that are there already, some at a time."""
    bind = op.get_bind()
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"))
        .values(number=sa.bindparam("counted"), sha256=sa.bindparam("hash"))
    )
    seen, number, last, cursor = None, 0, "", None
    while rows := after(bind, table, noun, cursor):
        changes = []
        for row in rows:
            of = tuple(row[name] for name in noun)
            seen, number, last = (of, number + 1, last) if of == seen else (of, 1, "")
            told = {**row, "number": number}
            last = linked(last, *(told[name] for name in facts))
            changes.append({"row": row["id"], "counted": number, "hash": last})
        cursor = (*seen, rows[-1]["id"])
        bind.execute(change, changes)


def after(bind: sa.Connection, table: sa.TableClause, noun: tuple[str, ...], cursor: object):
    """Read the next rows in the order of the chains."""
    order = [*(table.c[name] for name in noun), table.c.id]
    query = sa.select(table).order_by(*order).limit(BATCH)
    if cursor is not None:
        query = query.where(sa.tuple_(*order) > sa.tuple_(*cursor))
    return bind.execute(query).mappings().all()


def linked(before: str, *facts: object) -> str:
    """As content.chain does: what it says today must hold for ever."""
    said = json.dumps([before, *facts], default=utc, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def open_seals() -> None:
    op.create_table(
        "seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    guard("seal")
    if op.get_bind().dialect.name == "postgresql":
        # Being volatile, it looks after it has the locks, and so sees what the last writer did.
        # https://www.postgresql.org/docs/current/xfunc-volatility.html
        op.execute(
            "CREATE FUNCTION history_end(of_noun text, of_id integer) "
            "RETURNS TABLE (number integer, sha256 varchar) LANGUAGE plpgsql VOLATILE AS $$ BEGIN "
            f"PERFORM pg_advisory_xact_lock_shared({SEALING}); "
            "PERFORM pg_advisory_xact_lock(hashtext('history of ' || of_noun), of_id); "
            "RETURN QUERY SELECT h.number, h.sha256 FROM history h "
            "WHERE h.noun = of_noun AND h.noun_id = of_id ORDER BY h.number DESC LIMIT 1; "
            "END $$"
        )


def keep_versions() -> None:
    op.create_table(
        "article_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("by", words(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "version"),
    )
    copy_versions()
    text = "::text" if op.get_bind().dialect.name == "postgresql" else ""
    same = " AND ".join(
        f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" if text else f"NEW.{name} IS OLD.{name}"
        for name in ("id", "article_id", "version", '"by"', "by_id", '"at"')
    )
    # Who asks to be forgotten has what their pieces said taken away; that they were, stays.
    guard("article_version", unless=f"NEW.content{text} = '{{}}' AND {same}")


def copy_versions() -> None:
    """What articles say now is the first version that is kept of them.

    In drafts, pictures that are described by the title alone wait for somebody to look at that.
    """
    json_names = {"sdgs", "texts", "media", "drafted"}
    article = sa.table(
        "article",
        sa.column("id", sa.Integer()),
        sa.column("version", sa.Integer()),
        sa.column("state", sa.String()),
        sa.column("created_at", moment()),
        *(
            sa.column(name, sa.JSON() if name in json_names else sa.String())
            for name in (*EDITABLE, "drafted")
        ),
    )
    version = sa.table(
        "article_version",
        *(sa.column(name) for name in ("article_id", "version", "by")),
        sa.column("content", sa.JSON()),
        sa.column("at", moment()),
    )
    bind, last = op.get_bind(), 0
    query = sa.select(article).order_by(article.c.id).limit(BATCH)
    while rows := bind.execute(query.where(article.c.id > last)).mappings().all():
        last = rows[-1]["id"]
        bind.execute(
            version.insert(),
            [
                {
                    "article_id": row["id"],
                    "version": row["version"],
                    "content": {name: row[name] for name in EDITABLE},
                    "by": "newsroom",
                    "at": row["created_at"],
                }
                for row in rows
            ],
        )
        for row in rows:
            media = marked(row)
            if media != row["media"]:
                bind.execute(
                    article.update().where(article.c.id == row["id"]).values(media=media)
                )


def marked(row: sa.RowMapping) -> list[dict[str, object]]:
    if row["state"] != "draft":
        return row["media"]
    title = row["drafted"].get("title")
    return [
        {**one, "alt_proposed": True}
        if one.get("alt") == title and str(one.get("mime", "")).startswith("image/")
        else one
        for one in row["media"]
    ]


def write_replies() -> None:
    reply = op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", known("replykind_known", "decline", "changes"), nullable=False),
        sa.Column("text", words(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(
        reply,
        [
            {"kind": kind, "text": text, "position": position, "active": True}
            for kind, texts in REPLIES.items()
            for position, text in enumerate(texts, 1)
        ],
    )


def unguard(table: str) -> None:
    """Let rows be changed for as long as this migration takes."""
    of = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}{of}")


def guard(table: str, unless: str | None = None) -> None:
    """Have the database itself refuse that rows are changed or taken out."""
    for verb in ("UPDATE", "DELETE"):
        name, when = f"{table}_no_{verb.lower()}", ""
        if unless is not None and verb == "UPDATE":
            when = f"WHEN (NOT ({unless})) "
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}"
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            continue
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        each = "ROW" if when else "STATEMENT"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} {when}"
            f"EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    raise RuntimeError("what the record proves cannot be taken off it again")
