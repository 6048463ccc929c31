"""Publishes one after another, and says which; another process kills this one, time and again."""

import random
import sys
from pathlib import Path

from publishers.rubrica import Rubrica, share
from tests.publishers.rubrica.newsroom import column, piece, publish, retract

TOWNS = ("Tirano", "Lodi", "Lecco", "Bormio")


def perform(rubrica: Rubrica, step: int) -> None:
    """Do the thing of a step, always the same: mostly a new article."""
    chance = random.Random(step)  # noqa: S311 - only to be varied
    number = step if step < 4 or chance.random() < 0.6 else chance.randrange(1, step)
    town = chance.choice(TOWNS)
    told = piece(
        number, version=step, title=f"Passo {step}", municipality=town,
        organisation=f"Ente {chance.randrange(30)}", sdgs=(1 + chance.randrange(17),),
    )  # fmt: skip
    if number != step and chance.random() < 0.4:
        retract(rubrica, told, days=step)
    else:
        publish(rubrica, told, days=step)


def main(folder: Path, begin: int, end: int) -> None:
    Rubrica.rest = 0.05
    share.draw = lambda shared: shared.file_name.encode()
    rubrica = column(folder)
    rubrica.prepare()
    for step in range(begin, end):
        perform(rubrica, step)
        (folder / "done").write_text(str(step))
        sys.stdout.write(f"{step}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
