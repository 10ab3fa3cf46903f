from __future__ import annotations

import numpy as np
import pytest

from python_training.runtime.reel import Reel, State


def state(tick: int) -> State:
    """A state of 80 bytes that tells its tick."""
    return {"tick": np.full(10, tick)}


def filled(ticks: int, max_bytes: int) -> Reel:
    """A reel of a bout of so many ticks."""
    reel = Reel(max_bytes)
    for tick in range(ticks + 1):
        reel.add(tick, state(tick))
    return reel


def test_every_tick_is_there_while_there_is_room() -> None:
    """Each state is found by its tick; beyond the ends the nearest one is."""
    reel = filled(9, 10_000)
    for tick in range(10):
        found, at = reel.at(tick)
        assert (found, at["tick"][0]) == (tick, tick)
    assert reel.at(99)[0] == 9
    assert [reel.after(tick) for tick in (0, 8, 9)] == [1, 9, 9]


@pytest.mark.parametrize("ticks", [100, 101, 1_000])
def test_a_long_bout_keeps_to_its_bytes_evenly(ticks: int) -> None:
    """Fewer and fewer states are kept, at even distances, the first and the newest always among them."""
    reel = filled(ticks, 20 * 80)
    kept = [0]
    while kept[-1] != reel.after(kept[-1]):
        kept.append(reel.after(kept[-1]))
    assert (kept[0], kept[-1]) == (0, ticks)
    assert 8 <= len(kept) <= 21
    assert len(set(np.diff(kept[:-1]))) == 1
    assert reel.at(kept[3] + 1)[1]["tick"][0] == kept[3]


def test_another_bout_starts_afresh() -> None:
    """Nothing of the last one is left, nor how sparsely it was kept."""
    reel = filled(1_000, 20 * 80)
    reel.clear()
    for tick in range(4):
        reel.add(tick, state(-tick))
    assert [reel.at(tick)[1]["tick"][0] for tick in range(4)] == [0, -1, -2, -3]
