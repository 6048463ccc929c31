"""Files of the site: whole at every moment, whoever else writes them."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from publishers.rubrica.files import PART, copy, write

TIMES = 400
WRITERS = 4
SIZE = 200_000


def _write_often(file: Path, writer: int) -> int:
    return sum(write(file, f"{writer} {time % 2}".encode() * 50) for time in range(TIMES))


def _copy_once(source: Path, folder: Path, _: int) -> None:
    for number in range(TIMES // 8):
        copy(source, folder / f"{number}.bin")
        assert (folder / f"{number}.bin").stat().st_size == SIZE


def test_processes_that_write_the_same_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    file = tmp_path / "site" / "sitemap.xml"
    with ProcessPoolExecutor(WRITERS, get_context("spawn")) as pool:
        list(pool.map(partial(_write_often, file), range(WRITERS)))

    assert file.read_bytes() in [f"{n} 1".encode() * 50 for n in range(WRITERS)]
    assert [one.name for one in file.parent.iterdir()] == ["sitemap.xml"]


def test_processes_that_copy_the_same_file_leave_it_whole(tmp_path: Path) -> None:
    source, folder = tmp_path / "film.bin", tmp_path / "site"
    source.write_bytes(b"film" * (SIZE // 4))
    with ProcessPoolExecutor(WRITERS, get_context("spawn")) as pool:
        list(pool.map(partial(_copy_once, source, folder), range(WRITERS)))

    assert {one.read_bytes() for one in folder.iterdir()} == {source.read_bytes()}
    assert not list(folder.glob(f"*{PART}"))
