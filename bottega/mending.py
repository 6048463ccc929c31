"""What a person at the terminal may do about updates that could not be handled."""

from bot import inbox
from bottega.alone import opened
from bottega.settings import Settings


async def listed(settings: Settings) -> list[str]:
    """Return one line for each failed update: number, when it came, why it failed; no words.

    Raises CannotStart when the database is not there.
    """
    async with opened(settings) as store, store.reading() as session:
        return [
            f"{one.update_id}  {one.received_at:%Y-%m-%d %H:%M} UTC  {one.problem or ''}"
            for one in await inbox.failed(session)
        ]


async def again(settings: Settings, update_id: int | None) -> int:
    """Let failed updates, or one, be handled again by the bot; return how many.

    Raises CannotStart when the database is not there. The newsroom may be running.
    """
    async with opened(settings) as store, store.transaction() as session:
        return await inbox.replay(session, update_id)
