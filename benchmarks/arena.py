"""How fast NEAT breeds pilots in the arena, beside what neat-python itself offers, on the same kernel in the same run.

Claims, with a population of 50 and 10 bouts of 30 s at 0.1 s a tick on two cores: the whole training loop (breeding,
flying, rating, choosing and trying champions) flies 25,000 simulated seconds a second and breeds 100 generations within
60 s; and a population's bouts are flown ten times as fast as by neat-python's ParallelEvaluator with two workers. Only
ticks that were flown are counted: a bout that ended early counts as long as it lasted. The kernels are compiled
beforehand, and so is what the peer uses of them.

The peer is what neat-python offers: a pool of processes, each of which flies a genome with FeedForwardNetwork. It flies
the same genomes at the same seeds, and is given all ten bouts of a genome as one batched world, since that is its
fastest: its cost beside the networks, which run in Python, is then shared by ten.

    python benchmarks/arena.py [--generations 100] [--cores 2] [--seed 0] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import neat
import numpy as np

from python_training.contracts.config import validate
from python_training.environments.actions import actions_of
from python_training.presets import resolve
from python_training.simulators.arena import vector_env
from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.scoring import fitness
from python_training.systems.neat import bouts
from python_training.systems.neat.bout_executor import open_bout_executor
from python_training.systems.neat.bouts import WorkUnit, bout_seeds, fly, population_unit
from python_training.systems.neat.checkpoint_state import load_evolution
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.evolution import Evolution
from python_training.systems.neat.fitness import judge
from python_training.systems.neat.foreign_network import express
from python_training.systems.neat.neat_settings import neat_config
from python_training.systems.neat.pack import pack_networks
from python_training.systems.neat.trainer import NEATTrainer

POP_SIZE, BOUTS, DURATION_S, TICK_S = 50, 10, 30.0, 0.1
SECONDS_A_SECOND, GENERATIONS_S, RATIO = 25_000.0, 60.0, 10.0
"""What is claimed."""
ROUNDS = 5
"""Times that a population is flown by us; the peer, which takes ten times as long, flies it once."""
IDLE_CALLS = 100
"""Calls by which the cost of a call is measured."""


class Stopwatch:
    """Adds up the processor seconds that this thread spends in functions, by a name for each."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last: dict[str, tuple[int, Callable[[], Any]]] = {}

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, with its time added to `name`."""

        def measured(*arguments: Any) -> Any:
            began = time.thread_time()
            result = function(*arguments)
            self.spent[name] = self.spent.get(name, 0.0) + time.thread_time() - began
            self._last[name] = self._last.get(name, (0, None))[0] + 1, partial(function, *arguments)
            return result

        return measured

    @contextmanager
    def on_kernels(self) -> Iterator[None]:
        """Time the world's compiled step as "kernel", and our compiled networks as "network"."""
        step, activate = vector_env.step_batch, bouts.activate
        vector_env.step_batch = self.timed("kernel", step)
        bouts.activate = self.timed("network", activate)
        try:
            yield
        finally:
            vector_env.step_batch, bouts.activate = step, activate

    def without_calling(self) -> None:
        """Take off what calls from Python cost by themselves: the last ones, of which nothing is left to do, tell."""
        for name, (calls, idle) in self._last.items():
            began = time.thread_time()
            for _ in range(IDLE_CALLS):
                idle()
            self.spent[name] -= (time.thread_time() - began) / IDLE_CALLS * calls

    def split(self, ticks: int, seconds: float) -> dict[str, float]:
        """Microseconds a tick in kernel, network and, of `seconds` in all, the glue between them."""
        split = {f"{name}_us_per_tick": self.spent[name] / ticks * 1e6 for name in ("kernel", "network")}
        return split | {"glue_us_per_tick": seconds / ticks * 1e6 - sum(split.values())}


