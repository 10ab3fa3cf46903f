from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from python_training.contracts.trainer import Point
from python_training.runtime.tensorboard import TensorBoardWriter


def _shown(folder: Path, tag: str) -> list[tuple[int, float]]:
    """What TensorBoard itself would draw."""
    accumulator = EventAccumulator(str(folder))
    accumulator.Reload()
    return [(event.step, event.value) for event in accumulator.Scalars(tag)]


def _write(folder: Path, *points: tuple[int, float], rewound_to: int | None = None) -> None:
    writer = TensorBoardWriter(folder, rewound_to=rewound_to)
    for step, value in points:
        writer.add(Point(step, {"value": value}))
    writer.close()
    writer.close()


def test_tensorboard_shows_the_points(tmp_path: Path) -> None:
    """TensorBoard's own reader finds every finite value at its step."""
    _write(tmp_path, (1, 0.5), (2, math.nan), (3, -1.5))
    assert _shown(tmp_path, "value") == [(1, 0.5), (3, -1.5)]


def test_a_rewind_purges_superseded_points(tmp_path: Path) -> None:
    """After a resume from step 2 TensorBoard shows steps 3 and 4 once: as they were the second time."""
    _write(tmp_path, (1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0))
    _write(tmp_path, (3, 30.0), (4, 40.0), rewound_to=2)
    assert _shown(tmp_path, "value") == [(1, 1.0), (2, 2.0), (3, 30.0), (4, 40.0)]


def test_a_resumed_run_without_a_rewind_goes_on(tmp_path: Path) -> None:
    """The files of two lives are one curve."""
    _write(tmp_path, (1, 1.0))
    _write(tmp_path, (2, 2.0))
    assert _shown(tmp_path, "value") == [(1, 1.0), (2, 2.0)]


def test_no_point_no_file(tmp_path: Path) -> None:
    """A worker that never got to a point leaves nothing."""
    _write(tmp_path / "tb")
    assert not (tmp_path / "tb").exists()


def test_a_full_disk_is_no_matter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What TensorBoard's copy cannot take is said on stderr and left out."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    writer = TensorBoardWriter(tmp_path)
    writer.add(Point(1, {"value": 1.0}))
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), writer._file.fileno())  # only so can this very file be full
    for step in range(2, 2_000):
        writer.add(Point(step, {"value": 1.0}))
    writer.close()
    assert "TensorBoard's files cannot be written: No space left on device." in capsys.readouterr().err


def test_tensorflow_is_not_imported(tmp_path: Path) -> None:
    """A worker of a small system does not pay for TensorFlow to be charted by TensorBoard."""
    code = (
        "import sys; from pathlib import Path; from python_training.contracts.trainer import Point;"
        "from python_training.runtime.tensorboard import TensorBoardWriter;"
        f"writer = TensorBoardWriter(Path({str(tmp_path)!r})); writer.add(Point(1, {{'a': 1.0}})); writer.close();"
        "assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
