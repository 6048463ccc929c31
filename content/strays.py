"""A post that proves to be out when the newsroom wants it no more, or sends it again."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from content.deliveries import in_hand
from content.history import NEWSROOM, record
from content.readiness import MENDING


async def note(
    session: AsyncSession, operation_id: int, remote_id: str, link: str, *, now: datetime
) -> None:
    """Have people told of it, unless it is the very post that the operation is known by."""
    operation = await in_hand(session, operation_id)
    if operation.action not in MENDING and operation.remote_id != remote_id:
        data = {"channel": operation.channel, "link": link}
        await record(session, "operation", operation_id, "stray", by=NEWSROOM, now=now, data=data)
