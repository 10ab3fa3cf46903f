"""Players, matches and standings: graded, reproducible whatever the threads, and rated by known formulas."""

from __future__ import annotations

import numpy as np
import pytest

from python_training.contracts.errors import UnknownNameError
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.matches import play
from python_training.simulators.battlesnake.play.replay import drawn, moments
from python_training.simulators.battlesnake.play.standings import (
    duel_seats,
    play_duel,
    round_robin,
    score_interval,
    summary,
)
from python_training.simulators.battlesnake.players.players import SCRIPTED, player, tables
from python_training.simulators.battlesnake.rules.modes import MODES

LADDER = list(SCRIPTED.values())


def rate(stronger, weaker, games):
    """Share of games that the first player won."""
    return play_duel(BattlesnakeConfig(), (stronger, weaker), games=games, seed=5_000_000).wins / games


@pytest.mark.slow
@pytest.mark.parametrize("step", range(1, len(LADDER)))
def test_each_player_beats_the_one_below(step):
    """At least 65 in 100, over 1,000 duels."""
    assert rate(LADDER[step], LADDER[step - 1], 1000) >= 0.65


def test_the_ladder_holds_at_a_glance():
    """The same over 200 duels, with room for luck; the strongest beats the weakest nearly always."""
    for step in range(1, len(LADDER)):
        assert rate(LADDER[step], LADDER[step - 1], 200) >= 0.55
    assert rate(LADDER[-1], LADDER[0], 200) >= 0.95


def test_results_do_not_depend_on_threads():
    """Chunks of games go to whoever is free; each game has only its own seed."""
    seeds = np.arange(300, dtype=np.int64) + 77
    one, four = (
        play(BattlesnakeConfig(), LADDER[2:4], duel_seats(seeds), seeds, threads=threads) for threads in (1, 4)
    )
    for name in ("turns", "alive", "cause", "by", "died"):
        np.testing.assert_array_equal(getattr(one, name), getattr(four, name))


def test_a_game_does_not_depend_on_those_before_it():
    """The same seed gives the same game alone and as the last of many."""
    many, alone = np.arange(40, dtype=np.int64), np.array([39], dtype=np.int64)
    whole = play(BattlesnakeConfig(mode="royale"), LADDER[3:5], duel_seats(many), many)
    single = play(BattlesnakeConfig(mode="royale"), LADDER[3:5], duel_seats(alone), alone)
    assert whole.turns[39] == single.turns[0]
    np.testing.assert_array_equal(whole.cause[39], single.cause[0])


@pytest.mark.parametrize("mode", list(MODES))
def test_a_replay_is_the_game_of_the_match(mode):
    """Turn by turn in Python, or whole in one kernel: the same deaths in the same turns."""
    config = BattlesnakeConfig(mode=mode, max_turns=300)
    seeds = np.arange(6, dtype=np.int64)
    seats = np.tile(np.arange(2), (len(seeds), 1))
    results = play(config, LADDER[3:5], seats, seeds)
    for k, seed in enumerate(seeds):
        game = list(moments(config, LADDER[3:5], ["a", "b"], int(seed)))
        deaths = {each.id: (moment.turn, each.cause) for moment in game for each in moment.eliminated}
        assert game[-1].turn == results.turns[k]
        assert {"ab".index(id_) for id_ in deaths} == set(np.flatnonzero(~results.alive[k]).tolist())
        assert all(turn == results.died[k]["ab".index(id_)] for id_, (turn, _) in deaths.items())


def test_a_board_is_drawn_as_text():
    """Top row first, a capital letter for each head."""
    first = next(moments(BattlesnakeConfig(width=7, height=7), LADDER[:2], ["a", "b"], 3))
    text = drawn(first.board)
    assert len(text.splitlines()) == 7
    assert text.count("A") == text.count("B") == 1
    assert text.count("*") == 3


def test_both_seats_are_taken_in_turn():
    """The first player sits first where the seed is even; swapping players and parity gives the mirrored count."""
    assert duel_seats(np.array([4, 5, 6])).tolist() == [[0, 1], [1, 0], [0, 1]]
    seeds = np.arange(100, dtype=np.int64)
    seats = duel_seats(seeds)
    results = play(BattlesnakeConfig(), LADDER[:2], seats, seeds)
    there, back = summary(results, seats), summary(results, 1 - seats)
    assert (there.wins, there.losses, there.draws) == (back.losses, back.wins, back.draws)
    assert there.wins + there.losses + there.draws == 100


def test_a_game_of_many_turns_ends_as_a_draw():
    """Nobody has won a game that the limit of turns cut off."""
    duel = play_duel(BattlesnakeConfig(max_turns=2), (LADDER[0], LADDER[0]), games=20, seed=0)
    assert duel.draws == 20
    assert duel.turns_mean == 2


def test_wilsons_interval():
    """The textbook value for 8 of 10, and bounds inside [0, 1]."""
    assert score_interval(0.8, 10) == pytest.approx((0.4901, 0.9433), abs=1e-4)
    assert score_interval(0.0, 10)[0] == 0.0
    assert score_interval(1.0, 10)[1] == pytest.approx(1.0)


def test_a_round_robin_finds_the_order():
    """Best first."""
    rated = round_robin(BattlesnakeConfig(), [LADDER[0], LADDER[4], LADDER[2]], games=60, seed=0)
    assert [each.name for each in rated] == ["territorial", "space-filler", "random-safe"]
    assert all(low < each.elo < high for each in rated for low, high in [each.interval])


def test_players_are_found_by_name():
    """Either kind of dash; a wrong one is answered with the nearest."""
    assert player("random_safe") is SCRIPTED["random-safe"]
    with pytest.raises(UnknownNameError) as caught:
        player("huntr")
    assert caught.value.hint == "Did you mean 'hunter'?"
    assert tables([SCRIPTED["hungry"], SCRIPTED["hunter"]])[1].shape[0] == 2
