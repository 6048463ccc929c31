"""Books to try: of the real texts, of every kind of piece, and of what nobody should write."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from content import media
from content.binding import Book, Chapter, Part
from content.media import Medium
from content.posts import SECTIONS, Piece, Section
from content.submissions import Kind
from tests import shared

OUT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SITE = "https://rubrica.example.it"
HOSTILE = (
    "<b>&\"'</b></title><script>alert(1)</script>]]>",
    "#set text(red) #panic() $x^2$ @ref <lab> `raw` *b* _i_ \\ //",
    "😀🎉 Festa in piazza 👩‍👩‍👧‍👦 🇮🇹 👍🏽",
    "مرحبا بكم في المكتبة الجديدة",
    "x" * 300,
    "parola " * 42,
    "{{ 7 * 7 }} {% raw %} &nbsp; &#0; %s %(x)s",
    "\u202ertl\u202c \u0000\u0001 zero\u200bwidth \ufffe \ud800",
    "市民ホール Ελληνικά Кириллица ไทย",
    "   ",
)
MARKDOWN = """## Un titolo

Un testo con **forza**, *garbo*, `codice` e un [collegamento](https://www.example.it/a?b=1&c=2).
Un indirizzo nudo: https://www.comune.example.it/pagina.html

#### Un titolo più sotto

1. primo
2. secondo
   - dentro
   - ancora

   un altro paragrafo

> Una citazione.

---

```
blocco <di> codice
```

<div onclick="x()">niente HTML</div> ![niente immagini](https://x.example/y.png)
[cattivo](javascript:alert(1))
"""


def picture(root: Path, number: int = 0, size: tuple[int, int] = (640, 420), **told: Any) -> Medium:
    """Return a picture that is kept in the media folder."""
    image = Image.new("RGB", size, (40 + number * 31 % 200, 90 + number * 17 % 150, 120))
    pen = ImageDraw.Draw(image)
    pen.ellipse((40, 40, size[0] - 40, size[1] - 40), fill=(240, 200, number * 40 % 255))
    out = io.BytesIO()
    image.save(out, "JPEG")
    medium = media.keep(root, out.getvalue())
    return medium.model_copy(update={"alt": f"Un cerchio chiaro, numero {number}", **told})


def piece(number: int, title: str, text: str, **told: Any) -> Piece:
    """Return a piece of Tirano."""
    kind = told.pop("kind", Kind.NEWS)
    facts = {
        "receipt": f"26-{number:04}", "lead": "Orario serale da lunedì.",
        "organisation": "Comune di Tirano", "municipality": "Tirano", "province": "SO",
        "author": "Ada Rossi", "sdgs": (4, 11), "lab": "Città intelligenti",
        "url": f"{SITE}/{SECTIONS[kind]}/pezzo-{number}/",
    }  # fmt: skip
    return Piece(
        article_id=number, version=1, kind=kind, section=SECTIONS[kind], slug=f"pezzo-{number}",
        title=title, text=text, **{**facts, **told},
    )  # fmt: skip


def book(pieces: list[Piece], **told: Any) -> Book:
    """Return a book of some pieces, in parts by section."""
    chapters = [
        Chapter(piece=one, published=OUT + timedelta(days=number))
        for number, one in enumerate(pieces)
    ]
    parts = [
        Part(
            key=section.value, title="", introduction="",
            chapters=tuple(one for one in chapters if one.piece.section is section),
        )
        for section in Section
        if any(one.piece.section is section for one in chapters)
    ]  # fmt: skip
    facts: dict[str, Any] = {
        "edition_id": 1, "name": "citta-intelligenti-2026-1", "title": "Città che cambiano",
        "subtitle": "Venticinque storie dai Comuni lombardi", "lab": "Città intelligenti",
        "year": 2026, "theme": "Come i Comuni usano i dati.", "parts": tuple(parts),
        "foreword": f"Cari lettori,\n\n{MARKDOWN}", "credits": "A cura di **Bruno Galli**.",
        "modified": OUT, "site": SITE, "owner": "La redazione dei Laboratori",
    }  # fmt: skip
    return Book(**{**facts, **told})


def real(root: Path) -> Book:
    """Return the book of the 25 real texts, each with a picture."""
    kinds = list(Kind)
    return book(
        [
            piece(
                number, one["title"], one["text"], municipality=one["comune"], province=None,
                organisation=f"Comune di {one['comune']}", kind=kinds[number % len(kinds)],
                sdgs=(number % 17 + 1, 11), media=(picture(root, number),),
                credit="Comune (CC BY 4.0)", link=one["source"],
            )
            for number, one in enumerate(shared.samples(), 1)
        ]
    )  # fmt: skip


def every_kind(root: Path) -> Book:
    """Return a book with a piece of every kind, and one with every medium."""
    photo = picture(root, 1, caption="La sala, il giorno dell’apertura")
    poster = picture(root, 2)
    enclosed = (
        photo, picture(root, 3, size=(2400, 1800)),
        Medium(sha256="b" * 64, mime="video/mp4", width=640, height=420, alt="L’inaugurazione",
               seconds=83.0, poster=poster.sha256, transcript="Benvenuti a tutti.", size=9_000_000),
        Medium(sha256="c" * 64, mime="audio/mpeg", seconds=61.0, name="voce.mp3"),
        Medium(sha256="d" * 64, mime="application/pdf", name="delibera.pdf", pages=3, size=10_000),
    )  # fmt: skip
    told = [
        piece(n, f"Un pezzo: {kind.value}", MARKDOWN, kind=kind, ai_model="gpt-5-mini")
        for n, kind in enumerate(Kind, 1)
    ]
    whole = piece(99, "Con tutto", MARKDOWN, media=enclosed, credit="Ada Rossi (CC BY 4.0)")
    bare = piece(
        100, "Con niente", "", lead="", organisation="", municipality=None, province=None,
        author="", sdgs=(),
    )  # fmt: skip
    return book([*told, whole, bare], isbn="9788806219451")


def hostile(root: Path) -> Book:
    """Return a book with markup, code, emoji and other scripts in every field."""
    pieces = [
        piece(
            number, words, f"# {words}\n\n{words}\n\n[{words}](https://x.example/?{number})",
            lead=words, organisation=words, municipality=words, province=words[:9], author=words,
            media=(picture(root, number, alt=words, caption=words),), credit=words,
            link="https://x.example/" + words.split()[0] if words.strip() else None,
        )
        for number, words in enumerate(HOSTILE, 1)
    ]  # fmt: skip
    made = book(pieces, title=HOSTILE[0], subtitle=HOSTILE[1], foreword="\n\n".join(HOSTILE))
    words = iter(HOSTILE)
    parts = tuple(
        Part(key="", title=next(words), introduction=next(words), chapters=part.chapters)
        for part in made.parts
    )
    return made.model_copy(
        update={"parts": parts, "credits": HOSTILE[6], "owner": HOSTILE[2], "lab": HOSTILE[3]}
    )
