from __future__ import annotations

from python_training.systems.tuner.adviser.answer import Answer
from python_training.systems.tuner.adviser.ballot import Vote
from python_training.systems.tuner.adviser.ballot import count_votes as counted

INCUMBENT = {"space": 5.0, "food": 1.0, "depth": 2.0}


def count_votes(answers: list[Answer], incumbent: dict[str, float], quorum: float, most: int = 3) -> Vote:
    """The vote where three changes are allowed unless said otherwise."""
    return counted(answers, incumbent, quorum, most)


def _answers(*values: dict[str, float]) -> list[Answer]:
    return [Answer(each, "because") for each in values]


def test_one_member_agrees_with_itself() -> None:
    """What it says is what is voted for."""
    assert count_votes(_answers({"space": 7.0, "depth": 3.0}), INCUMBENT, 0.5).values == {"space": 7.0, "depth": 3.0}


def test_a_majority_decides_each_direction() -> None:
    """Two of three move space up, to the lower middle of their values; food and depth have no majority."""
    vote = count_votes(
        _answers({"space": 9.0, "food": 2.0}, {"space": 7.0}, {"space": 2.0, "depth": 3.0}), INCUMBENT, 0.5
    )
    assert vote.values == {"space": 7.0}
    assert vote.support["space"] == {"up": 2, "down": 1}
    assert vote.support["depth"] == {"up": 1, "down": 0}
    assert vote.voters == 3


def test_a_tie_is_no_majority() -> None:
    """One up and one down change nothing, whatever the quorum."""
    assert count_votes(_answers({"space": 9.0}, {"space": 1.0}), INCUMBENT, 0.0).values == {}


def test_the_quorum_is_of_all_voters() -> None:
    """One of three is enough only below a third."""
    answers = _answers({"space": 9.0}, {"food": 2.0}, {"depth": 3.0})
    assert count_votes(answers, INCUMBENT, 0.34).values == {}
    assert count_votes(answers, INCUMBENT, 0.3).values == {"space": 9.0, "food": 2.0, "depth": 3.0}


def test_nobody_votes() -> None:
    """Without answers there is nothing to count."""
    assert count_votes([], INCUMBENT, 0.5).values == {}


def test_an_ensemble_changes_no_more_than_one_member_may() -> None:
    """Of too many winners the clearest stay, in the order in which they were named."""
    answers = _answers({"space": 9.0, "food": 2.0}, {"depth": 3.0, "food": 2.0})
    assert count_votes(answers, INCUMBENT, 0.0).values == {"space": 9.0, "food": 2.0, "depth": 3.0}
    assert count_votes(answers, INCUMBENT, 0.0, most=2).values == {"space": 9.0, "food": 2.0}
    assert count_votes(answers, INCUMBENT, 0.0, most=1).values == {"food": 2.0}
