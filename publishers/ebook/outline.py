"""What both forms of a book are made from: names of parts, indexes, each chapter's facts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from content.arranging import NOWHERE
from content.binding import Book, Chapter, Part
from content.editions import Order
from content.goals import GOALS, Goal
from content.media import Medium, MediumKind
from content.municipalities import fold
from content.posts import Section
from publishers.ebook import prose
from publishers.ebook.figures import Figure, figure
from publishers.markdown import normalized
from publishers.words import SECTIONS, day, host, lasting, line

PROVINCES: Final = {
    "BG": "Bergamo", "BS": "Brescia", "CO": "Como", "CR": "Cremona", "LC": "Lecco", "LO": "Lodi",
    "MB": "Monza e Brianza", "MI": "Milano", "MN": "Mantova", "PV": "Pavia", "SO": "Sondrio",
    "VA": "Varese",
}  # fmt: skip
_REST: Final = "Altri racconti"
UNTITLED: Final = "Senza titolo"


@dataclass(frozen=True)
class Leaf:
    """A chapter ready for a page; what it says is on one line, but its blocks."""

    chapter: Chapter

    @property
    def anchor(self) -> str:
        """Its name in the book."""
        return f"a{self.chapter.piece.article_id}"

    @cached_property
    def title(self) -> str:
        """How it is called."""
        return line(self.chapter.piece.title) or UNTITLED

    @cached_property
    def lead(self) -> str:
        """What it begins with."""
        return line(self.chapter.piece.lead)

    @property
    def blocks(self) -> list[prose.Node]:
        """Its text, read again each time: a long book would keep too much."""
        return prose.read(self.chapter.piece.text)

    @property
    def date(self) -> str:
        """The day on which it came out, in Rome."""
        return day(self.chapter.published)

    @cached_property
    def place(self) -> str:
        """Where it is told from: "Tirano (SO)", as much of it as is known."""
        name, around = self.municipality, line(self.chapter.piece.province or "")
        return f"{name} ({around})" if name and around else name or PROVINCES.get(around, around)

    @cached_property
    def municipality(self) -> str:
        """The municipality, empty where there is none."""
        return line(self.chapter.piece.municipality or "")

    @cached_property
    def organisation(self) -> str:
        """The body that tells it."""
        return line(self.chapter.piece.organisation)

    @cached_property
    def author(self) -> str:
        """Who wrote it."""
        return line(self.chapter.piece.author)

    @property
    def credit(self) -> str:
        """Whose the pictures are; empty where there are none."""
        return line(self.chapter.piece.credit) if self.figures else ""

    @cached_property
    def goals(self) -> list[Goal]:
        """The goals it serves."""
        return [goal for goal in GOALS if goal.number in self.chapter.piece.sdgs]

    @property
    def section(self) -> str:
        """What kind of piece it is."""
        return SECTIONS[self.chapter.piece.section].one

    @cached_property
    def url(self) -> str:
        """Its address in the column."""
        return self.chapter.piece.url

    @cached_property
    def link(self) -> str:
        """The page its author points to, empty where there is none."""
        address = self.chapter.piece.link or ""
        fit = address.lower().startswith(("http://", "https://")) and host(address)
        return normalized(line(address)) if fit else ""

    @property
    def link_host(self) -> str:
        """The site of that page, for reading."""
        return host(self.link)

    @property
    def ai_model(self) -> str:
        """The model that wrote the first draft, empty where none did."""
        return line(self.chapter.piece.ai_model or "")

    @property
    def notice(self) -> str:
        """Who wrote the first draft, where a model did; empty where none did."""
        if not self.ai_model:
            return ""
        return (
            "La prima stesura di questo testo è stata preparata con l’aiuto di un modello di "
            f"intelligenza artificiale ({self.ai_model}); una persona della redazione l’ha "
            "riletta e approvata."
        )

    @cached_property
    def figures(self) -> list[Figure]:
        """Its pictures, in order."""
        pictures = [one for one in self.chapter.piece.media if one.kind is MediumKind.PICTURE]
        return [shown for one in pictures if (shown := figure(one))]

    @property
    def enclosures(self) -> list["Enclosure"]:
        """Its films, sounds and documents, which a book only points to."""
        return [
            Enclosure(one) for one in self.chapter.piece.media if one.kind is not MediumKind.PICTURE
        ]


@dataclass(frozen=True)
class Enclosure:
    """A medium that a book can only tell of; it is to be had where the piece came out."""

    medium: Medium

    @property
    def kind(self) -> str:
        """What it is: video, audio or document."""
        return self.medium.kind.value

    @property
    def name(self) -> str:
        """How it is called."""
        return line(self.medium.alt or self.medium.name or "")

    @property
    def length(self) -> str:
        """How long it lasts, empty where nobody knows."""
        return lasting(round(self.medium.seconds or 0))

    @property
    def transcript(self) -> str:
        """What is said in it."""
        return line(self.medium.transcript or "")

    @property
    def poster(self) -> Figure | None:
        """The picture that stands for it."""
        return figure(self.medium)


@dataclass(frozen=True)
class Division:
    """A part ready for pages."""

    part: Part
    anchor: str
    title: str
    leaves: Sequence[Leaf]

    @cached_property
    def blocks(self) -> list[prose.Node]:
        """What it says at its head."""
        return prose.read(self.part.introduction)


@dataclass(frozen=True)
class Listed:
    """A line of an index: what it is about, and the pieces that tell of it."""

    name: str
    leaves: Sequence[Leaf]


class Outline:
    """A book ready for pages."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.title = line(book.title) or UNTITLED
        self.subtitle, self.owner, self.lab = line(book.subtitle), line(book.owner), line(book.lab)
        self.parts = [
            Division(part, f"p{number}", _called(part, book.arranged), _leaves(part))
            for number, part in enumerate(book.parts, 1)
        ]
        self.leaves = [leaf for part in self.parts for leaf in part.leaves]

    @property
    def identifier(self) -> str:
        """What the book is known by for good: its ISBN, else a name that follows from its site."""
        if self.book.isbn:
            return f"urn:isbn:{self.book.isbn}"
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, self.address)}"

    @property
    def address(self) -> str:
        """Where its page and its files are in the column, once it is finished."""
        return f"{self.book.site}/ebook/{self.book.name}/"

    @cached_property
    def foreword(self) -> list[prose.Node]:
        """What it says before everything else."""
        return prose.read(self.book.foreword)

    @cached_property
    def credits(self) -> list[prose.Node]:
        """Who made it."""
        return prose.read(self.book.credits)

    @property
    def site_host(self) -> str:
        """The name of the column's site, for reading."""
        return host(self.book.site)

    @property
    def description(self) -> str:
        """What it is, in a sentence; what the Lab is about, where nobody said more."""
        told = len(self.leaves)
        many = "1 racconto" if told == 1 else f"{told} racconti"
        said = f"{many} dal Laboratorio «{self.lab}», {self.book.year}."
        return f"{said} {line(self.book.theme)}".strip()

    @property
    def year(self) -> int:
        """The year in which it is published, in the form that readers have."""
        return self.book.modified.year

    @cached_property
    def places(self) -> list[Listed]:
        """The index of municipalities, as a dictionary orders them."""
        found: dict[str, list[Leaf]] = {}
        for leaf in self.leaves:
            if leaf.municipality:
                found.setdefault(leaf.place, []).append(leaf)
        return [Listed(name, found[name]) for name in sorted(found, key=fold)]

    @cached_property
    def goals(self) -> list[Listed]:
        """The index of goals, by their number."""
        found: dict[int, list[Leaf]] = {}
        for leaf in self.leaves:
            for goal in leaf.goals:
                found.setdefault(goal.number, []).append(leaf)
        return [
            Listed(f"{goal.number}. {goal.name}", found[goal.number])
            for goal in GOALS
            if goal.number in found
        ]

    @property
    def has_pictures(self) -> bool:
        """Whether any piece has a picture."""
        return any(leaf.figures for leaf in self.leaves)

    @cached_property
    def undescribed(self) -> list[Leaf]:
        """The pieces of which some picture says to nobody what it shows."""
        return [leaf for leaf in self.leaves if any(not one.alt for one in leaf.figures)]


def _leaves(part: Part) -> list[Leaf]:
    return [Leaf(chapter) for chapter in part.chapters]


def _called(part: Part, arranged: Order) -> str:
    """Return how a part is called: as people said, else as what it is of."""
    if part.title.strip():
        return line(part.title)
    if part.key in list(Section):
        return SECTIONS[Section(part.key)].name
    if part.key.isdecimal():
        goal = next((one for one in GOALS if str(one.number) == part.key), None)
        return f"Obiettivo {goal.number}. {goal.name}" if goal else _REST
    if part.key == NOWHERE or arranged is Order.HAND:
        return _REST
    return f"Provincia di {PROVINCES[part.key]}" if part.key in PROVINCES else line(part.key)
