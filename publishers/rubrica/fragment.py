"""The article's own fragment: what the piece says and its facts in, sanitised HTML out; pure."""

from collections.abc import Sequence

from jinja2 import Environment

from content.goals import GOALS
from content.posts import Piece
from publishers.prose import body, source
from publishers.rubrica.enclosures import Enclosure
from publishers.rubrica.films import film
from publishers.rubrica.pictures import Picture
from publishers.words import host, line


def fragment(
    piece: Piece,
    pictures: Sequence[Picture],
    environment: Environment,
    enclosures: Sequence[Enclosure] = (),
) -> str:
    """Return lead, text, media, source, credits: all of the article but its title and date."""
    link = source(piece.link)
    html = environment.get_template("fragment.html").render(
        piece=piece,
        lead=line(piece.lead),
        body=body(piece.text),
        pictures=pictures,
        enclosures=enclosures,
        film=film(link),
        title=line(piece.title),
        organisation=line(piece.organisation),
        author=line(piece.author),
        goals=[goal for goal in GOALS if goal.number in piece.sdgs],
        place=place(piece.municipality, piece.province),
        link=link,
        link_host=host(link),
    )
    return html.strip() + "\n"


def place(municipality: str | None, province: str | None) -> str:
    """Return "Tirano (SO)", as much of it as is known."""
    name, around = line(municipality or ""), line(province or "")
    return f"{name} ({around})" if name and around else name
