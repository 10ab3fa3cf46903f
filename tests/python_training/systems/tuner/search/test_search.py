from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.systems.tuner.search.search import Search
from python_training.systems.tuner.search.types import Advice, Outcome
from tests.python_training.systems.tuner.search.conftest import BEST, PARAMETERS, START, Bowl, search_games

NewSearch = Callable[..., Search]


def test_it_finds_what_random_search_with_the_same_games_does_not(new_search: NewSearch, bowl: Bowl) -> None:
    """After 4,000 noisy games it has most of what there is to gain; the best of 100 random settings has not."""
    possible = bowl.win_rate(BEST) - 0.5
    gains, random_gains = [], []
    for seed in range(3):
        search, luck = new_search(seed), Bowl(seed)
        search_games(search, luck, 500)
        gains.append(bowl.win_rate(search.recommend().values) - 0.5)
        random = np.random.default_rng(seed)
        points = [search.cube.values(random.random(len(PARAMETERS))) for _ in range(100)]
        scores = [luck.play(values, START, 20, 1000 + number).mean() for number, values in enumerate(points)]
        random_gains.append(bowl.win_rate(points[int(np.argmax(scores))]) - 0.5)
    assert min(gains) > 0.9 * possible
    assert np.mean(random_gains) < np.mean(gains) - 0.02


def test_its_expectation_is_near_the_truth(new_search: NewSearch, bowl: Bowl) -> None:
    """The recommended setting's expected score against the start, within three standard deviations."""
    search = new_search()
    search_games(search, bowl, 500)
    found = search.recommend()
    assert found.mean == pytest.approx(bowl.win_rate(found.values), abs=3 * found.spread)
    important = sorted(found.parameters, key=lambda name: -found.parameters[name].importance)
    assert important[-1] == "late.turn"


def test_the_settings_it_asks_for_are_playable(new_search: NewSearch, bowl: Bowl) -> None:
    """Ranges are kept, integers are whole, and the two sides of a match differ in every integer."""
    search = new_search()
    for _ in range(150):
        match = search.ask()
        for parameter in PARAMETERS:
            for values in (match.a, match.b):
                assert parameter.low <= values[parameter.name] <= parameter.high
                assert not parameter.integer or values[parameter.name] == int(values[parameter.name])
            assert not parameter.integer or match.a[parameter.name] != match.b[parameter.name]
        search.tell(match, bowl.play(match.a, match.b, match.pairs, match.number))


def tuned(search: Search, bowl: Bowl, rounds: int) -> list[object]:
    """Search, test and judge in turn; returns everything that was asked for and proposed."""
    said: list[object] = []
    for _ in range(rounds):
        match = search.ask()
        said.append((match.a, match.b, match.source))
        search.tell(match, bowl.play(match.a, match.b, match.pairs, match.number))
        proposal = search.candidate()
        if proposal is not None:
            said.append(proposal)
            scores = bowl.play(proposal.values, search.incumbent, 40, 10**6 + proposal.number)
            search.observe(proposal.values, search.incumbent, scores)
            search.judged(proposal, Outcome.ACCEPTED if scores.mean() > 0.5 else Outcome.REJECTED)
    return [*said, search.recommend()]


def test_restored_from_json_it_goes_on_as_if_never_stopped(new_search: NewSearch, bowl: Bowl) -> None:
    """Every later match, proposal and recommendation is the same to the bit, with all sources and advice waiting."""
    config = {"games_per_candidate": 16, "stagnation_decisions": 4}
    first = new_search(3, **config)
    tuned(first, bowl, 60)
    first.advise([Advice({"late.caution": 0.9}, "more caution", key="a1")])
    first.transfer([{"weights.food": 1.2}])
    open_match = first.ask()
    second = new_search(3, **config)
    second.restore(json.loads(json.dumps(first.state())))
    assert second.state() == first.state()
    for search in (first, second):
        search.tell(open_match, bowl.play(open_match.a, open_match.b, open_match.pairs, open_match.number))
    assert tuned(second, bowl, 80) == tuned(first, bowl, 80)
    assert {name for name, credit in first.credit.items() if credit.proposed} >= {"tpe", "cma_es", "spsa", "transfer"}
    assert json.dumps(second.state()) == json.dumps(first.state())


