import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bottega(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        [sys.executable, "-m", "bottega", *arguments],
        check=False, capture_output=True, text=True, cwd=folder, env=told, timeout=60,
    )  # fmt: skip


def test_a_malformed_setting_ends_with_2_and_says_which(tmp_path: Path) -> None:
    ended = bottega(tmp_path, "run", PORT="ottomila")

    assert ended.returncode == 2
    assert "PORT: serve un numero intero" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_telegram_that_does_not_answer_is_said_plainly(tmp_path: Path) -> None:
    ended = bottega(
        tmp_path, "run", TELEGRAM_TOKEN="1:x", TELEGRAM_API_URL="http://127.0.0.1:9", PORT="0"
    )

    assert ended.returncode == 1
    assert "Telegram non risponde" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_the_doctor_ends_with_1_when_something_is_not_well(tmp_path: Path) -> None:
    ended = bottega(tmp_path, "doctor", TELEGRAM_TOKEN="1:x", TELEGRAM_API_URL="http://127.0.0.1:9")

    assert ended.returncode == 1
    assert "✗ Telegram non risponde" in ended.stdout
