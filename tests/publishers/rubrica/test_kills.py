"""Killed at any moment of publishing: no reader meets a dead link, and all is completed."""

import os
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

import pytest

from publishers.rubrica import share
from publishers.rubrica.site import RETRACTED_MARK
from tests.publishers.rubrica.newsroom import column, files
from tests.publishers.rubrica.publishing_until_killed import perform

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("RUBRICA_KILLS", "12"))
"""How often; RUBRICA_KILLS=100 for the long run."""


class Reader(threading.Thread):
    """Follows the links from the home page, and notes those that were dead on a page as it stood.

    A page that was written anew since it was read proves nothing: its links may have gone first.
    """

    def __init__(self, site: Path) -> None:
        super().__init__(daemon=True)
        self.site, self.over = site, threading.Event()
        self.dead: list[tuple[str, str]] = []
        self.read = 0

    def run(self) -> None:
        while not self.over.is_set():
            self._visit()

    def _visit(self) -> None:
        seen, waiting = {"index.html"}, ["index.html"]
        while waiting and not self.over.is_set():
            path = waiting.pop()
            try:
                page = (self.site / path).open()
            except FileNotFoundError:
                continue
            with page:
                for target in self._links(page.read()):
                    if not self._stands(target) and self._still_stands(path, page):
                        self.dead.append((path, target))
                    if target.endswith(".html") and target not in seen:
                        seen.add(target)
                        waiting.append(target)

    def _links(self, told: str) -> list[str]:
        self.read += 1
        found = re.findall(r'(?:href|src)="/([^"#?]*)"', told)
        return [f"{one}index.html" if not one or one.endswith("/") else one for one in found]

    def _stands(self, target: str) -> bool:
        file = self.site / target
        return file.exists() and not file.with_name(RETRACTED_MARK).exists()

    def _still_stands(self, path: str, page: TextIO) -> bool:
        """Tell whether a page is the one that is open: while it is, no other gets its number."""
        try:
            return (self.site / path).stat().st_ino == os.fstat(page.fileno()).st_ino
        except FileNotFoundError:
            return False


def test_whatever_was_cut_short_is_completed_and_no_link_was_ever_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(6)  # noqa: S311 - only to be varied
    step, reader = 1, Reader(tmp_path / "site")
    for _ in range(KILLS):
        step = run_for(tmp_path, step, seconds=chance.uniform(0.02, 0.5))
        if not reader.is_alive() and (tmp_path / "site/index.html").exists():
            reader.start()
    reader.over.set()
    reader.join()
    assert reader.read > 0
    assert reader.dead == []

    monkeypatch.setattr(share, "draw", lambda shared: shared.file_name.encode())
    rubrica = column(tmp_path)
    rubrica.prepare()
    perform(rubrica, step)
    rubrica.finish()
    assert list(rubrica.flaws()) == []
    whole = files(rubrica.site)
    rubrica.site.rename(tmp_path / "old")
    again = column(tmp_path)
    again.rebuild()
    again.finish()
    rebuilt = files(again.site)
    assert rebuilt.keys() == whole.keys()
    assert [path for path in rebuilt if rebuilt[path] != whole[path]] == []


def run_for(folder: Path, step: int, *, seconds: float) -> int:
    """Publish from a step on, kill it some time after its first one; return where to go on."""
    command = [sys.executable, "-m", "tests.publishers.rubrica.publishing_until_killed"]
    arguments = [str(folder), str(step), str(step + 10_000)]
    with subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        time.sleep(seconds)
        child.kill()
    return int((folder / "done").read_text() or step - 1) + 1
