"""The house keeps its own rules: what is written down and what is built say the same."""

import ast
import importlib
import inspect
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, SecretStr

from bot import notices, texts
from bottega.settings import Settings, load
from content import workflow
from content.deliveries import Action
from content.history import TOLD
from content.posts import Section
from content.submissions import Kind
from publishers import PUBLISHERS
from tests.requirements import need

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "bottega", "content", "publishers", "scheduler")
LONGEST_MODULE = 300
CATALOGUES = {"bottega/sandbox/telegram/asked.py"}
"""Modules of sentences, one after the other, which no reader takes as a whole."""
ITALIAN = re.compile(r"(?i)\b(il|lo|gli|di|del|della|che|per|non|una|con|sono|questo|questa)\b")
"""Words that no Italian sentence does without, and no English one has."""
LABELS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    workflow.SubmissionState: texts.SUBMISSION_STATES,
    workflow.ArticleState: texts.ARTICLE_STATES,
    workflow.OperationState: texts.OPERATION_STATES,
    workflow.EditionState: texts.EDITION_STATES,
    Kind: texts.KINDS,
    Section: texts.SECTIONS,
    Action: texts.ACTIONS,
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def within(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ---------------------------------------------------------------- settings


def fields() -> dict[str, type[BaseModel]]:
    """Every key of the environment, with the model that takes it."""
    keys: dict[str, type[BaseModel]] = {name.upper(): Settings for name in Settings.model_fields}
    for publisher in PUBLISHERS:
        for name in publisher.Config.model_fields:
            keys[f"{publisher.channel}_{name}".upper()] = publisher.Config
    return keys


def secrets() -> set[str]:
    """Every key whose value is a secret."""
    models = {"": Settings} | {f"{one.channel}_": one.Config for one in PUBLISHERS}
    return {
        f"{prefix}{name}".upper()
        for prefix, model in models.items()
        for name, field in model.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }


def example() -> list[tuple[str, str, str]]:
    """Key, value and the line above, in the order of `.env.example`."""
    lines = read(".env.example").splitlines()
    found = []
    for above, line in zip(["", *lines], lines, strict=False):
        if match := re.fullmatch(r"([A-Z0-9_]+)=(.*)", line):
            found.append((match[1], match[2], above))
    return found


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    keys = [key for key, _, _ in example()]

    assert sorted(keys) == sorted(fields())


def test_every_key_of_the_example_has_a_comment() -> None:
    assert [key for key, _, above in example() if not above.startswith("# ")] == []


def test_no_secret_has_a_value_in_the_example() -> None:
    assert secrets() >= {"TELEGRAM_TOKEN", "FACEBOOK_TOKEN", "X_ACCESS_TOKEN_SECRET"}
    assert [key for key, value, _ in example() if key in secrets() and value] == []


def test_the_example_copied_to_env_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in fields():
        monkeypatch.delenv(key, raising=False)
    monkeypatch.chdir(tmp_path)
    without = load(), load().channels()
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")

    assert (load(), load().channels()) == without


def test_every_setting_is_explained_and_nothing_else() -> None:
    explained = re.findall(r"^\| `([A-Z0-9_]+)` \| \S", read("docs/running.md"), re.MULTILINE)

    assert sorted(explained) == sorted(fields())


@pytest.mark.parametrize(
    "page", ["README.md", "README.it.md", "docs/running.md", "docs/architecture.md"]
)
def test_a_page_names_only_keys_that_exist(page: str) -> None:
    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`", read(page)))
    states = {state.name for kind in LABELS for state in kind}

    assert named - states <= set(fields())


def test_no_setting_shows_its_secret() -> None:
    settings = Settings(telegram_token=SecretStr("1:hidden"), openai_api_key=SecretStr("hidden"))

    assert "hidden" not in repr(settings)


def test_only_the_settings_read_the_environment() -> None:
    readers = {"environ", "getenv", "BaseSettings", "load_dotenv"}
    found = set()
    for path in modules(*ROOMS):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {  # a library's switch is set, not read
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "setdefault"
        }
        names = {
            node.attr if isinstance(node, ast.Attribute) else node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute | ast.Name) and id(node) not in told
        }
        if names & readers:
            found.add(within(path))

    assert found == {"bottega/settings.py"}


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("kind", LABELS, ids=lambda kind: kind.__name__)
def test_every_value_has_an_italian_label_of_its_own(kind: type[StrEnum]) -> None:
    labels = LABELS[kind]

    assert set(labels) == set(kind)
    assert all(label.strip() for label in labels.values())
    assert len(set(labels.values())) == len(labels)


def test_every_state_of_the_workflow_is_labelled() -> None:
    kinds = {
        kind
        for _, kind in inspect.getmembers(workflow, inspect.isclass)
        if issubclass(kind, StrEnum) and kind is not StrEnum
    }

    assert kinds
    assert kinds <= set(LABELS)


def test_every_verb_that_is_told_has_its_teller() -> None:
    assert set(notices._TELLERS) == TOLD


def test_every_verb_that_is_told_is_written_by_some_room() -> None:
    said = {
        text for path in modules("content") if path.name != "history.py" for text in strings(path)
    }

    assert said >= TOLD


def test_italian_is_said_in_one_module_alone() -> None:
    found = {
        f"{within(path)}: {text}"
        for path in modules("bot", "scheduler")
        if "texts" not in path.parts
        for text in strings(path)
        if re.search("[àèéìòùÀÈÉÌÒÙ«»]", text) or ITALIAN.search(text)
    }

    assert found == set()


def strings(path: Path) -> Iterator[str]:
    """Every string of a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


@pytest.mark.parametrize("page", ["README.md", "README.it.md"])
@pytest.mark.parametrize("label", [publisher.label for publisher in PUBLISHERS])
def test_every_channel_is_in_the_readme(page: str, label: str) -> None:
    assert re.search(rf"^\| \*\*{re.escape(label)}\*\* \|", read(page), re.MULTILINE)


# ---------------------------------------------------------------- who imports whom


def project() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))


def contract(name: str) -> dict[str, Any]:
    contracts = project()["tool"]["importlinter"]["contracts"]
    return next(one for one in contracts if one["name"] == name)


def layers() -> list[set[str]]:
    return [set(layer.split(" | ")) for layer in contract("Imports point inward")["layers"]]


def rooms(package: str) -> set[str]:
    """The modules and packages directly in a package."""
    return {
        f"{package}.{path.stem}"
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }


def test_every_room_has_its_layer() -> None:
    placed = set().union(*layers())

    assert placed == (set(ROOMS) - {"bottega"}) | rooms("bottega")


def test_the_layers_are_in_the_order_of_the_house() -> None:
    order = [
        next(n for n, layer in enumerate(layers()) if room in layer)
        for room in ("bottega.cli", "bottega.runtime", "bottega.web", "publishers", "content")
    ]

    assert order == sorted(set(order))
    assert {"bottega.web", "bottega.sandbox", "bot", "scheduler"} in layers()


def test_the_sandbox_is_kept_from_every_other_room() -> None:
    outside = contract("The sandbox stands for the outside and knows nobody")

    assert set(outside["forbidden_modules"]) == set().union(*layers()) - {"bottega.sandbox"}


def test_every_publisher_is_kept_from_the_others() -> None:
    contracted = contract("No publisher knows another")
    ways = [way.split(" -> ") for way in contracted["ignore_imports"]]
    channels = {publisher.__module__ for publisher in PUBLISHERS}

    assert contracted["modules"] == ["publishers.*"]
    assert not channels & {to for _, to in ways}
    # The bookshop is no publisher: it brings the e-book and the column that shows it together.
    assert all(of in channels | {"publishers.**", "publishers.bookshop"} for of, _ in ways)


def test_the_domain_is_kept_from_telegram_web_and_clock() -> None:
    domain = contract("The domain knows no Telegram, no network, no clock")

    assert domain["source_modules"] == ["content"]
    assert set(domain["forbidden_modules"]) >= {
        "telegram", "tweepy", "facebook", "apscheduler", "procrastinate", "starlette",
    }  # fmt: skip


def test_every_room_of_the_domain_but_one_is_kept_from_the_network() -> None:
    network = contract("Only content.outside touches the network")

    assert set(network["source_modules"]) == rooms("content") - {"content.outside"}
    assert set(network["forbidden_modules"]) >= {"openai", "httpx", "clamd", "content.outside"}


def test_every_room_below_the_runtime_is_kept_from_the_outside() -> None:
    brings = contract("Only the runtime brings in content.outside")
    below = layers()[next(n for n, one in enumerate(layers()) if "bottega.outside" in one) + 1 :]

    assert set(brings["source_modules"]) == set().union(*below) - {"content"}
    assert brings["forbidden_modules"] == ["content.outside"]


def test_the_inner_rooms_are_given_the_time() -> None:
    clocks = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
    found = [
        f"{within(path)}:{node.lineno}"
        for path in modules("content", "publishers")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in clocks
    ]

    assert found == []


def test_every_room_can_be_entered() -> None:
    for room in sorted(set().union(*layers()) - {"bottega.__main__"}):
        assert importlib.import_module(room).__name__ == room


# ---------------------------------------------------------------- the repository


def tracked() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    need(shutil.which("git") is not None and (ROOT / ".git").exists(), "git and a checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


def test_no_file_knows_the_machine_it_was_made_on() -> None:
    traces = re.compile(
        r"(?<![\w.~-])/(?:work|root|farm)/|pypi[.]org|files[.]pythonhosted|registry[.]npmjs"
    )
    found = {
        f"{within(path)}: {match[0]}"
        for path in tracked()
        for match in traces.finditer(path.read_text(encoding="utf-8", errors="ignore"))
    }

    assert found == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_requirement_has_its_hashes_and_no_address(name: str) -> None:
    blocks = [block for block in re.split(r"\n(?=\S)", read(name).strip()) if block[0] != "#"]

    assert [one for one in blocks if not re.match(r"[a-z0-9.\[\]_-]+==\S+", one)] == []
    assert [one.split()[0] for one in blocks if "--hash=sha256:" not in one] == []
    assert "://" not in read(name)


def test_what_runs_is_locked_alike_where_it_is_developed() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", read(name), re.MULTILINE))

    assert versions("requirements.lock") <= versions("requirements-dev.lock")


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    too_long = {
        within(path): lines
        for path in modules(*ROOMS)
        if "migrations" not in path.parts and within(path) not in CATALOGUES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }

    assert too_long == {}


@pytest.mark.parametrize("page", ["README.md", "README.it.md", "CONTRIBUTING.md", "docs"])
def test_every_link_within_the_repository_leads_somewhere(page: str) -> None:
    pages = sorted((ROOT / page).glob("*.md")) if page == "docs" else [ROOT / page]
    lost = [
        f"{within(path)}: {target}"
        for path in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]

    assert pages
    assert lost == []


@pytest.mark.parametrize(
    "page", ["README.md", "README.it.md", "CONTRIBUTING.md", "docs/running.md"]
)
def test_every_command_that_is_named_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", read(page), re.MULTILINE))

    assert named
    assert named <= targets


def test_the_version_is_the_same_everywhere() -> None:
    version = project()["project"]["version"]

    assert f"## [{version}]" in read("CHANGELOG.md")
    assert yaml.safe_load(read("publiccode.yml"))["softwareVersion"] == version


def test_the_reuse_catalogue_can_read_our_card() -> None:
    """https://yml.publiccode.tools/schema.core.html"""
    card = yaml.safe_load(read("publiccode.yml"))
    mandatory = {
        "publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus",
        "softwareType", "description", "legal", "maintenance", "localisation",
    }  # fmt: skip

    assert mandatory <= set(card)
    assert card["publiccodeYmlVersion"] == "0.7"
    assert card["legal"]["license"] == project()["project"]["license"]
    assert set(card["description"]) == {"it", "en"}
    for said in card["description"].values():
        assert len(said["shortDescription"]) <= 150
        assert 150 <= len(said["longDescription"]) <= 10_000
        assert said["features"]
        assert all((ROOT / image).exists() for image in said.get("screenshots", ()))
