"""A PostgreSQL of the tests' own, on loopback, in a folder that goes with them."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from content.store import Store

USER = "bottega"
CIRCLE, TAKEN = "40P01", "23505"
"""What PostgreSQL says of transactions that waited for each other, and of a row that is there."""


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, None when it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return installed[0].parent if installed else None


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run a server whose data lie in `folder` and yield its URL, without a database name.

    PostgreSQL refuses to run as root: there the user `postgres` runs it.
    """
    binaries = programs()
    assert binaries is not None
    initdb, pg_ctl = str(binaries / "initdb"), str(binaries / "pg_ctl")
    data = folder / "data"
    data.mkdir()
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        for path in (folder, data):
            os.chown(path, account.pw_uid, account.pw_gid)
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run(
        [initdb, "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user,
    )  # fmt: skip
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
        "-c max_connections=200 -c fsync=off -c full_page_writes=off"
    )
    control = [pg_ctl, "-D", str(data), "-l", str(data / "log"), "-w"]
    subprocess.run(
        [*control, "-o", options, "start"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user,
    )  # fmt: skip
    try:
        yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user,
        )  # fmt: skip
        shutil.rmtree(folder)


async def stumble(store: Store, table: str, code: str, times: int) -> None:
    """Have the server break off what writes the first so many rows of a table, with a code."""
    async with store.transaction() as session:
        connection = await session.connection()
        await connection.execute(text("CREATE SEQUENCE stumbled"))
        await connection.execute(
            text(
                f"""CREATE FUNCTION stumble() RETURNS trigger AS $$ BEGIN
                IF nextval('stumbled') <= {times} THEN
                    RAISE EXCEPTION 'as by chance' USING ERRCODE = '{code}';
                END IF;
                RETURN NEW;
                END $$ LANGUAGE plpgsql"""
            )
        )
        await connection.execute(
            text(
                f"CREATE TRIGGER stumble BEFORE INSERT ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION stumble()"
            )
        )
