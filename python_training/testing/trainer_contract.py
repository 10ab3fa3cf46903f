"""What every training system must keep to, as tests over the registry.

A test module makes a `TrainerCase` of each system and derives a class from `TrainerContract` (see
tests/python_training/testing/test_trainer_contract.py). All that is compared is compared bit for bit.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from python_training import registry
from python_training.contracts.config import SystemConfig, validate
from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.contracts.metrics import primary_metric
from python_training.contracts.trainer import Point, Trainer

HEAVY = ("numba", "tensorflow", "tf_agents", "tf_keras", "torch", "neat", "ray")
ADVANCES = 2
"""How many updates come before the checkpoint of a comparison, and how many after it."""

Comparable = list[tuple[int, dict[str, str]]]


@dataclass(frozen=True)
class Recording:
    """What a trainer did before and after the checkpoint at `middle`, and its state at the `end`."""

    before: Comparable
    after: Comparable
    names: frozenset[str]
    middle: Path
    end: Path


@dataclass
class TrainerCase:
    """One system with a config small enough to be advanced in seconds.

    Attributes:
        system: its name in the registry.
        raw: the small config.
        folder: an empty folder for its checkpoints.
    """

    system: str
    raw: Mapping[str, Any]
    folder: Path

    @cached_property
    def config(self) -> SystemConfig:
        """The small config as the system's model."""
        return validate(registry.system(self.system).config_class(), self.raw)

    def trainer(self, **changes: Any) -> Trainer:
        """A new trainer, with `changes` to the small config."""
        entry = registry.system(self.system)
        config = validate(entry.config_class(), {**self.raw, **changes})
        made: Trainer = registry.load(entry.trainer)(config, threads=1)
        return made

    def comparable(self, points: Sequence[Point]) -> Comparable:
        """Points without what depends on the clock, as exact texts (so that NaN equals NaN)."""
        specs = registry.system(self.system).metric_specs(self.config)
        names = {spec.name for spec in specs if spec.deterministic}
        return [
            (point.step, {name: float(value).hex() for name, value in point.values.items() if name in names})
            for point in points
        ]

    @cached_property
    def reference(self) -> Recording:
        """An undisturbed trainer: nothing but `advance`, and `save` in the middle and at the end."""
        return self.record("reference", self.trainer())

    def record(self, name: str, trainer: Trainer, *, disturb: bool = False) -> Recording:
        """Advance, save, advance and save; with `disturb` also look at it and save it all the time."""
        before, names = self._advance(name, trainer, disturb)
        middle = self.saved(name + "-middle", trainer)
        after, more = self._advance(name, trainer, disturb)
        end = self.saved(name + "-end", trainer)
        trainer.close()
        return Recording(before, after, names | more, middle, end)

    def go_on(self, name: str, trainer: Trainer) -> tuple[Comparable, Path]:
        """The second half of `record` for a trainer that was loaded."""
        after, _ = self._advance(name, trainer, disturb=False)
        end = self.saved(name + "-end", trainer)
        trainer.close()
        return after, end

    def saved(self, name: str, trainer: Trainer) -> Path:
        """Save into a new folder."""
        folder = self.folder / name
        folder.mkdir()
        trainer.save(folder)
        return folder

    def contents(self, folder: Path) -> dict[str, str]:
        """The hash of each checkpoint file."""
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def _advance(self, name: str, trainer: Trainer, disturb: bool) -> tuple[Comparable, frozenset[str]]:
        points: list[Point] = []
        step = -1
        for index in range(ADVANCES):
            progress = trainer.advance()
            assert progress.step >= step, "the step never falls"
            assert [point.step for point in progress.points] == sorted(point.step for point in progress.points)
            step = progress.step
            points += progress.points
            if disturb:
                trainer.view()
                self.saved(f"{name}-extra-{step}-{index}", trainer)
                trainer.view()
        return self.comparable(points), frozenset(key for point in points for key in point.values)


