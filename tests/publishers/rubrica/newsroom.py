"""Ada's pieces and a web column to put them in."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from content.media import Medium, keep
from content.posts import Piece, Section
from content.submissions import Kind
from publishers.base import Action, Call, Published
from publishers.rubrica import Rubrica

URL = "https://rubrica.example"
MORNING = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def column(folder: Path, url: str = URL) -> Rubrica:
    config = Rubrica.Config(
        site=folder / "site", url=url, owner="Comune di Tirano", email="redazione@rubrica.example"
    )
    return Rubrica(config, folder / "media")


def piece(article_id: int = 1, **changes: Any) -> Piece:
    values: dict[str, Any] = {
        "article_id": article_id,
        "version": 1,
        "receipt": f"R{article_id}",
        "kind": Kind.NEWS,
        "section": Section.NEWS,
        "slug": f"un-orto-per-tutti-{article_id}",
        "title": "Un orto per tutti",
        "lead": "A Tirano il cortile della scuola è diventato un orto.",
        "text": "Lo curano **bambini** e nonni.\n\nSi trova vicino al [municipio](https://a.example/).",
        "organisation": "Comune di Tirano",
        "municipality": "Tirano",
        "province": "SO",
        "author": "Ada",
        "sdgs": (11,),
        "url": f"{URL}/notizie/un-orto-per-tutti-{article_id}/",
    }
    return Piece(**(values | changes))


def call(action: Action = Action.CREATE, days: int = 0) -> Call:
    due = MORNING + timedelta(days=days)
    return Call(key="1", action=action, now=due + timedelta(minutes=1), due_at=due)


def publish(rubrica: Rubrica, told: Piece, days: int = 0) -> Published:
    return rubrica.publish(rubrica.render(told), call(days=days))


def retract(rubrica: Rubrica, told: Piece, days: int = 1) -> Published:
    return rubrica.publish(rubrica.render(told), call(Action.DELETE, days))


def photograph(folder: Path, colour: str = "olive", width: int = 900, alt: str = "") -> Medium:
    out = io.BytesIO()
    Image.new("RGB", (width, 600), colour).save(out, "PNG")
    return keep(folder / "media", out.getvalue()).model_copy(update={"alt": alt})


def files(folder: Path) -> dict[str, bytes]:
    """Return the finished files by path, without half-written parts."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".part"
    }


def page(rubrica: Rubrica, path: str) -> str:
    return (rubrica.site / path / "index.html").read_text()


def structured(html: str, kind: str) -> dict[str, Any]:
    """Return what search engines read on a page of one kind of thing."""
    (text,) = re.findall(r'ld\+json">(.*?)</script>', html)
    found: list[dict[str, Any]] = json.loads(text)
    return next(one for one in found if one["@type"] == kind)


def visible(html: str) -> str:
    """Return the text of a page's main part on one line."""
    main = html.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", "<" + main).split())
