"""Whom a run's pilot beats: the world's rivals, and the run's own elites of earlier generations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from python_training import registry
from python_training.contracts.errors import PaddockError
from python_training.contracts.player import Player
from python_training.environments.duels import duel, duel_config
from python_training.environments.intervals import wilson_interval
from python_training.environments.open_world import open_world
from python_training.runtime.elites import elite_files, elite_genome
from python_training.runtime.genome_files import genome_pilot
from python_training.runtime.players import scripted_player
from python_training.runtime.run_folder import RunFolder

PAIRS = 20
"""At most so many pairs of elites meet, spread evenly over the run."""
BOUTS_A_PAIR = 40

OnProgress = Callable[[str, int, int], None]


def meet_rivals(
    policy: Player, world: str, config: Mapping[str, Any], bouts: int, on_progress: OnProgress | None = None
) -> dict[str, Any]:
    """`{rival: Duels.to_dict()}` of `bouts` duels with each rival of `world`; {} for a world without duels."""
    settings, entry = duel_config(world, config), registry.world(world)
    if settings is None or entry is None:
        return {}
    found = {}
    for name in entry.rivals:
        opened = open_world(world, settings, 1)
        try:
            rival = scripted_player(opened, name)
        finally:
            opened.close()
        report = None if on_progress is None else _told_as(f"duels with {name}", on_progress)
        found[name] = duel(policy, rival, world, settings, bouts=bouts, on_progress=report).to_dict()
    return found


def meet_elites(
    folder: RunFolder,
    world: str,
    config: Mapping[str, Any],
    step: int,
    apart: int,
    on_progress: OnProgress | None = None,
) -> dict[str, Any] | None:
    """How elites fare against those that many generations before them, up to generation `step`.

    Returns:
        `{apart, bouts_each, pairs: [{generation, against, wins, losses, draws, ...}], newer_won, of, share, share_ci}`:
        `newer_won` counts the pairs in which the later elite won more bouts than it lost, `of` those that did not end
        even. None for a system without elites, a world without duels, or a run that is too short.
    """
    settings, system = duel_config(world, config), registry.system(folder.spec().system)
    files = {number: path for number, path in elite_files(folder.checkpoints_path).items() if number <= step}
    pairs = spread(elite_pairs(list(files), apart), PAIRS)
    if settings is None or not system.genome or not pairs:
        return None
    opened = open_world(world, settings, 1)
    try:
        met = []
        for done, (newer, older) in enumerate(pairs):
            if on_progress is not None:
                on_progress("elites against earlier ones", done, len(pairs))
            try:
                first, second = (
                    genome_pilot(elite_genome(files[number]), opened, system.name) for number in (newer, older)
                )
            except PaddockError:
                continue  # pruned or damaged meanwhile
            result = duel(first, second, world, settings, bouts=BOUTS_A_PAIR)
            met.append({"generation": newer, "against": older, **result.to_dict()})
    finally:
        opened.close()
    won = sum(pair["wins"] > pair["losses"] for pair in met)
    decided = sum(pair["wins"] != pair["losses"] for pair in met)
    return {
        "apart": apart,
        "bouts_each": BOUTS_A_PAIR,
        "pairs": met,
        "newer_won": won,
        "of": decided,
        "share": won / decided if decided else None,
        "share_ci": list(wilson_interval(won, decided)) if decided else None,
    }


def elite_pairs(generations: list[int], apart: int) -> list[tuple[int, int]]:
    """`(N, M)` for every generation N of which there is an earlier M: the last that is `apart` or more before it.

    Where elites were pruned, M may be further back, but less than twice as far.
    """
    known = sorted(generations)
    pairs = []
    for newer in known:
        older = [number for number in known if apart <= newer - number < 2 * apart]
        if older:
            pairs.append((newer, older[-1]))
    return pairs


def spread(pairs: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """At most `most` of `pairs`, evenly spread, the last among them."""
    if len(pairs) <= most:
        return pairs
    return [pairs[round((index + 1) * len(pairs) / most) - 1] for index in range(most)]


def _told_as(who: str, on_progress: OnProgress) -> Callable[[int, int], None]:
    return lambda done, total: on_progress(who, done, total)
