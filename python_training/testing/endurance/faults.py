"""Faults of every kind, one after the other and side by side, at moments that a seed decides."""

from __future__ import annotations

import contextlib
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from python_training.testing.endurance.looked_after import LookedAfter
from python_training.testing.full_disk import fill

Ended = Callable[[float], bool]
"""Waits for so many seconds; returns whether the faults are to end."""


@dataclass(frozen=True, slots=True)
class Strand:
    """A kind of fault that comes again and again.

    Attributes:
        name: for the report.
        pause_s: least and greatest wait before the next.
        strike: does it, and undoes it if it lasts; returns the names of what it did.
        until: share of the time after which there are no more.
    """

    name: str
    pause_s: tuple[float, float]
    strike: Callable[[random.Random, Ended], list[str]]
    until: float = 1.0


class Faults:
    """Strands at work, each on a thread of its own, for so many seconds."""

    def __init__(self, strands: list[Strand], seconds: float, seed: int) -> None:
        self.injected: Counter[str] = Counter()
        self.failures: list[str] = []
        self._ended = threading.Event()
        self._began = time.monotonic()
        self._seconds = seconds
        self._threads = [
            threading.Thread(target=self._run, args=(each, seed), name=f"faults-{each.name}", daemon=True)
            for each in strands
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """No more faults; what lasts is undone when this returns."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self, strand: Strand, seed: int) -> None:
        chance = random.Random(f"{seed}-{strand.name}")  # noqa: S311  # a test's moments are no secret
        while not self._ended.wait(chance.uniform(*strand.pause_s)):
            if time.monotonic() - self._began > strand.until * self._seconds:
                return
            try:
                self.injected.update(strand.strike(chance, self._ended.wait))
            except Exception as error:  # told at the end; a strand that ended unseen would prove too little
                self.failures.append(f"{strand.name}: {type(error).__name__}: {error}")


def kills(run: LookedAfter) -> Callable[[random.Random, Ended], list[str]]:
    """SIGKILL to who trains; at times to who looks after that, or to all at once, and the command is typed again."""

    def strike(chance: random.Random, ended: Ended) -> list[str]:
        kind = chance.choices(["training killed", "--forever killed", "all killed at once"], [6, 1, 2])[0]
        if kind == "training killed":
            life = run.life()
            if life is None:
                return []
            life.kill()
            return [kind]
        run.kill() if kind == "--forever killed" else run.kill_all()
        run.type()
        return [kind]

    return strike


def harm_to_advisers(run: LookedAfter) -> Callable[[random.Random, Ended], list[str]]:
    """SIGKILL, or SIGSTOP, to the adviser's process: it is gone, or hangs without ever noticing."""

    def strike(chance: random.Random, ended: Ended) -> list[str]:
        found, life = run.advisers(), run.life()
        if not found or life is None:
            return []
        number, kind = chance.choice([(signal.SIGKILL, "adviser killed"), (signal.SIGSTOP, "adviser hung (SIGSTOP)")])
        with contextlib.suppress(psutil.NoSuchProcess):
            # Before it stands back behind the games it has not told the kernel with whom it wants to end.
            if number == signal.SIGSTOP and found[0].nice() <= life.nice():
                return []
            found[0].send_signal(number)
            return [kind]
        return []

    return strike


def full_disk(
    disk: Path, lasts_s: tuple[float, float], run: LookedAfter, may_kill: Callable[[], bool]
) -> Callable[[random.Random, Ended], list[str]]:
    """No room left for a while; at times, while `may_kill`, the one who trains is killed in the midst of it."""

    def strike(chance: random.Random, ended: Ended) -> list[str]:
        ballast = disk / "ballast"
        seconds = chance.uniform(*lasts_s)
        did = ["disk full"]
        try:
            fill(ballast)
            ended(seconds / 2)
            fill(disk / "ballast-2")  # what was freed meanwhile
            if chance.random() < 0.5 and may_kill() and (life := run.life()) is not None:
                life.kill()
                did.append("training killed while the disk was full")
            ended(seconds / 2)
        finally:
            ballast.unlink()
            (disk / "ballast-2").unlink(missing_ok=True)
        return did

    return strike
