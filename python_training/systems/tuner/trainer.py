"""The Trainer: plays a batch of pairs, lets everybody learn from it, and decides."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from python_training.contracts.config import SystemConfig
from python_training.contracts.names import Names
from python_training.contracts.trainer import Notice, Point, Progress
from python_training.contracts.view import ViewFrame
from python_training.policy import in_force
from python_training.systems.tuner.config import of_tuner
from python_training.systems.tuner.objectives.objective_source import starting_values
from python_training.systems.tuner.published.checkpoint_files import load_session, save_session
from python_training.systems.tuner.run.baseline import Baseline
from python_training.systems.tuner.run.first_minutes import first_test, plan, resumed
from python_training.systems.tuner.run.games import Games
from python_training.systems.tuner.run.judgement import settle
from python_training.systems.tuner.run.points import values_of_decisions, values_of_run, values_of_test
from python_training.systems.tuner.run.proposers import Proposers
from python_training.systems.tuner.run.rounds import Group, next_round
from python_training.systems.tuner.run.run_state import RunState
from python_training.systems.tuner.run.session import Session
from python_training.systems.tuner.run.tournament import Tournament


class TunerTrainer:
    """The tuner on one run; one `advance` is one batch of mirrored pairs.

    The baseline comes first. Then candidates are tested, `parallel_configs` of them side by side, while the search goes
    on beside them with its share of the games; when a test ends, its candidate is judged, and whoever proposed it
    learns of that. An accepted one becomes the incumbent, meets the pool in the tournament, and is a milestone: a
    checkpoint is saved at once, from which the best config is written and committed. So is advice of the language
    model, which a resumed run must see at the same decision.
    """

    def __init__(self, config: SystemConfig, *, threads: int) -> None:
        config = of_tuner(config)
        if config.git.repo:
            in_force().require(Names.REPOSITORY, config.git.repo, "git.repo")  # its hooks are code
        if config.git.push:
            in_force().require(Names.REMOTE, config.git.remote, "git.remote")
        self._games = Games(config, threads)
        self._resumed = False
        objective = self._games.objective
        start = starting_values(objective, config.start)
        self._session = Session(
            config=config,
            objective=objective,
            run=RunState.begin(start, config),
            proposers=Proposers(config, tuple(objective.parameters), start),
            baseline=Baseline(start, tuple(objective.opponents), config.baseline_games // 2),
            tournament=Tournament(config.tournament_games // 2),
        )

    def advance(self) -> Progress:
        """Play the games that are due, and draw the consequences."""
        session, run = self._session, self._session.run
        if reason := session.finished():
            return Progress(run.total_games, (), reason, session.config.max_games)
        began, played_before, judged_before = time.perf_counter(), run.total_games, run.iteration
        decisions_before = run.decisions
        notices: list[Notice] = []
        milestone = session.proposers.admit(run.decisions) > 0
        self._play(next_round(session, notices), notices)
        values = values_of_test(session)
        milestone |= settle(session, notices)
        values |= values_of_run(session)
        if run.iteration != judged_before or not played_before:  # charts have a beginning, too
            values |= values_of_decisions(session)
        if not played_before:
            notices.insert(0, plan(session))
        elif self._resumed:
            notices.insert(0, resumed(session))
        self._resumed = False
        if run.decisions and not decisions_before:
            notices.append(first_test(session))
        values["games_per_s"] = (run.total_games - played_before) / (time.perf_counter() - began)
        notices += [*self._games.notices(), *session.proposers.notices()]
        return Progress(
            run.total_games,
            (Point(run.total_games, values),),
            session.finished(),
            session.config.max_games,
            milestone,
            tuple(notices),
        )

    def configure(self, config: SystemConfig) -> None:
        """Adopt changed live fields; a test that goes on is finished by the rules that it began with."""
        self._session.config = of_tuner(config)

    def save(self, folder: Path) -> None:
        """Write the complete state, and what is published of it."""
        save_session(self._session, folder)

    def load(self, folder: Path) -> None:
        """Become the trainer that wrote `folder`."""
        load_session(self._session, folder)
        self._resumed = True

    def view(self) -> ViewFrame | None:
        """Nothing: a setting has no picture."""
        return None

    def close(self) -> None:
        """Release threads, connections, the objective and the language model's process; safe twice."""
        self._session.proposers.close()
        self._games.close()

    def _play(self, groups: Sequence[Group], notices: list[Notice]) -> None:
        """Play everything side by side, then hand out the scores in the order in which they were asked for."""
        scored = self._games.play([meeting for group in groups for meeting in group.meetings])
        notices += self._session.run.failures(scored)
        played = iter(scored)
        for group in groups:
            group.take([next(played) for _ in group.meetings])
            self._session.run.games[group.purpose] += group.games
