"""How good a run's policy is: its own episodes on held-out seeds beside the baselines' and the previous best's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from python_training import registry
from python_training.contracts.errors import CheckpointError, ConfigError, NoCheckpointError
from python_training.contracts.metrics import is_better
from python_training.contracts.player import Player
from python_training.contracts.seeds import held_out_seeds
from python_training.environments.evaluate import Evaluation, evaluate, joined, score_sets, scored
from python_training.environments.imports import look_in
from python_training.environments.open_world import open_world
from python_training.foreign_code import contained
from python_training.runtime.checkpoint import CheckpointInfo
from python_training.runtime.players import load_policy, script_names, scripted_player
from python_training.runtime.run_duels import meet_elites, meet_rivals
from python_training.runtime.run_folder import RunFolder

SHORT_NAMES = {"orbs_deposited": "deposits", "orbs_collected": "collected"}
"""Figures that the report calls by a shorter name."""

DUELS, APART = 200, 50

OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What the policy of a run was trained to play: a world's name (or Gymnasium id) and its config."""

    world: str
    config: Mapping[str, Any]


def task_of(folder: RunFolder) -> Task:
    """The task of a run, as its config says.

    Raises:
        ConfigError: nobody of this run plays in a world.
    """
    spec = folder.spec()
    look_in(spec.started_in)
    found = registry.system(spec.system).played_in(spec.config)
    if found is None:
        raise ConfigError(f"{spec.id}: a run of '{spec.system}' with this config plays in no world.", field="run")
    return Task(*found)


@contained("the evaluation")
def evaluate_run(
    folder: RunFolder,
    *,
    step: int | None = None,
    episodes: int = 100,
    duels: int = DUELS,
    apart: int = APART,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Judge a checkpoint of a run: `{run, system, step, checkpoint, episodes, seeds, ...summary, baselines, ...}`.

    Where there is something to say of them, it has `score_sets`, `previous_best`, `duels` and `progress`, too.

    `score_sets` are how many episodes each score is of, in a world that makes one number of several.

    The baselines (every scripted player of the world, and what the system is before training) and the previous best
    (the best earlier checkpoint by the primary metric that is still there) play the same seeds. Where the world has
    duels, the policy meets each rival, and the run's elites meet those `apart` generations before them.

    Args:
        folder: the run.
        step: of the checkpoint; the newest good one when None.
        episodes: how many held-out seeds.
        duels: bouts with each rival, an even number; 0 for none, and none between elites either.
        apart: generations between two elites that meet.
        on_progress: called with (who plays, episodes done, episodes in all).

    Raises:
        NoCheckpointError: there is none to evaluate.
        CheckpointDamagedError: the one asked for is damaged.
        ConfigError: a run whose system leaves no policy, no episodes, or an odd number of duels.
    """
    task = task_of(folder)
    system = folder.spec().system
    info = chosen_checkpoint(folder, step)
    policy = load_policy(system, info.path)

    def watch(who: str) -> Callable[[int, int], None] | None:
        return None if on_progress is None else lambda done, total: on_progress(who, done, total)

    def play(who: str, player: Player) -> Evaluation:
        return evaluate(player, task.world, task.config, episodes=episodes, on_progress=watch(who))

    own = play("policy", policy)
    baselines = {name: report_of(play(name, _script(task, name))) for name in script_names(task.world)}
    for name, target in registry.system(system).baselines.items():
        baselines[name.replace(" ", "_")] = report_of(_untrained(folder, task, target, episodes, watch(name)))
    result: dict[str, Any] = {
        "run": folder.id,
        "system": system,
        "step": info.step,
        "checkpoint": info.name,
        "episodes": episodes,
        "seeds": [own.seeds[0], own.seeds[-1]],
        **({"score_sets": [len(chosen) for chosen in score_sets(episodes)]} if own.scores else {}),
        **report_of(own),
        "baselines": baselines,
    }
    best = _previous_best(folder, info)
    if best is not None:
        played = play("previous best", load_policy(system, best.path))
        result["previous_best"] = {"step": best.step, "checkpoint": best.name, **report_of(played)}
    if duels:
        met = meet_rivals(policy, task.world, task.config, duels, on_progress)
        result |= {"duels": met} if met else {}
        progress = meet_elites(folder, task.world, task.config, info.step, apart, on_progress)
        result |= {"progress": progress} if progress else {}
    return result


def chosen_checkpoint(folder: RunFolder, step: int | None) -> CheckpointInfo:
    """The verified checkpoint of `step`, or the newest good one; raises NoCheckpointError, CheckpointDamagedError."""
    store = folder.checkpoints()
    if step is not None:
        info = store.get(step)
        store.verify(info)
        return info
    newest, _ = store.newest_good(set_aside=False)
    if newest is None:
        raise NoCheckpointError(f"{folder.id} has no checkpoint yet.", hint=f"paddock save {folder.id}")
    return newest


def report_of(evaluation: Evaluation) -> dict[str, Any]:
    """The summary of an evaluation under the report's shorter names."""
    report = {}
    for key, value in evaluation.summary().items():
        name, _, ending = key.rpartition("_")
        report[f"{SHORT_NAMES[name]}_{ending}" if name in SHORT_NAMES else key] = value
    return report


def _script(task: Task, name: str) -> Player:
    world = open_world(task.world, task.config, 1)
    try:
        return scripted_player(world, name)
    finally:
        world.close()


def _untrained(
    folder: RunFolder, task: Task, target: str, episodes: int, report: Callable[[int, int], None] | None
) -> Evaluation:
    """Another policy without training for each set of episodes: a single one may be lucky."""
    config, build = folder.spec().typed_config(), registry.load(target)
    seeds = held_out_seeds(episodes)
    played = []
    for number, chosen in enumerate(score_sets(episodes)):
        own = [seeds[index] for index in chosen]
        played.append(evaluate(build(config, number), task.world, task.config, seeds=own))
        if report is not None:
            report(int(chosen[-1]) + 1, episodes)
    return scored(joined(played), task.world)


def _previous_best(folder: RunFolder, evaluated: CheckpointInfo) -> CheckpointInfo | None:
    """The best good checkpoint before `evaluated` by the primary metric, None if there is none."""
    store = folder.checkpoints()
    best: tuple[float, CheckpointInfo] | None = None
    for info in store.list():
        value = info.metrics.get(info.primary.name) if info.primary else None
        if info.primary is None or value is None or info.step >= evaluated.step:
            continue
        if is_better(info.primary, value, best[0] if best else None):
            try:
                store.verify(info)
            except CheckpointError:
                continue
            best = value, info
    return best[1] if best else None
