from __future__ import annotations

from collections.abc import Callable

import pytest

from python_training.contracts.errors import UnknownNameError
from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import AdviserContext, Attempt, Belief
from python_training.systems.tuner.adviser.change_summary import summarize_changes
from python_training.systems.tuner.adviser.prompt import PromptVersion

Ask = Callable[..., AdviserContext]


def test_the_prompt_tells_everything(parameters: tuple[Parameter, ...], context: Ask) -> None:
    """Win rate and trend, mean and spread, patterns, history, ranges and meanings."""
    told = context(
        12,
        win_rate=0.523,
        trend=(0.5, 0.51, 0.523),
        beliefs={"weights.space": Belief(6.3, 151.7)},
        patterns=("traps.threshold: about 0.8 in wins",),
        attempts=(Attempt({"offset": 1.0}, "rejected", -0.012),),
    )
    prompt = PromptVersion.named("v1").render(told, parameters, 3)[0]
    for words in (
        "52.3%",
        "50.0% -> 51.0% -> 52.3% (+2.3 points)",
        "weights.space: 5, 0.1 to 1000; 6.3 ± 150; reachable space",
        "hybrid.lookahead_depth: 2, 1 to 5, whole; plies",
        "offset: 0 cells, -2.5 to 7.25; may be negative",
        "- traps.threshold: about 0.8 in wins",
        "Recently adjusted: offset up (1x: 0 accepted, mean effect -1.2 points).",
        "at most 3 parameters",
    ):
        assert words in prompt.user
    assert "$" not in prompt.system + prompt.user
    assert [message["role"] for message in prompt.messages()] == ["system", "user"]


def test_shorter_prompts_leave_out_the_least_useful(context: Ask) -> None:
    """First the meanings go, then the parameters that the optimiser is sure of, and the less telling patterns."""
    many = tuple(Parameter(f"p.{index}", 0, 1, 0.5, f"meaning of {index}") for index in range(31))
    beliefs = {each.name: Belief(0.5, 0.01 * index) for index, each in enumerate(many)}
    patterns = ("first", "second", "third")
    told = context(incumbent={each.name: 0.5 for each in many}, beliefs=beliefs, patterns=patterns)
    full, named, brief = (prompt.user for prompt in PromptVersion.named("v1").render(told, many, 3))
    assert "meaning of 7" in full
    assert "meaning of 7" not in named
    assert "p.0:" in named
    assert "p.0:" not in brief
    assert "p.30:" in brief
    assert "- third" in named
    assert "- second" in brief
    assert "- third" not in brief
    assert len(full) > len(named) > len(brief)


def test_values_are_told_in_as_many_digits_as_an_answer_has(context: Ask) -> None:
    """A digit is a token, and the games tell no finer differences."""
    share, wide = Parameter("share", 0, 1, 0.5, ""), Parameter("wide", 0.1, 1000, 5, "")
    told = context(incumbent={"share": 3.634e-11, "wide": 123.45678}, beliefs={"share": Belief(-1e-12, 0.123456)})
    user = PromptVersion.named("v1").render(told, (share, wide), 3)[1].user
    assert "share: 0, 0 to 1; 0 ± 0.12\n" in user
    assert "wide: 123.5, 0.1 to 1000\n" in user


def test_a_version_is_known_by_its_text() -> None:
    """Its id holds a hash; an unknown one is refused by name."""
    version = PromptVersion.named("v1")
    assert version.version.startswith("v1-")
    assert len(version.version) == len("v1-") + 12
    with pytest.raises(UnknownNameError, match="no prompt named 'v2x'"):
        PromptVersion.named("v2x")


def test_history_counts_what_was_tried() -> None:
    """By parameter and direction, the most tried first, with what came of it."""
    attempts = [Attempt({"space": 1.0}, "rejected", -0.01)] * 2 + [Attempt({"space": 2.0}, "accepted", 0.035)]
    attempts += [Attempt({"food": -0.5, "space": -1.0}, "no_difference")]
    told = summarize_changes(attempts)
    assert told.startswith("Recently adjusted: space up (3x: 1 accepted, mean effect +0.5 points), ")
    assert "food down (1x: 0 accepted)" in told
    assert "space down (1x: 0 accepted)" in told
    assert told.endswith("Of the last 4 attempts: 2 rejected, 1 accepted, 1 no_difference.")


def test_history_forgets_what_is_long_ago() -> None:
    """A hundred attempts count, older ones do not."""
    told = summarize_changes([Attempt({"old": 1.0}, "rejected")] + [Attempt({"new": 1.0}, "rejected")] * 100)
    assert "old" not in told
    assert "new up (100x" in told
    assert summarize_changes([]) == "Recently adjusted: nothing yet."
