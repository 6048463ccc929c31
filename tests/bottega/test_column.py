"""The column from the shell: written again, looked over, taken elsewhere."""

import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bottega.cli import app
from publishers.rubrica import Rubrica
from tests.publishers.rubrica.newsroom import column, piece, publish


@pytest.fixture
def rubrica(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rubrica:
    monkeypatch.setattr(Rubrica, "rest", 3600.0)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RUBRICA_SITE", str(tmp_path / "site"))
    monkeypatch.setenv("RUBRICA_URL", "https://rubrica.example")
    made = column(tmp_path)
    publish(made, piece())
    return made


def test_the_site_is_written_again_from_the_index(rubrica: Rubrica) -> None:
    page = rubrica.site / "notizie/un-orto-per-tutti-1/index.html"
    page.unlink()
    assert CliRunner().invoke(app, ["rubrica", "build"]).exit_code == 0
    assert "Un orto per tutti" in page.read_text()
    assert page.with_name("index.html.br").exists()


def test_a_whole_site_passes_and_a_broken_one_is_told(rubrica: Rubrica) -> None:
    assert CliRunner().invoke(app, ["rubrica", "build"]).exit_code == 0
    assert CliRunner().invoke(app, ["rubrica", "check"]).exit_code == 0
    (rubrica.site / "privacy/index.html").unlink()
    told = CliRunner().invoke(app, ["rubrica", "check"])
    assert told.exit_code == 1
    assert "un collegamento che non porta a nulla (/privacy/)" in told.output


def test_articles_leave_in_a_zip(rubrica: Rubrica, tmp_path: Path) -> None:
    file = tmp_path / "uscita.zip"
    told = CliRunner().invoke(app, ["rubrica", "export", str(file), "1"])
    assert told.exit_code == 0
    assert zipfile.ZipFile(file).namelist() == ["un-orto-per-tutti-1/articolo.html"]
    nobody = CliRunner().invoke(app, ["rubrica", "export", str(file), "99"])
    assert nobody.exit_code == 1
    assert "99" in nobody.output
