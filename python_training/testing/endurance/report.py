"""What an endurance run was put through, and how it bore it, as figures."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from typing import Any

import numpy as np
import psutil

from python_training.runtime.run_folder import RunFolder
from python_training.testing.endurance.endpoint import UnreliableEndpoint
from python_training.testing.endurance.faults import Faults
from python_training.testing.endurance.memory import MemoryWatch, Thirds
from python_training.testing.endurance.published import PublishedWatch
from python_training.testing.runs import health_codes, statuses


def figures(
    folder: RunFolder,
    watch: PublishedWatch,
    faults: Faults,
    endpoint: UnreliableEndpoint,
    memory: MemoryWatch,
    last_life: int | None,
    warm_up_s: float,
) -> dict[str, Any]:
    """Plain data: faults by kind, what the run told of them, reads, and memory in MiB.

    Args:
        folder: the run.
        watch: who read what it published; has ended.
        faults: what was done to it.
        endpoint: whom it asked for advice.
        memory: who measured it; has ended.
        last_life: pid of the process that trained last; that nobody killed.
        warm_up_s: seconds of its life that do not count for its memory.
    """
    codes = health_codes(folder)
    return {
        "machine": f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.machine()}",
        "injected": dict(sorted(faults.injected.items())),
        "endpoint": dict(sorted(endpoint.did.items())),
        "told": {code: codes.count(code) for code in sorted(set(codes))},
        "lives": statuses(folder).count("running"),
        "reads": dict(watch.reads),
        "contents": dict(watch.contents),
        "gap_ms": {f"p{share}": round(1e3 * float(np.percentile(watch.gaps_s, share)), 1) for share in (50, 99, 100)},
        "decisions": len(watch.lines),
        "faults_seen": watch.faults[:20],
        "memory_parent_mib": _plain(memory.parent()),
        "memory_last_life_mib": None if last_life is None else _plain(memory.life(last_life, warm_up_s)),
        "memory_last_tree_mib": None if last_life is None else _plain(memory.tree(last_life, warm_up_s)),
    }


def _plain(thirds: Thirds | None) -> dict[str, Any] | None:
    return None if thirds is None else asdict(thirds)
