"""A column of many articles, in no time: the index filled without waiting for the disk."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from content.posts import Piece, Post, Section
from content.submissions import Kind
from publishers.base import Action, Call
from publishers.rubrica import Rubrica, placing
from publishers.rubrica.cards import Masthead
from publishers.rubrica.entries import Address
from publishers.rubrica.index import Index

URL: Final = "https://laboratori.example"
BEGINNING: Final = datetime(2008, 1, 7, 8, tzinfo=UTC)
BETWEEN: Final = timedelta(hours=8)
TOWNS: Final = 400
_SIGNED: Final = ("Laboratori dell'Innovazione", "Comune di Tirano", "")
_TEXTS: Final = 500
_SECTIONS: Final = tuple(Section)
_SENTENCES: Final = (
    "Il Comune apre la biblioteca di quartiere con orario serale e sale per chi studia.",
    "Il progetto nasce con le scuole e le associazioni del paese, che ne curano gli incontri.",
    "La giunta ha approvato il percorso dopo un anno di prove con *trenta famiglie*.",
    "Chi vuole partecipare trova il modulo [sul sito](https://comune.example/modulo).",
    "Un gruppo di volontari tiene aperta la sala il giovedì e il sabato mattina.",
    "I dati raccolti in questi mesi sono pubblici e si possono **riusare**.",
    "Il prossimo passo è portare il servizio nelle frazioni, con un furgone attrezzato.",
)


def column(folder: Path) -> Rubrica:
    """Return a column in a folder."""
    title, owner, email = _SIGNED
    config = Rubrica.Config(site=folder / "site", url=URL, title=title, owner=owner, email=email)
    return Rubrica(config, folder / "media")


def piece(number: int) -> Piece:
    """Return the article of a number, always the same."""
    chance = random.Random(number)  # noqa: S311 - only to be varied
    section = _SECTIONS[min(3, chance.randrange(6))]
    town = f"Borgo {chance.randrange(TOWNS)}"
    paragraphs = [" ".join(chance.choices(_SENTENCES, k=4)) for _ in range(5)]
    slug = f"a-{town.lower().replace(' ', '-')}-apre-la-biblioteca-{number}"
    return Piece(
        article_id=number,
        version=1,
        receipt=f"R{number}",
        kind=Kind.NEWS,
        section=section,
        slug=slug,
        title=f"A {town} apre la biblioteca numero {number}",
        lead=chance.choice(_SENTENCES),
        text="\n\n".join(paragraphs),
        organisation=f"Comune di {town}",
        municipality=town,
        province="SO",
        author="Ada Rossi",
        sdgs=tuple(sorted(chance.sample(range(1, 18), 2))),
        url=f"{URL}/{section}/{slug}/",
    )


def call(number: int) -> Call:
    """Return the circumstances in which an article of a number goes out."""
    due = BEGINNING + BETWEEN * number
    return Call(key=str(number), action=Action.CREATE, now=due, due_at=due)


def posts(rubrica: Rubrica, count: int) -> Iterator[Post]:
    """Yield the posts of so many articles; their texts return, their titles do not."""
    texts = [rubrica.render(piece(number)) for number in range(1, min(count, _TEXTS) + 1)]
    for number in range(1, count + 1):
        told, like = piece(number), texts[number % len(texts)]
        facts = {**like.facts, "article_id": number, "section": told.section.value,
                 "slug": told.slug, "municipality": told.municipality,
                 "organisation": told.organisation, "sdgs": list(told.sdgs)}  # fmt: skip
        yield like.model_copy(update={"title": told.title, "facts": facts})


def fill(rubrica: Rubrica, count: int) -> None:
    """Put so many articles in a column's index, and what stands for their shared images.

    Those are made at approval; the pages are not written yet.
    """
    media = rubrica.site / placing.FOLDER
    media.mkdir(parents=True)
    file = rubrica.site.with_name(f"{rubrica.site.name}-index") / "index.sqlite3"
    Index.opened(file).close()
    with _careless(file) as index:
        for number, post in enumerate(posts(rubrica, count), 1):
            address = Address(str(post.facts["section"]), str(post.facts["slug"]))
            index.put(post, number, address, call(number).due_at)
            for name in placing.names(post, address.section, Masthead(URL, *_SIGNED)):
                (media / name).touch()
        index.settle(range(1, count + 1))


@contextmanager
def _careless(file: Path) -> Iterator[Index]:
    """Open an index whose losses nobody would mind."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=MEMORY")
    yield Index(connection)
    connection.close()
