"""A full build by several processes: what they write is what one of them would have written."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from publishers.rubrica import rebuilding
from tests.publishers.rubrica.newsroom import column, files, photograph, piece, publish, retract


@pytest.fixture
def _another_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is much to do, and this process takes none of it."""

    def nothing(*_: object) -> Iterator[object]:
        return iter(())

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(rebuilding, "_ALONE", 0)
    monkeypatch.setattr(rebuilding, "_taken", nothing)


@pytest.mark.usefixtures("_another_does_it_all")
def test_another_process_writes_the_same_site(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    for number in range(1, 24):
        told = piece(number, media=(photograph(tmp_path),)) if number == 3 else piece(number)
        publish(rubrica, told, days=number)
    publish(rubrica, piece(2, slug="altrove", title="Un orto <per> pochi"), days=30)
    retract(rubrica, piece(5), days=31)
    rubrica.finish()
    written = files(rubrica.site)
    shutil.rmtree(rubrica.site)
    again = column(tmp_path)
    again.rebuild()
    again.finish()
    assert files(rubrica.site) == written


@pytest.mark.usefixtures("_another_does_it_all")
def test_where_another_process_fails_the_build_does(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece(media=(photograph(tmp_path),)))
    shutil.rmtree(rubrica.site)
    shutil.rmtree(tmp_path / "media")
    with pytest.raises(FileNotFoundError):
        column(tmp_path).rebuild()
