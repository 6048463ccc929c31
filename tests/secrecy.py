"""No secret gets out: whatever a test logs, prints or writes is searched for the sandbox's keys.

It is a pytest plugin, loaded by tests/conftest.py. A test in whose captured output, or in whose
files of logs and pages, a key is found fails.
"""

import logging
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from bottega import logs
from bottega.sandbox import facebook_accounts, x_accounts
from bottega.sandbox.facebook_accounts import LONG, SHORT
from bottega.sandbox.server import Sandbox
from bottega.sandbox.x_accounts import TOKEN
from publishers import PUBLISHERS

PAGES = ("*.log", "*.html", "*.xml", "*.txt")
OPEN = {"api_url", "base_url", "model"}
"""What is no secret among the keys of the bot and of the model."""
_OF_THE_SANDBOX = ("python_multipart", "uvicorn")
"""Loggers of its server, which hears the keys: its access log is off, yet pytest listens to it."""
_STAND_INS = ("tests/bottega/sandbox/", "tests/conformance/test_telegram_spec.py")
"""Their tests call them with bare clients, which print the sandbox's own keys at DEBUG."""
CODES = {facebook_accounts.CODE, x_accounts.CODE}
"""What a browser brings back from a service, which is worth a token."""
APP_SECRET = "app-secret-of-the-page"
"""The secret of the Facebook app, which the sandbox has only where a test gives it one."""


@pytest.fixture(autouse=True)
def talkative() -> None:
    """Let everything be logged, as at LOG_LEVEL=DEBUG, with the house's own renderer."""
    logs.hush()
    for name in _OF_THE_SANDBOX:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger().setLevel(logging.DEBUG)
    structlog.configure(processors=logs.PROCESSORS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test in whose output a key is."""
    report = yield
    ours = not any(place in item.path.as_posix() for place in _STAND_INS)
    if report.when == "teardown" and report.passed and ours:
        found = sorted(set(_leaks(item, report)))
        if found:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}: a secret is in {', '.join(found)}"
    return report


def secrets() -> set[str]:
    """Return every key that the sandbox's services know each other by."""
    sandbox = Sandbox()
    keys = sandbox.keys()
    found = {
        keys[one.channel][name]
        for one in PUBLISHERS
        for name, field in one.Config.model_fields.items()
        if field.annotation is SecretStr and name in keys.get(one.channel, {})
    }
    for known in (sandbox.telegram_keys(), sandbox.model_keys()):
        found |= {value for name, value in known.items() if name not in OPEN}
    return (found | {APP_SECRET, TOKEN, SHORT, LONG, *CODES, *_apps(sandbox)}) - {""}


def _apps(sandbox: Sandbox) -> set[str]:
    return {sandbox.x.accounts.client_secret, sandbox.facebook.accounts.app_secret}


def leaks(text: str) -> bool:
    """Tell whether a key is in a text."""
    return any(secret in text for secret in _SECRETS)


def _leaks(item: pytest.Item, report: pytest.TestReport) -> Iterator[str]:
    for name, text in report.sections:
        if leaks(text):
            yield name
    for path in _pages(item):
        if leaks(path.read_text(encoding="utf-8", errors="ignore")):
            yield path.name


def _pages(item: pytest.Item) -> Iterator[Path]:
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if isinstance(folder, Path) and folder.exists():
        for pattern in PAGES:
            yield from folder.rglob(pattern)


_SECRETS = secrets()
