"""Reads what a tuner publishes, again and again, and notes all that no reader should ever see.

Every read must give a whole file: settings within their ranges, JSON that parses, a log of whole lines. What was seen
once may not be taken back: neither a proved setting, nor a line of the log, nor an acceptance in a checkpoint.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from python_training.contracts.errors import PaddockError
from python_training.contracts.objective import Parameter
from python_training.runtime.checkpoint import CheckpointInfo, CheckpointStore
from python_training.systems.tuner.published.best_config import PROVED, RECOMMENDED, flat_numbers
from python_training.systems.tuner.published.checkpoint_files import STATE
from python_training.systems.tuner.published.publish import SUMMARY
from python_training.systems.tuner.published.read_document import DOCUMENT
from python_training.systems.tuner.published.training_log import LOG
from python_training.testing.tuner_log import whole_log

PAUSE_S = 0.004
_PROVED_BY = re.compile(r"Proved by iteration (\d+)")


class PublishedWatch:
    """Watches one run's folder of checkpoints from a thread of its own.

    Args:
        folder: checkpoints/<run>, which need not be there yet.
        parameters: what a setting consists of.
        elsewhere: a further file with the proved setting, such as the one in a git repository.
    """

    def __init__(self, folder: Path, parameters: Sequence[Parameter], elsewhere: Path) -> None:
        self.faults: list[str] = []
        self.reads: Counter[str] = Counter()
        self.contents: Counter[str] = Counter()
        self.lines: dict[int, str] = {}
        """Lines of the log by iteration, as they were first seen."""
        self.accepted: list[dict[str, Any]] = []
        """The acceptances of the newest checkpoint that was seen."""
        self.gaps_s = array("d")
        """Between one look at everything and the next."""
        self._folder = folder
        self._parameters = {each.name: each for each in parameters}
        self._seen: dict[Path, bytes] = {}
        self._proved: dict[int, str] = {}
        self._log_at: tuple[int, int] = (0, 0)
        self._steps: list[int] = []
        self._files: dict[Path, Callable[[Path, str], None]] = {
            folder / PROVED: self._proved_setting,
            elsewhere: self._proved_setting,
            folder / RECOMMENDED: self._setting,
            folder / SUMMARY: self._summary,
            folder / DOCUMENT: self._json,
            folder / "report.json": self._json,
        }
        self._newest_of: dict[Path, int] = {}
        self._improvements = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="published", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop watching."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(PAUSE_S):
            try:
                for path, check in self._files.items():
                    self._read(path, check)
                self._read_log()
                self._look_at_checkpoints()
            except Exception as error:  # a watcher that dies unseen would prove anything
                self._fault(f"the watcher failed: {type(error).__name__}: {error}")
            now = time.monotonic()
            self.gaps_s.append(now - last)
            last = now

    def _fault(self, what: str) -> None:
        self.faults.append(f"{time.strftime('%H:%M:%S')} {what}")

    def _read(self, path: Path, check: Callable[[Path, str], None]) -> None:
        try:
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            if path in self._seen and path.parent == self._folder:
                self._fault(f"{path.name} was gone")
            return
        self.reads[path.name] += 1
        if self._seen.get(path) == content:
            return
        self._seen[path] = content
        self.contents[path.name] += 1
        try:
            check(path, content.decode())
        except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
            self._fault(f"{path.name}: {error}: {content[:200]!r}")

    def _setting(self, path: Path, text: str) -> None:
        self._valid(flat_numbers(yaml.load(text, yaml.CSafeLoader)))  # the safe one, in C

    def _valid(self, values: Mapping[str, float]) -> None:
        if values.keys() != self._parameters.keys():
            raise ValueError(f"expected every parameter, got {sorted(values)}")
        for name, value in values.items():
            parameter = self._parameters[name]
            if not parameter.low <= value <= parameter.high or (parameter.integer and value != int(value)):
                raise ValueError(f"{name} is {value}")

    def _proved_setting(self, path: Path, text: str) -> None:
        self._setting(path, text)
        found = _PROVED_BY.search(text)
        iteration = int(found[1]) if found else 0
        if iteration < self._newest_of.get(path, 0):
            raise ValueError(f"went back from iteration {self._newest_of[path]} to {iteration}")
        self._newest_of[path] = iteration
        if self._proved.setdefault(iteration, text) != text:
            raise ValueError(f"another setting of iteration {iteration} than before")

    def _summary(self, path: Path, text: str) -> None:
        summary = json.loads(text)
        self._valid(summary["best_config"])
        if summary["total_improvements"] < self._improvements:
            raise ValueError(f"{summary['total_improvements']} improvements, were {self._improvements}")
        self._improvements = summary["total_improvements"]

    def _json(self, path: Path, text: str) -> None:
        json.loads(text)

    def _read_log(self) -> None:
        try:
            with (self._folder / LOG).open("rb") as file:
                found = os.fstat(file.fileno())
                inode, offset = self._log_at
                if found.st_ino != inode or found.st_size < offset:  # it was rolled, and begun anew
                    offset = 0
                file.seek(offset)
                new = file.read()
                self._log_at = (found.st_ino, offset + new.rfind(b"\n") + 1)
        except FileNotFoundError:  # it has just been rolled
            return
        self.reads[LOG] += 1
        lines = new[: new.rfind(b"\n") + 1].decode().splitlines()
        if lines and _iteration(lines[0]) > max(self.lines, default=0) + 1:
            # What a full disk held back may be written and rolled in one go, before anybody can read it.
            lines = whole_log(self._folder)
        for line in lines:
            self._line(_iteration(line), line)

    def _line(self, iteration: int, line: str) -> None:
        last = max(self.lines, default=0)
        if iteration not in self.lines and iteration != last + 1:
            self._fault(f"{LOG}: iteration {iteration} after {last}")
        if self.lines.setdefault(iteration, line) != line:
            self._fault(f"{LOG}: iteration {iteration} is told otherwise than before")

    def _look_at_checkpoints(self) -> None:
        store = CheckpointStore(self._folder)
        steps = sorted(int(path.name) for path in self._folder.glob("[0-9]*") if path.name.isdigit())
        if not steps or steps == self._steps:
            return
        self._steps = steps
        info = next((each for each in reversed(store.list()) if each.step == steps[-1]), None)
        if info is None:
            return
        try:
            store.verify(info)
            accepted = json.loads((info.path / STATE).read_bytes())["run"]["accepted"]
        except (PaddockError, OSError) as error:
            if info.path.exists():
                self._fault(f"checkpoint {info.step}: {error}")
            return
        self._accepted_in(info, accepted)

    def _accepted_in(self, info: CheckpointInfo, accepted: list[dict[str, Any]]) -> None:
        self.reads["checkpoints"] += 1
        if accepted[: len(self.accepted)] != self.accepted:
            self._fault(f"checkpoint {info.step} has lost acceptances: {len(accepted)} of {len(self.accepted)}")
        for each in accepted[len(self.accepted) :]:
            self._valid(each["values"])
        self.accepted = accepted


def _iteration(line: str) -> int:
    return int(json.loads(line)["iteration"])
