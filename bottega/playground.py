"""The whole newsroom against the sandbox: what starts when there are no tokens."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from typing import Final

from pydantic import BaseModel, SecretStr

from bottega import runtime
from bottega.alone import CannotStart
from bottega.runtime import Runtime
from bottega.sandbox import Sandbox, furnish
from bottega.settings import Settings
from content import people
from content.history import Actor
from content.people import Role
from content.vault import new_key
from publishers import PUBLISHERS

FOLDER: Final = "sandbox"


async def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Run sandbox and newsroom together until SIGINT or SIGTERM; each start begins anew."""
    folder = settings.data_dir / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    sandbox = Sandbox(settings.sandbox_port)
    try:
        await sandbox.__aenter__()
    except OSError:
        raise CannotStart(
            f"La porta {settings.sandbox_port} è occupata: cambia SANDBOX_PORT oppure ferma "
            "l’altro programma."
        ) from None
    try:
        cast = furnish(sandbox.telegram)
        site = f"http://{settings.host}:{settings.port}"
        sandbox.rubrica_url = site
        telegram = sandbox.telegram_keys()
        there = settings.model_copy(
            update={
                "data_dir": folder,
                "database_url": None,
                "telegram_token": SecretStr(telegram["token"]),
                "telegram_api_url": telegram["api_url"],
                "telegram_group_calls": 0,
                "public_url": site,
                "link_previews": False,
                "secret_key": SecretStr(new_key()),
                "openai_api_key": None,  # a stand-in writes worse than the templates do
            }
        )
        apps = sandbox.apps(site)
        keys = {name: one | apps.get(name, {}) for name, one in sandbox.keys().items()}
        keys |= {"rubrica": {"url": site, "site": str(folder / "site")}}
        newsroom = Runtime(there, channels=configs(keys))
        say("Nessun TELEGRAM_TOKEN: parto nella SANDBOX. Niente esce da questo computer.")
        say("Qui tutto è finto e ricomincia da capo a ogni avvio.")
        await runtime.run(
            newsroom,
            say,
            prepared=lambda: _staff(
                newsroom, cast.administrator_id, cast.moderators, cast.group_id, cast.group_title
            ),
            address=sandbox.url,
        )
    finally:
        await sandbox.__aexit__()


def configs(keys: Mapping[str, Mapping[str, str]]) -> dict[str, BaseModel]:
    """Return each channel's Config from the sandbox's keys."""
    return {
        one.channel: one.Config.model_validate(dict(keys.get(one.channel, {})))
        for one in PUBLISHERS
    }


async def _staff(
    newsroom: Runtime,
    administrator: int,
    moderators: Mapping[int, str],
    group_id: int,
    group_title: str,
) -> None:
    """Give the sandbox's newsroom its people and its group, as an administrator would."""
    now = newsroom.clock()
    async with newsroom.store.transaction() as session:
        for telegram_id, name in moderators.items():
            role = Role.ADMINISTRATOR if telegram_id == administrator else Role.MODERATOR
            member = await people.appoint(session, telegram_id, name, role, now=now)
        by = Actor("moderator", member.id)
        await people.tie_desk(session, group_id, group_title, by=by, now=now)
    await asyncio.sleep(0)
