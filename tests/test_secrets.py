"""The keys stay in: tests/secrecy.py watches every test, and this is the watch on it."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bottega.sandbox.server import Sandbox
from tests import secrecy

ROOT = Path(__file__).parents[1]
WAYS = {
    "log": "logging.getLogger('a').debug('asked for %s', KEY)",
    "structured log": "structlog.get_logger().info('asked', url=KEY)",
    "exception in a log": (
        "try:\n        raise ValueError(KEY)\n    except ValueError:\n"
        "        structlog.get_logger().exception('failed')"
    ),
    "standard output": "print(KEY)",
    "standard error": "print(KEY, file=sys.stderr)",
    "page": "(tmp_path / 'index.html').write_text(KEY)",
    "log of a process": "(tmp_path / 'newsroom.log').write_text(KEY)",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_test_that_lets_a_key_out_fails(way: str, tmp_path: Path) -> None:
    ran = run(tmp_path, WAYS[way], key="sandbox.facebook.token")

    assert ran.returncode == 1, ran.stdout
    assert "a secret is in" in ran.stdout


def test_a_test_that_lets_none_out_passes(tmp_path: Path) -> None:
    ran = run(tmp_path, "\n    ".join(WAYS.values()), key="'harmless'")

    assert ran.returncode == 0, ran.stdout


def test_every_key_of_the_sandbox_is_watched() -> None:
    sandbox = Sandbox()
    known = secrecy.secrets()

    assert {sandbox.facebook.token, sandbox.x.access_token_secret, sandbox.x.consumer_key} < known
    assert {sandbox.telegram.token, sandbox.model.key} < known
    assert all(len(secret) > 8 for secret in known)


def test_everything_is_logged_while_tests_run() -> None:
    assert logging.getLogger("anything").isEnabledFor(logging.DEBUG)


def run(folder: Path, line: str, key: str) -> "subprocess.CompletedProcess[str]":
    """Run a test of one line in a pytest of its own."""
    test = folder / "test_leak.py"
    test.write_text(
        "import logging, structlog, sys\n"
        "from bottega.sandbox.server import Sandbox\n"
        f"sandbox = Sandbox()\nKEY = {key}\n"
        f"def test_it(tmp_path):\n    {line}\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.secrecy", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, f"--rootdir={folder}", "-c", os.devnull, str(test)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
