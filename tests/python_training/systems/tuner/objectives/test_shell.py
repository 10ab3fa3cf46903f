from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError
from python_training.policy import ENVIRONMENT, NOTHING_ALLOWED
from python_training.systems.tuner.objectives.bounded_process import ProgramError
from python_training.systems.tuner.objectives.comparison import ComparisonSettings, folded
from python_training.systems.tuner.objectives.shell import ShellObjective, score_of

SEEDS = np.arange(2**60, 2**60 + 3, dtype=np.int64)
PARAMETERS = [
    {"name": "engine.gain", "low": 0, "high": 10, "default": 2},
    {"name": "engine.gears", "low": 1, "high": 6, "default": 3, "integer": True},
]


def _objective(program: str, *arguments: str, **settings: Any) -> ShellObjective:
    command = [sys.executable, "-c", program, *arguments]
    return ShellObjective({"command": command, "parameters": PARAMETERS, **settings})


def test_the_command_is_told_values_and_seed_in_every_way() -> None:
    """As arguments, as a file and on stdin, whole numbers written whole, all saying the same."""
    program = """
import json, os, sys
gain, gears, seed, path = sys.argv[1:]
told = json.load(sys.stdin)
assert json.load(open(path)) == told["values"] == {"engine.gain": float(gain), "engine.gears": int(gears)}
assert told["seed"] == int(seed) == int(os.environ["PADDOCK_SEED"]) < 2**31
print("chatter", file=sys.stderr)
print("chatter")
print(json.dumps({"score": float(gain) + int(gears)}))
"""
    objective = _objective(program, "{engine.gain}", "{engine.gears}", "{seed}", "{values}")
    played = objective.play({"engine.gain": 2.5, "engine.gears": 4.0}, objective.start(), SEEDS)
    assert played.scores.tolist() == [1.0, 1.0, 1.0]
    assert played.figures["score"].tolist() == [6.5, 6.5, 6.5]


def test_both_sides_are_tried_at_the_same_seeds() -> None:
    """A score that is all luck is the same luck for both, so nobody wins."""
    objective = _objective("import sys; print(int(sys.argv[1]) % 1000)", "{seed}")
    played = objective.play({"engine.gain": 9.0, "engine.gears": 1.0}, objective.start(), SEEDS)
    assert played.scores.tolist() == [0.5, 0.5, 0.5]
    assert len(set(played.figures["score"].tolist())) == 3


def test_lower_may_be_better_and_small_differences_even() -> None:
    """A loss is tuned as well as a score."""
    objective = _objective("import sys; print(sys.argv[1])", "{engine.gain}", higher_is_better=False, tolerance=0.5)
    for gain, score in ((1.0, 1.0), (1.6, 0.5), (4.0, 0.0)):
        played = objective.play({"engine.gain": gain, "engine.gears": 3.0}, objective.start(), SEEDS[:1])
        assert played.scores.tolist() == [score]


def test_a_setting_whose_trial_fails_has_lost() -> None:
    """On either side; failures are counted, and the score that was not is NaN."""
    objective = _objective("import sys; sys.exit(1) if float(sys.argv[1]) > 5 else print(1)", "{engine.gain}")
    broken = {"engine.gain": 6.0, "engine.gears": 3.0}
    lost = objective.play(broken, objective.start(), SEEDS[:2])
    assert (lost.scores.tolist(), lost.figures["failed"].tolist()) == ([0.0, 0.0], [1.0, 1.0])
    assert np.isnan(lost.figures["score"]).all()
    assert objective.play(objective.start(), broken, SEEDS[:1]).scores.tolist() == [1.0]


def test_a_command_that_never_works_is_the_objectives_fault() -> None:
    """Not a draw without end: the error says what the command said."""
    objective = _objective("import sys; sys.exit('no licence')")
    with pytest.raises(PaddockError, match=r"The start cannot be tried.*no licence"):
        objective.play({"engine.gain": 1.0, "engine.gears": 1.0}, objective.start(), SEEDS[:1])


