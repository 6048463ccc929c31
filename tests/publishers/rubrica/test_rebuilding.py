"""A full build by several processes: what they write is what one of them would have written."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from publishers.rubrica import hands, rebuilding
from tests.publishers.rubrica.newsroom import column, files, photograph, piece, publish, retract


@pytest.fixture(params=["copied", "afresh"])
def _another_does_it_all(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is much to do, and this process takes none of it."""
    this, do = os.getpid(), hands.Hand.do

    def elsewhere(hand: hands.Hand, work: hands.Work, items: Sequence[object]) -> None:
        if os.getpid() != this:
            do(hand, work, items)

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(rebuilding, "_ALONE", 0)
    monkeypatch.setattr(hands.Hand, "do", elsewhere)
    threads = 1 if request.param == "copied" else 2
    monkeypatch.setattr(threading, "active_count", lambda: threads)


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


_SLOWLY = """
import os, sys, time
from pathlib import Path
from publishers.rubrica import rebuilding
from publishers.rubrica.site import Site
from tests.publishers.rubrica.newsroom import column

def stand_still(*_, **__):
    print("here", flush=True)
    time.sleep(600)

os.cpu_count, rebuilding._ALONE, Site.article = lambda: 2, 0, stand_still
column(Path(sys.argv[1])).rebuild()
"""


def test_where_the_first_process_is_killed_nobody_keeps_its_lock(tmp_path: Path) -> None:
    rubrica = column(tmp_path)
    publish(rubrica, piece())
    told = [sys.executable, "-c", _SLOWLY, str(tmp_path)]
    with subprocess.Popen(told, stdout=subprocess.PIPE) as building:
        assert building.stdout
        assert building.stdout.readline() == b"here\n"
        others = psutil.Process(building.pid).children()
        assert others
        building.kill()
        _, alive = psutil.wait_procs(others, timeout=30)
    assert not alive
    rubrica.rebuild()