@contextmanager
def tick_by_tick() -> Iterator[None]:
    """Have bouts flown from Python, as those of a world that has no compiled step."""
    compiled_step = vector_env.ArenaVectorEnv.compiled_step
    del vector_env.ArenaVectorEnv.compiled_step
    try:
        yield
    finally:
        vector_env.ArenaVectorEnv.compiled_step = compiled_step


def training(config: NEATConfig, generations: int, cores: int, folder: Path) -> tuple[float, int]:
    """Seconds and flown ticks of the whole loop over `generations`, from the first; the last is kept in `folder`."""
    trainer = NEATTrainer(config, threads=cores)
    began = time.perf_counter()
    for _ in range(generations):
        trainer.advance()
    seconds = time.perf_counter() - began
    trainer.save(folder)
    trainer.close()
    return seconds, trainer.steps


def last_population(config: NEATConfig, folder: Path) -> tuple[Mapping[int, Any], neat.Config]:
    """The genomes that the run in `folder` came to, by key, and neat-python's config of it."""
    space = vector_env.ArenaVectorEnv(1, config.world_config())
    inputs = int(space.single_observation_space.shape[0])
    evolution = Evolution(
        neat_config(config, inputs, actions_of(space.single_action_space, zero="least").outputs), config.seed, ()
    )
    load_evolution(evolution, folder)
    return evolution.population, evolution.config


def fly_in_python(
    genome: Any, config: neat.Config, world: ArenaConfig, seeds: Sequence[int], watch: Stopwatch | None = None
) -> float:
    """What a user of neat-python gives to ParallelEvaluator: the fitness of one genome, whose ticks are added up."""
    network = neat.nn.FeedForwardNetwork.create(genome, config)
    activate = network.activate if watch is None else watch.timed("network", network.activate)
    envs = vector_env.ArenaVectorEnv(len(seeds), world, autoreset="disabled")
    to_world = actions_of(envs.single_action_space, zero="least").to_world
    observations, _ = envs.reset(seed=list(seeds))
    flying, outputs = list(range(len(seeds))), np.zeros((len(seeds), 3))
    while flying:
        for bout in flying:
            outputs[bout] = activate(observations[bout].tolist())
        observations, _, terminated, truncated, infos = envs.step(to_world(outputs))
        if infos:
            flying = [bout for bout in flying if not (terminated[bout] or truncated[bout])]
    return fitness(envs.seat_figures(0))


def peer_speed(
    population: Mapping[int, Any], config: neat.Config, world: ArenaConfig, seeds: Sequence[int], cores: int
) -> tuple[float, list[float]]:
    """Seconds that neat-python takes for the whole population, and the fitnesses that it finds."""
    genomes = list(population.items())
    with neat.ParallelEvaluator(cores, partial(fly_in_python, world=world, seeds=seeds)) as evaluator:
        evaluator.evaluate(genomes[:cores], config)  # every worker has its kernels loaded
        began = time.perf_counter()
        evaluator.evaluate(genomes, config)
        return time.perf_counter() - began, [genome.fitness for _, genome in genomes]


def own_speed(unit: WorkUnit, cores: int) -> tuple[float, list[float], int]:
    """Seconds that we take for it, the fitnesses and the flown ticks."""
    executor = open_bout_executor("local", threads=cores)
    (results,) = executor.run([unit])
    began = time.perf_counter()
    for _ in range(ROUNDS):
        executor.run([unit])
    seconds = (time.perf_counter() - began) / ROUNDS
    executor.close()
    return seconds, judge("arena", results, POP_SIZE).fitness.tolist(), int(results.ticks.sum())


def own_split(unit: WorkUnit, ticks: int) -> dict[str, float]:
    """Where our time goes, on one core: the parts are taken from a flight tick by tick, the sum from the real one."""
    watch, began = Stopwatch(), time.thread_time()
    fly(unit)
    seconds = time.thread_time() - began
    with watch.on_kernels(), tick_by_tick():
        fly(unit)
    watch.without_calling()
    return watch.split(ticks, seconds)


