"""A session as the files of a checkpoint, and back.

`state.json` is complete: everything that the next game depends on. The others are made of it for people, and `publish`
puts them where they are looked for: `config.yaml`, `recommended.yaml`, `tuner.json` (all facts), `report.json` (the
same in blocks that are drawn), and `stagnation_report.json` while nothing has been accepted for long. None of them
holds a time of day, so equal runs leave equal files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_training.contracts.errors import CheckpointError
from python_training.contracts.report import REPORT_FILE
from python_training.systems.tuner.published.best_config import PROVED, RECOMMENDED, config_text
from python_training.systems.tuner.published.document import document
from python_training.systems.tuner.published.read_document import DOCUMENT
from python_training.systems.tuner.report.report import run_report
from python_training.systems.tuner.run.run_state import RunState
from python_training.systems.tuner.run.session import Session
from python_training.systems.tuner.run.stagnation import stagnation_report

STATE, STAGNATION = "state.json", "stagnation_report.json"
FORMAT = 1


def save_session(session: Session, folder: Path) -> None:
    """Write all files of a checkpoint into the empty `folder`."""
    state = {
        "format": FORMAT,
        "parameters": [parameter.name for parameter in session.objective.parameters],
        "run": session.run.state(),
        "proposers": session.proposers.state(),
        "baseline": session.baseline.state(),
        "tournament": session.tournament.state(),
    }
    (folder / STATE).write_text(json.dumps(state) + "\n")
    shown = document(session)
    (folder / DOCUMENT).write_text(json.dumps(shown, allow_nan=False) + "\n")
    (folder / REPORT_FILE).write_text(json.dumps(run_report(shown).to_dict(), allow_nan=False) + "\n")
    (folder / PROVED).write_text(_proved_text(session))
    (folder / RECOMMENDED).write_text(_recommended_text(session))
    report = stagnation_report(session)
    if report is not None:
        (folder / STAGNATION).write_text(json.dumps(report, indent=2, allow_nan=False) + "\n")


def load_session(session: Session, folder: Path) -> None:
    """Make `session`, of an equal config, the one that was saved in `folder`.

    Raises:
        CheckpointError: there is nothing of the kind, or it is of other parameters or opponents.
    """
    try:
        state: Mapping[str, Any] = json.loads((folder / STATE).read_text())
        if state["format"] != FORMAT:
            raise ValueError(f"expected format {FORMAT}, got {state['format']}")
        names = [parameter.name for parameter in session.objective.parameters]
        if state["parameters"] != names:
            raise ValueError(f"expected the parameters {names}, got {state['parameters']}")
        run = RunState.of_state(state["run"], session.config)
        session.baseline.restore(state["baseline"])
        session.tournament.restore(state["tournament"])
        session.proposers.restore(state["proposers"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise CheckpointError(f"{folder} holds no state of this tuner run: {error}.") from error
    session.run = run


def _proved_text(session: Session) -> str:
    """The incumbent as a file of the player: what was written when it was accepted."""
    accepted = session.run.accepted
    if accepted:
        return accepted[-1].text
    return config_text(session.objective, session.run.start, "The setting that tuning began with.")


def _recommended_text(session: Session) -> str:
    best = session.proposers.recommend()
    comment = (
        f"The tuner's present best guess after {session.run.total_games} games: it is believed to score "
        f"{session.believed_win_rate():.1%} against the start, {session.believed_score():.1%} against the incumbent.\n"
        f"Nothing has proved it; what is proved is in {PROVED}."
    )
    return config_text(session.objective, best.values, comment)