def test_a_damaged_or_foreign_state_is_refused(new_search: NewSearch) -> None:
    """With an error that a run can fall back from to an older checkpoint."""
    state = new_search().state()
    with pytest.raises(CheckpointError, match="format"):
        new_search().restore({**state, "format": 99})
    with pytest.raises(CheckpointError, match="sources"):
        new_search(sources={"spsa": 1.0}).restore(state)
    with pytest.raises(CheckpointError):
        new_search().restore({name: value for name, value in state.items() if name != "surface"})
    with pytest.raises(CheckpointError):
        new_search().restore({**state, "incumbent": {**state["incumbent"], "weights.food": 99.0}})


def test_a_candidate_comes_when_enough_games_were_played(new_search: NewSearch, bowl: Bowl) -> None:
    """Tests are dear; after each the search plays on first."""
    search = new_search(games_per_candidate=200)
    assert search.candidate() is None
    search_games(search, bowl, 25)
    assert search.candidate() is not None
    assert search.candidate() is None


def test_nothing_that_failed_is_proposed_again_until_the_incumbent_changes(new_search: NewSearch, bowl: Bowl) -> None:
    """Nor what is being tested; against a new incumbent the same setting has another chance."""
    search = new_search(games_per_candidate=0, adviser_share=1.0)
    values = {**START, "late.caution": 0.8}
    twice = [Advice(values, "once"), Advice(values, "twice")]
    search.advise(twice)
    failing = search.candidate()
    assert failing is not None
    assert dict(failing.values) == pytest.approx(values)
    assert _advised(search) is None, "it is being tested"
    search.judged(failing, Outcome.REJECTED)
    search.advise(twice)
    assert _advised(search) is None, "it has failed"
    search.advise([Advice({**START, "weights.food": 1.0}, "another")])
    other = _advised(search)
    assert other is not None
    search.judged(other, Outcome.ACCEPTED)
    search.advise(twice)
    assert _advised(search) == pytest.approx(values), "it has not met this incumbent"


def _advised(search: Search) -> object:
    proposal = search.candidate()
    if proposal is None or proposal.source != "llm":
        return None
    return proposal if proposal.reason == "another" else dict(proposal.values)


def test_hundreds_of_rejected_proposals_are_all_different(new_search: NewSearch, bowl: Bowl) -> None:
    """Even where nothing new is learned in between."""
    search = new_search(games_per_candidate=0, sources={"spsa": 1.0, "response_surface": 1.0, "perturbation": 1.0})
    search_games(search, bowl, 40)
    seen: list[np.ndarray] = []
    for _ in range(150):
        proposal = search.candidate()
        if proposal is None:
            continue
        point = search.cube.point(proposal.values)
        assert all(np.abs(point - other).max() > 0.005 for other in [*seen, search.start])
        seen.append(point)
        search.judged(proposal, Outcome.REJECTED)
    assert len(seen) > 100


def test_advice_has_at_most_its_share(new_search: NewSearch, bowl: Bowl) -> None:
    """However much of it waits, at no moment is more than three of ten proposals advice."""
    search = new_search(games_per_candidate=0, sources={"response_surface": 1.0, "perturbation": 1.0})
    search_games(search, bowl, 20)
    # Each also sets the parameter that does nothing, so that none is like another source's proposal.
    values = [{"late.caution": 0.35 + 0.01 * n, "late.turn": 0.05} for n in range(60)]
    search.advise([Advice(each, "try", key=f"k{n}") for n, each in enumerate(values)])
    keys, advised = [], 0
    for number in range(1, 61):
        proposal = search.candidate()
        assert proposal is not None
        advised += proposal.source == "llm"
        keys += [proposal.advice] if proposal.advice else []
        assert advised <= 0.3 * number + 1e-9
        search.judged(proposal, Outcome.REJECTED)
    assert advised == 18
    assert keys == [f"k{n}" for n in range(18)]