def test_a_command_without_luck_is_run_once_a_setting(tmp_path: Path) -> None:
    """Where the seed does not matter, more seeds cost nothing."""
    log = tmp_path / "log"
    program = f"import sys; open({str(log)!r}, 'a').write('x'); print(sys.argv[1])"
    objective = _objective(program, "{engine.gain}", seeded=False)
    played = objective.play({"engine.gain": 3.0, "engine.gears": 3.0}, objective.start(), SEEDS)
    assert played.scores.tolist() == [1.0, 1.0, 1.0]
    assert len(log.read_text()) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"command": []}, "command"),
        ({"command": ["x", "{engine.gian}"]}, "command.1"),
        ({"parameters": []}, "parameters"),
        ({"parameters": [PARAMETERS[0], PARAMETERS[0]]}, "parameters.1.name"),
        ({"parameters": [{**PARAMETERS[0], "low": 10}]}, "parameters.0"),
        ({"parameters": [{**PARAMETERS[0], "default": 11}]}, "parameters.0"),
        ({"parameters": [{**PARAMETERS[1], "high": 6.5}]}, "parameters.0"),
        ({"parameters": [{**PARAMETERS[0], "name": "a b"}]}, "parameters.0.name"),
        ({"folder": "/no/such/folder"}, "folder"),
        ({"timeout": 3}, "timeout"),
    ],
)
def test_settings_amiss_are_named(changes: dict[str, Any], field: str) -> None:
    """The error's field is the setting's own."""
    with pytest.raises((ConfigError, UnknownNameError)) as refused:
        ShellObjective({"command": ["true"], "parameters": PARAMETERS, **changes})
    assert refused.value.field == field


def test_no_command_is_run_for_a_config_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser cannot make the server run programs, unless its operator allows it."""
    monkeypatch.setenv(ENVIRONMENT, NOTHING_ALLOWED.to_json())
    with pytest.raises(ConfigError, match="from the network"):
        _objective("print(1)")


@pytest.mark.parametrize(
    ("printed", "score"),
    [
        (".41", 0.41),
        ("-.41", -0.41),
        ("1.", 1.0),
        ("+3", 3.0),
        ("1e5", 1e5),
        ("  2.5E-3\t\r\n", 0.0025),
        ("007", 7.0),
        ("0x1.8p1", 3.0),
        ("0X10", 16.0),
        ("chatter\n\n7\n\n", 7.0),
        ('{"score": 0.5, "time": 3}', 0.5),
        ('{"time": 3, "score": .41}', 0.41),
        ('{"score": "+3"}', 3.0),
    ],
)
def test_a_score_is_whatever_strtod_reads(printed: str, score: float) -> None:
    """Bc prints .41, awk 1e5, printf 0x1.8p1; in an object, too, whose text need not be JSON then."""
    assert score_of(printed, "tool") == score


@pytest.mark.parametrize(
    "printed",
    [
        *("", "good", "nan", "-inf", "1e999", "0x1p9999", "[1]", '{"points": 3}', "true", "null", "1\n2 points"),
        *("1_000", "1,5", "0x", ".", "e5", '{"score": nan}', '{"score": null}', "\u0661"),
    ],
)
def test_what_is_no_score_is_a_failed_trial(printed: str) -> None:
    """Only a finite number in the last line counts; the error quotes the line."""
    with pytest.raises(ProgramError, match="must print a score") as failed:
        score_of(printed, "tool")
    assert repr(printed.splitlines()[-1] if printed else "") in failed.value.message


def test_a_start_that_cannot_be_read_is_an_error_that_quotes_its_line() -> None:
    """What the command printed is in the message, as it stands."""
    objective = _objective("print('score: 3')")
    with pytest.raises(PaddockError, match=r"The start cannot be tried at seed \d+: .*, got 'score: 3'\."):
        objective.play(objective.start(), objective.start(), SEEDS[:1])


@pytest.mark.parametrize("seeded", [True, False])
def test_failures_of_either_side_are_counted_and_told(seeded: bool) -> None:
    """The candidate's and the opponent's, with what the last one printed; also where a setting is tried but once."""
    objective = _objective("import sys; print('oops' if float(sys.argv[1]) > 5 else 1)", "{engine.gain}", seeded=seeded)
    broken = {"engine.gain": 6.0, "engine.gears": 3.0}
    for sides in ((broken, objective.start()), (objective.start(), broken)):
        played = objective.play(*sides, SEEDS)
        assert (played.failed, "got 'oops'" in played.fault) == (3, True)
    assert objective.play(objective.start(), objective.start(), SEEDS).failed == 0


def test_scores_are_compared_in_five_steps() -> None:
    """Even, a little and clearly; a failed trial is worse than any score, and two of them are even."""
    settings = ComparisonSettings(tolerance=1.0, clear=5.0)
    nan = float("nan")
    pairs = [(7, 7.5), (7, 4), (4, 7), (9, 4), (4, 9), (nan, 0), (0, nan), (nan, nan)]
    assert [settings.pair_score(*pair) for pair in pairs] == [0.5, 0.75, 0.25, 1.0, 0.0, 0.0, 1.0, 0.5]


def test_folded_seeds_are_small_and_seldom_the_same() -> None:
    """Programs take seeds below 2**31."""
    seeds = folded(np.arange(2**62, 2**62 + 2000, dtype=np.int64))
    assert 0 <= min(seeds) <= max(seeds) < 2**31
    assert len(set(seeds)) == 2000
