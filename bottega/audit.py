"""What a person at the terminal is told of the record: that it is whole, or where it is not."""

import asyncio
from collections.abc import Mapping
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from bottega import migrations
from bottega.alone import CannotStart
from content import audit
from content.audit import Broken, Fault, Proof
from content.store import Store

_FAULTS: Final[Mapping[Fault, str]] = {
    Fault.CHANGED: "non è più come fu scritta",
    Fault.ONE_IS_MISSING: "non segue quella prima: ne manca una, o ce n’è una di troppo",
    Fault.NO_SUCH_DECISION: "nomina una decisione che non c’è",
    Fault.SEALED_ROWS_DIFFER: "non corrisponde alle righe che copre",
    Fault.SEAL_LOST: "manca fra quelli trovati",
}


def verify(url: str, seal: str | None = None) -> Proof:
    """Prove the record at a store's URL; blocking, and the newsroom may be running.

    `seal` is the hash of a seal noted elsewhere. Raises CannotStart when the database is not there.
    """
    try:
        if asyncio.run(_revision(url)) != migrations.HEAD:
            raise CannotStart("Il database non è ancora pronto: avvia prima la redazione.")
        level = "SERIALIZABLE" if url.startswith("sqlite") else "REPEATABLE READ"
        engine = create_engine(migrations.blocking(url), isolation_level=level)
        try:
            with engine.connect() as connection:
                return audit.verify(connection, seal)
        finally:
            engine.dispose()
    except (DBAPIError, OSError) as error:
        raise CannotStart(
            f"Il database non risponde ({type(error).__name__}). Controlla DATABASE_URL (o "
            "DATA_DIR)."
        ) from None


def sentences(proof: Proof) -> list[str]:
    """Return what to say of a proof, in Italian."""
    if proof.broken is not None:
        return [f"Il registro NON è integro: {_named(proof.broken)}."]
    rows = f"{proof.rows} righe in {proof.chains} catene, {proof.decisions} decisioni"
    said = [f"Il registro è integro: {rows}, {proof.seals} sigilli su {proof.sealed} righe."]
    if proof.last_seal is not None:
        said.append(
            f"Ultimo sigillo: {proof.last_seal}. Annotalo altrove: con --seal dimostra che da "
            "allora non è sparito niente."
        )
    return said


def _named(broken: Broken) -> str:
    about = f" ({broken.about})" if broken.about else ""
    return f"{broken.table}, riga {broken.id}{about}, {_FAULTS[broken.fault]}"


async def _revision(url: str) -> str | None:
    store = Store(url)
    try:
        return await migrations.current(store)
    finally:
        await store.close()
