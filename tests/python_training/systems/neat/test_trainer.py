from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.trainer import Progress
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.metrics import metrics
from python_training.systems.neat.policy import load_policy
from python_training.systems.neat.run_state import RunState
from python_training.systems.neat.trainer import NEATTrainer
from python_training.systems.neat.warm_up import warm_up

SMALL: dict[str, Any] = {
    "pop_size": 10,
    "bouts": 4,
    "trial_bouts": 4,
    "held_out_bouts": 4,
    "confirmation_bouts": 4,
    "sim_duration": 4.0,
    "snapshot_interval": 2,
}
CARTPOLE: dict[str, Any] = {
    **SMALL,
    "env": "CartPole-v1",
    "bouts": 2,
    "fitness_threshold": None,
}


def _trainer(threads: int = 1, **changes: Any) -> NEATTrainer:
    return NEATTrainer(validate(NEATConfig, {**SMALL, **changes}), threads=threads)


def _train(trainer: NEATTrainer, generations: int) -> list[Progress]:
    try:
        return [trainer.advance() for _ in range(generations)]
    finally:
        trainer.close()


def _hashes(trainer: NEATTrainer, folder: Path) -> dict[str, str]:
    folder.mkdir()
    trainer.save(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("opponents", ["scripted", "elites", "self"])
def test_the_number_of_cores_changes_nothing(opponents: str, tmp_path: Path) -> None:
    """One, two or seven threads: the same state, whoever is met."""
    states = []
    for threads in (1, 2, 7):
        trainer = _trainer(threads, opponents=opponents)
        _train(trainer, 4)
        states.append(_hashes(trainer, tmp_path / str(threads)))
    assert states[0] == states[1] == states[2]


def test_num_processes_wins_over_the_cores_offered() -> None:
    """The document's option says how many cores are used."""
    trainer = _trainer(4, num_processes=1)
    trainer.advance()
    assert sum(thread.name.startswith("work") for thread in threading.enumerate()) == 1
    trainer.close()


@pytest.mark.parametrize("opponents", ["elites", "self"])
def test_duels_against_other_pilots_are_resumed(opponents: str, tmp_path: Path) -> None:
    """Who is met next is part of what a checkpoint holds."""
    straight, first = _trainer(opponents=opponents), _trainer(opponents=opponents)
    _train(straight, 6)
    _train(first, 3)
    first.save(_new(tmp_path / "middle"))
    second = _trainer(opponents=opponents)
    second.load(tmp_path / "middle")
    _train(second, 3)
    assert _hashes(second, tmp_path / "second") == _hashes(straight, tmp_path / "straight")


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_elites_are_kept_in_the_intervals_and_ask_for_a_checkpoint() -> None:
    """Every snapshot_interval generations, and in the last."""
    progress = _train(_trainer(generations=5), 5)
    assert [each.milestone for each in progress] == [False, True, False, True, True]
    assert [each.finished is None for each in progress] == [True, True, True, True, False]
    assert progress[-1].total_steps == 5
    assert [each.step for each in progress] == [1, 2, 3, 4, 5]


def test_a_finished_run_does_nothing_more(tmp_path: Path) -> None:
    """Advancing it says again that it is finished; with more generations it goes on like one that always had them."""
    trainer = _trainer(generations=2)
    trainer.advance()
    trainer.advance()
    before = _hashes(trainer, tmp_path / "before")
    again = trainer.advance()
    assert (again.points, again.step, again.finished) == ((), 2, "all 2 generations were bred")
    assert _hashes(trainer, tmp_path / "after") == before
    trainer.configure(validate(NEATConfig, {**SMALL, "generations": 3}))
    assert trainer.advance().step == 3
    trainer.close()


def test_a_met_threshold_ends_the_run_with_a_final_elite(tmp_path: Path) -> None:
    """The elite that met it is the champion, and its file is called final."""
    trainer = _trainer(fitness_threshold=1.0, confirmation_margin=0.0)
    (progress,) = _train(trainer, 1)
    assert progress.finished is not None
    assert progress.milestone
    trainer.save(_new(tmp_path / "end"))
    run = RunState.load(tmp_path / "end")
    assert [elite.final for elite in run.elites] == [True]
    assert run.champion is not None
    assert run.champion.genome_id == run.elites[0].genome_id


@pytest.mark.parametrize("changes", [{}, {"env": "lunabotics", "env_config": {"max_steps_per_episode": 30}}])
def test_a_figure_means_the_same_in_the_charts_and_on_the_elite(changes: dict[str, Any], tmp_path: Path) -> None:
    """Sums stay sums and means stay means, with a title that says which, in worlds with a fitness and without."""
    trainer = _trainer(snapshot_interval=1, fitness_threshold=None, **changes)
    points = _train(trainer, 2)[-1].points[-1].values
    trainer.save(_new(tmp_path / "saved"))
    elite = RunState.load(tmp_path / "saved").elites[-1]
    assert elite.performance
    assert {name: points[name] for name in elite.performance} == dict(elite.performance)
    specs = {spec.name: spec for spec in metrics(validate(NEATConfig, {**SMALL, **changes}))}
    assert set(elite.performance) <= set(specs)
    if not changes:
        assert specs["enemies_destroyed"].title == "Enemies destroyed, 10 bouts"
        assert specs["held_out_enemies_destroyed"].title == "Enemies destroyed, 10 bouts, held out"
        assert specs["survival_time"].title == "Survival time"


def test_the_champion_plays(tmp_path: Path) -> None:
    """What `load_policy` reads is the champion, with the fitness and the world it is known by."""
    trainer = _trainer()
    points = _train(trainer, 3)[-1].points[-1].values
    trainer.save(_new(tmp_path / "saved"))
    player = load_policy(tmp_path / "saved")
    assert player.genome.metadata["env"] == "arena"
    assert len(player.genome.nodes) == points["champion_nodes"]


def test_a_headless_run_shows_nothing_and_others_show_the_champion() -> None:
    """Before there is a champion there is nothing to be seen."""
    headless, seen = _trainer(), _trainer(headless_mode=False)
    assert seen.view() is None
    _train(headless, 1)
    assert headless.view() is None
    seen.advance()
    frame, later = seen.view(), seen.view()
    assert frame is not None
    assert later is not None
    assert later.t >= frame.t
    seen.close()


def test_any_gymnasium_world_is_trained(tmp_path: Path) -> None:
    """CartPole's mean return grows, and a resumed run goes on the same."""
    straight = NEATTrainer(validate(NEATConfig, CARTPOLE), threads=1)
    progress = _train(straight, 6)
    assert max(each.points[0].values["best_fitness"] for each in progress) > 60.0, "an untrained one falls after 10"
    first = NEATTrainer(validate(NEATConfig, CARTPOLE), threads=1)
    _train(first, 3)
    first.save(_new(tmp_path / "middle"))
    second = NEATTrainer(validate(NEATConfig, CARTPOLE), threads=1)
    second.load(tmp_path / "middle")
    _train(second, 3)
    assert _hashes(second, tmp_path / "second") == _hashes(straight, tmp_path / "straight")


def test_a_world_of_paddocks_without_a_score_is_trained() -> None:
    """The Lunabotics rover is bred by its mean return."""
    settings = {"env": "lunabotics", "env_config": {"max_steps_per_episode": 30}, "fitness_threshold": None}
    (progress,) = _train(_trainer(**settings), 1)
    values = progress.points[0].values
    assert "held_out_success_rate" in values
    assert "elo" not in values


def test_recurrent_networks_are_bred() -> None:
    """Loops among the first links are kept in memory."""
    (progress,) = _train(_trainer(recurrent=True, neat={"initial_connection": "full_direct"}), 1)
    assert progress.points[0].values["connections"] == 23 * 3 + 3


def test_a_run_begins_with_genomes_of_ones_own(tmp_path: Path) -> None:
    """A champion is bred on in another run; in a world that it does not fit it is refused by its place."""
    parent = _trainer()
    _train(parent, 4)
    parent.save(_new(tmp_path / "parent"))
    genome = json.loads((tmp_path / "parent" / "champion.json").read_text())
    (progress, *_) = _train(_trainer(seed_genomes=[genome], seed=9), 2)
    assert progress.points[0].values["nodes"] >= len(genome["nodes"])
    with pytest.raises(ConfigError) as refused:
        _trainer(seed_genomes=[genome], env="CartPole-v1")
    assert refused.value.field == "seed_genomes.0.inputs"


def test_warming_up_leaves_nothing_behind() -> None:
    """Set-up breeds two small generations for the sake of their kernels, and gives everything back."""
    threads = threading.active_count()
    warm_up()
    assert threading.active_count() == threads