def test_only_an_adviser_s_last_word_waits(new_search: NewSearch) -> None:
    """What it said on an older state of things is given up, and told; another adviser's word waits beside it."""
    search = new_search(games_per_candidate=0, adviser_share=1.0)
    search.advise([Advice({"late.caution": 0.2}, "old", key="a1")])
    search.advise([Advice({"late.caution": 0.7}, "a friend's", source="friend")])
    assert search.dropped() == []
    search.advise([Advice({"late.caution": 0.4}, "new", key="a2")])
    assert [each.key for each in search.dropped()] == ["a1"]
    assert search.dropped() == []
    proposals = [search.candidate(), search.candidate()]
    assert [each and (each.source, each.advice) for each in proposals] == [("friend", ""), ("llm", "a2")]
    search.advise([Advice({"late.caution": 0.4}, "again", key="a3")])
    search.candidate()
    assert [each.key for each in search.dropped()] == ["a3"], "the same is being tested"


def test_advice_that_is_no_setting_is_refused_by_name(new_search: NewSearch) -> None:
    """And nothing of the same delivery is taken."""
    search = new_search()
    with pytest.raises(ConfigError, match=r"weights\.fool"):
        search.advise([Advice({"late.caution": 0.2}, "fine"), Advice({"weights.fool": 1.0}, "typo")])
    assert search.state()["queue"] == {"waiting": []}


def test_what_is_accepted_becomes_the_incumbent(new_search: NewSearch, bowl: Bowl) -> None:
    """Exactly as proposed, and it is credited to its source."""
    search = new_search(games_per_candidate=80)
    search_games(search, bowl, 10)
    proposal = search.candidate()
    assert proposal is not None
    search.judged(proposal, Outcome.ACCEPTED)
    assert search.incumbent == proposal.values
    assert search.credit[proposal.source].accepted == 1
    with pytest.raises(ValueError, match="judged already"):
        search.judged(proposal, Outcome.ACCEPTED)


def test_where_nothing_is_accepted_steps_widen_and_then_the_search_begins_anew(
    new_search: NewSearch, bowl: Bowl
) -> None:
    """In spans of the configured number of decisions; an acceptance ends it."""
    search = new_search(
        games_per_candidate=0, stagnation_decisions=5, sources={"response_surface": 1.0, "perturbation": 1.0}
    )
    search_games(search, bowl, 100)
    phases, widths = [], []
    for _ in range(14):
        proposal = search.candidate()
        assert proposal is not None
        search.judged(proposal, Outcome.REJECTED)
        phases.append(search.stagnation.phase)
        match = search.ask()
        widths.append(abs(match.a["late.caution"] - match.b["late.caution"]))
    assert phases == ["searching"] * 4 + ["widened"] * 5 + ["restarted"] * 5
    assert search.stagnation.restarts == 1
    assert len(search.history.matches) == 0, "the games that led nowhere are forgotten"
    assert search.incumbent == START
    proposal = search.candidate()
    assert proposal is not None
    search.judged(proposal, Outcome.ACCEPTED)
    assert search.stagnation.phase == "searching"


def test_scores_that_are_none_are_refused(new_search: NewSearch) -> None:
    """And so is a match that was told before."""
    search = new_search()
    match = search.ask()
    for scores in (np.array([]), np.array([0.5, 1.5]), np.array([np.nan]), np.zeros((2, 2))):
        with pytest.raises(ValueError, match="Scores must have shape"):
            search.tell(match, scores)
    search.tell(match, np.array([0.5]))
    with pytest.raises(ValueError, match="told already"):
        search.tell(match, np.array([0.5]))


def test_games_of_tests_teach_the_search(new_search: NewSearch, bowl: Bowl) -> None:
    """A candidate that lost clearly makes its changes less likely to be recommended."""
    search = new_search()
    worse = {**START, "late.caution": 0.0}
    for number in range(40):
        better = {**START, "late.caution": 0.3 + 0.01 * number}
        search.observe(worse, better, bowl.play(worse, better, 50, number))
    assert search.recommend().values["late.caution"] > 0.3