class TrainerContract:
    """Derive a test class from this and give it a fixture `case` that yields each system's TrainerCase."""

    def test_config_and_metrics_are_light_to_import(self, case: TrainerCase) -> None:
        """The web process reads configs and metrics without loading any numeric library."""
        code = (
            "import sys; from python_training import registry; from python_training.contracts.config import validate;"
            f"entry = registry.system({case.system!r}); model = entry.config_class(); model.model_json_schema();"
            f"entry.metric_specs(validate(model, {dict(case.raw)!r}));"
            f"print([name for name in {HEAVY!r} if name in sys.modules])"
        )
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert shown.stdout.strip() == "[]"

    def test_defaults_are_valid_and_every_field_is_described(self, case: TrainerCase) -> None:
        """A run can be started with nothing but the system's name, and the form says what each field means."""
        model = registry.system(case.system).config_class()
        validate(model, {})
        nameless = [name for name, info in model.model_fields.items() if not info.description]
        assert nameless == []
        with pytest.raises(ConfigError):
            validate(model, {"no_such_field": 1})

    def test_metrics_are_declared_well(self, case: TrainerCase) -> None:
        """Names are unique snake_case, each has a sentence, and exactly one is primary and has a direction."""
        specs = registry.system(case.system).metric_specs(case.config)
        names = [spec.name for spec in specs]
        assert len(set(names)) == len(names)
        assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []
        assert [spec.name for spec in specs if not spec.doc.endswith(".") or not spec.title] == []
        assert primary_metric(specs).better in ("higher", "lower")

    def test_only_declared_metrics_appear(self, case: TrainerCase) -> None:
        """Points hold nothing that the registry does not know, and something of what it does."""
        declared = {spec.name for spec in registry.system(case.system).metric_specs(case.config)}
        assert case.reference.names <= declared
        assert case.reference.before + case.reference.after

    def test_equal_seeds_are_equal_and_watching_and_saving_change_nothing(self, case: TrainerCase) -> None:
        """A second trainer, looked at and saved all the time, has the same metrics and ends in the same state."""
        disturbed = case.record("disturbed", case.trainer(), disturb=True)
        assert disturbed.before == case.reference.before
        assert disturbed.after == case.reference.after
        assert case.contents(disturbed.end) == case.contents(case.reference.end)

    def test_another_seed_is_another_run(self, case: TrainerCase) -> None:
        """The seed reaches the randomness at all."""
        other = case.trainer(seed=case.config.seed + 1)
        points, _ = case._advance("other", other, disturb=False)
        other.close()
        assert points != case.reference.before

    def test_a_loaded_trainer_goes_on_as_if_nothing_had_happened(self, case: TrainerCase) -> None:
        """save, load into a new trainer, advance: the same metrics and the same state as without."""
        trainer = case.trainer()
        trainer.load(case.reference.middle)
        after, end = case.go_on("loaded", trainer)
        assert after == case.reference.after
        assert case.contents(end) == case.contents(case.reference.end)

    def test_loading_into_a_used_trainer_is_the_same(self, case: TrainerCase) -> None:
        """Nothing of what the trainer did before survives `load`."""
        trainer = case.trainer()
        trainer.advance()
        trainer.load(case.reference.middle)
        after, end = case.go_on("reloaded", trainer)
        assert after == case.reference.after
        assert case.contents(end) == case.contents(case.reference.end)

    def test_a_folder_that_is_no_checkpoint_is_refused(self, case: TrainerCase, tmp_path: Path) -> None:
        """An empty folder is a CheckpointError, not a trainer that quietly begins anew."""
        trainer = case.trainer()
        with pytest.raises(CheckpointError):
            trainer.load(tmp_path)
        trainer.close()

    def test_checkpoints_hold_no_pickles(self, case: TrainerCase) -> None:
        """Nothing in a checkpoint can run code when it is loaded."""
        for path in sorted(path for path in case.reference.end.rglob("*") if path.is_file()):
            assert not re.match(rb"\x80[\x02-\x05]", path.read_bytes()[:2]), f"{path.name} begins like a pickle"
            if path.suffix == ".npz":
                with np.load(path, allow_pickle=False) as arrays:
                    assert all(arrays[key].dtype != object for key in arrays.files)

    def test_closing_twice_is_safe(self, case: TrainerCase) -> None:
        """Whatever path leads to the end may close."""
        trainer = case.trainer()
        trainer.close()
        trainer.close()