def peer_split(
    population: Mapping[int, Any], config: neat.Config, world: ArenaConfig, seeds: Sequence[int], ticks: int
) -> dict[str, float]:
    """Where the peer's time goes, on one core and without its pool of processes."""
    watch, began = Stopwatch(), time.thread_time()
    with watch.on_kernels():
        for genome in population.values():
            fly_in_python(genome, config, world, seeds, watch)
    return watch.split(ticks, time.thread_time() - began)


def measured(generations: int, cores: int, seed: int) -> dict[str, Any]:
    """Everything that this benchmark tells."""
    fixed = {"pop_size": POP_SIZE, "bouts": BOUTS, "sim_duration": DURATION_S, "sim_dt": TICK_S}
    wanted = {"seed": seed, "fitness_threshold": None, "generations": generations + 1, "num_processes": cores}
    config = validate(NEATConfig, {**resolve("neat", {"env": "arena"}), **fixed, **wanted})
    with tempfile.TemporaryDirectory() as folder:
        training(config.model_copy(update={"sim_duration": 1.0}), 1, cores, Path(folder))  # compiles what is not yet
    with tempfile.TemporaryDirectory() as folder:
        seconds, ticks = training(config, generations, cores, Path(folder))
        population, genetics = last_population(config, Path(folder))
    seeds, world = bout_seeds(seed, generations, BOUTS), config.world_config()
    pack = pack_networks([express(genome, genetics) for genome in population.values()])
    unit = population_unit("arena", world.model_dump(), pack, POP_SIZE, seeds)
    own_s, own_fitness, unit_ticks = own_speed(unit, cores)
    peer_s, peer_fitness = peer_speed(population, genetics, world, seeds, cores)
    own, peer = own_split(unit, unit_ticks), peer_split(population, genetics, world, seeds, unit_ticks)
    return {
        "simulated_seconds_per_second": ticks * TICK_S / seconds,
        "seconds_per_100_generations": seconds / generations * 100,
        "bouts_per_s": len(unit) / own_s,
        "peer_bouts_per_s": len(unit) / peer_s,
        "ratio": peer_s / own_s,
        **own,
        **{f"peer_{name}": value for name, value in peer.items()},
        "peer_pool_us_per_tick": peer_s * cores / unit_ticks * 1e6 - sum(peer.values()),
        "loop_us_per_tick": seconds * cores / ticks * 1e6,
        "fitness_difference": max(abs(a - b) for a, b in zip(own_fitness, peer_fitness, strict=True)),
        "generations": generations,
        "flown_ticks": ticks,
        "nodes": float(np.mean([len(genome.nodes) for genome in population.values()])),
        "connections": float(np.mean([len(genome.connections) for genome in population.values()])),
        "cores": cores,
        "seed": seed,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.platform()}",
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def claims(told: Mapping[str, Any]) -> dict[str, bool]:
    """What is claimed, and whether it holds."""
    return {
        f"{SECONDS_A_SECOND:,.0f} simulated seconds a second": told["simulated_seconds_per_second"] >= SECONDS_A_SECOND,
        f"100 generations within {GENERATIONS_S:g} s": told["seconds_per_100_generations"] <= GENERATIONS_S,
        f"{RATIO:g} times the peer's bouts a second": told["ratio"] >= RATIO,
    }


def main() -> int:
    """Print a line for each figure, or one JSON object; exit 1 if a claim does not hold on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generations", type=int, default=100, help="generations of the measured run")
    parser.add_argument("--cores", type=int, default=2, help="threads of ours, and processes of the peer")
    parser.add_argument("--seed", type=int, default=0, help="of the run and its bouts")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    arguments = parser.parse_args()
    told = measured(arguments.generations, arguments.cores, arguments.seed)
    if arguments.json:
        print(json.dumps(told, allow_nan=False))
    else:
        for name, value in told.items():
            print(f"{name:<32}{value:>16,.4g}" if isinstance(value, float) else f"{name:<32}{value:>16}")
        for claim, holds in claims(told).items():
            print(f"claim of {claim}: {'holds' if holds else 'FAILS'}")
    return 0 if all(claims(told).values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
