"""What the README and docs/ tell readers to open and set does exist; what they type is in test_typed_commands.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from python_training.contracts.config import SystemConfig
from python_training.simulators.arena.config import METRICS
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.metrics import metrics as neat_metrics
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.metrics import metrics as ppo_metrics
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.metrics import metrics as tuner_metrics

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = sorted([*REPOSITORY.glob("README.md"), *(REPOSITORY / "docs").rglob("*.md")])
ANY_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TEST_NAME = re.compile(r"`(test_\w+)`")


def pages(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """`(page, text)` of everything that `pattern` captures."""
    for page in PAGES:
        for found in pattern.findall(page.read_text()):
            yield str(page.relative_to(REPOSITORY)), found


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def table_names(page: Path, heading: str) -> list[str]:
    """The names in code letters in the first column of the tables below a heading."""
    section = page.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_the_pages_are_found() -> None:
    """The other tests look at something."""
    assert len(PAGES) > 8


def test_links_lead_somewhere() -> None:
    """Every relative link names a file of the repository, and an anchor names a heading of it."""
    broken = []
    for page in PAGES:
        for link in LINK.findall(ANY_BLOCK.sub("", page.read_text())):
            if "://" in link or link.startswith("mailto:"):
                continue
            path, _, anchor = link.partition("#")
            target = page.parent / path if path else page
            if not target.exists() or (anchor and anchor not in map(slug, HEADING.findall(target.read_text()))):
                broken.append((page.name, link))
    assert broken == []


def test_tests_that_pages_rely_on_exist() -> None:
    """A claim that names its test names one that is there."""
    written = "\n".join(path.read_text() for path in (REPOSITORY / "tests").rglob("test_*.py"))
    missing = {(page, name) for page, name in pages(TEST_NAME) if f"def {name}(" not in written}
    assert missing == set()


@pytest.mark.parametrize(("page", "model"), [("ppo.md", PPOConfig), ("neat.md", NEATConfig), ("tuner.md", TunerConfig)])
def test_config_fields_are_told_in_full(page: str, model: type[SystemConfig]) -> None:
    """The page of a system names each config field once, with its default, and whether it is live."""
    path = REPOSITORY / "docs" / page
    assert sorted(table_names(path, "Config")) == sorted(model.model_fields)
    config = model()
    for line in path.read_text().split("\n## Config\n")[1].split("\n## ")[0].splitlines():
        if line.startswith("| `"):
            name, default, live = (cell.strip().strip("`") for cell in line.split("|")[1:4])
            value = getattr(config, name)
            assert (live == "live") == (name in model.live_fields()), name
            assert default == ("see below" if isinstance(value, BaseModel) else told(value)), name


def test_neat_genetics_are_told_in_full() -> None:
    """docs/neat.md names every field that neat-python is told by, nested ones included."""
    genetics = NEATConfig().neat
    named = {*type(genetics).model_fields, *type(genetics.weight).model_fields, *type(genetics.activation).model_fields}
    assert set(table_names(REPOSITORY / "docs" / "neat.md", "Genetics")) == named


@pytest.mark.parametrize(
    "path",
    [
        "search",
        "accept",
        "accept.stage_one",
        "accept.confirmation",
        "accept.non_regression",
        "adviser",
        "pattern",
        "git",
        "log",
    ],
)
def test_the_parts_of_the_tuner_are_told_in_full(path: str) -> None:
    """docs/tuner.md names every field of a nested part, with its default."""
    heading = f"Settings of {path}"
    part: Any = TunerConfig()
    for name in path.split("."):
        part = getattr(part, name)
    page = REPOSITORY / "docs" / "tuner.md"
    assert table_names(page, heading) == list(type(part).model_fields)
    for line in page.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0].splitlines():
        if line.startswith("| `"):
            name, default = (cell.strip().strip("`") for cell in line.split("|")[1:3])
            value = getattr(part, name)
            assert default == ("see below" if isinstance(value, BaseModel) else told(value)), name


def told(value: Any) -> str:
    """A default as the table writes it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float) and value == int(value) and value > 1:
        value = int(value)
    if isinstance(value, int):
        return f"{value:,}"
    return str(list(value)) if isinstance(value, tuple) else str(value) or "(empty)"


@pytest.mark.parametrize(
    ("page", "declared"),
    [
        ("ppo.md", {spec.name for spec in ppo_metrics(PPOConfig(env="CartPole-v1"))}),
        ("neat.md", {spec.name for spec in neat_metrics(NEATConfig())}),
        ("tuner.md", {spec.name for spec in tuner_metrics(TunerConfig())}),
    ],
)
def test_metrics_are_told_in_full(page: str, declared: set[str]) -> None:
    """The page of a system explains every metric of the learner; those of the world are on the world's page."""
    figures = {spec.name for spec in METRICS}
    learner = {name for name in declared if name not in figures and name.removeprefix("held_out_") not in figures}
    assert set(table_names(REPOSITORY / "docs" / page, "Metrics")) == learner
