"""Numbers beside their targets, shown as they are found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One number beside its target; `least` says that the target is a floor."""

    name: str
    value: float
    unit: str
    target: float
    least: bool = False

    @property
    def ratio(self) -> float:
        """How much of the target is used up: over 1 it is missed."""
        return self.target / self.value if self.least else self.value / self.target


def shown(measures: Iterable[Measure]) -> Iterator[Measure]:
    """Print each as a row of a table, and pass it on."""
    for one in measures:
        sign = ">=" if one.least else "<="
        print(
            f"{one.name:<60}{one.value:>10.2f} {one.unit:<6}{sign} "
            f"{one.target:g}{'' if one.ratio <= 1 else '   MISSED'}",
            flush=True,
        )
        yield one
