"""What a moderator was asked to write in the group: the reason of a verdict, or to an author."""

from sqlmodel import Field, SQLModel

from content.decisions import Verdict
from content.store import by_value, telegram_id


class Prompt(SQLModel, table=True):
    """That a moderator was asked to write; without a verdict, it is a message to the author."""

    moderator_id: int = telegram_id(primary_key=True)
    chat_id: int = telegram_id()
    submission_id: int = Field(foreign_key="submission.id")
    verdict: Verdict | None = Field(default=None, sa_column=by_value(Verdict, nullable=True))
    seen: str
