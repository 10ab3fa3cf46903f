"""The rules of Battlesnake written to be read: one plain function a stage, in the order in which they are applied.

This is what the compiled engine (`rules.py`) is held against, and what judges the states that no game can reach and
the engine's arrays do not hold, such as a body that begins off the board. Source: the official ruleset's stages
(github.com/BattlesnakeOfficial/rules).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from python_training.simulators.battlesnake.rules.modes import (
    BODY_COLLISION,
    HAZARD,
    HEAD_COLLISION,
    MAX_HEALTH,
    MOVES,
    OUT_OF_HEALTH,
    SELF_COLLISION,
    STEPS,
    WALL_COLLISION,
    Mode,
)

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snake:
    """A living snake; `body` runs from head to tail and has at least one segment."""

    id: str
    health: int
    body: tuple[Point, ...]

    @property
    def head(self) -> Point:
        """The cell of the first segment."""
        return self.body[0]

    def grown(self) -> Snake:
        """The snake with its last segment doubled."""
        return replace(self, body=(*self.body, self.body[-1]))


@dataclass(frozen=True, slots=True)
class Board:
    """A state between two turns: the living snakes in list order; a hazard listed twice counts twice."""

    width: int
    height: int
    snakes: tuple[Snake, ...]
    food: tuple[Point, ...] = ()
    hazards: tuple[Point, ...] = ()

    def holds(self, point: Point) -> bool:
        """Whether a cell lies on the board."""
        return 0 <= point[0] < self.width and 0 <= point[1] < self.height


@dataclass(frozen=True, slots=True)
class Elimination:
    """A death: whose, of what (an official cause), and to whose credit ("" for nobody's)."""

    id: str
    cause: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of a turn: the board after it, who died in it (in list order), and whether the game is over now."""

    board: Board
    eliminated: tuple[Elimination, ...]
    over: bool


def play_turn(mode: Mode, board: Board, moves: Mapping[str, str], hazard_damage: int) -> Turn:
    """Apply the rules once. Spawning food and moving hazards is the map's business and not done here.

    A snake without a move, or with one that is no move, goes on in its direction (see `default_move`).
    """
    if is_over(mode, board):
        return Turn(board, (), over=True)
    deaths: dict[str, Elimination] = {}
    snakes = [_moved(mode, board, snake, moves.get(snake.id, "")) for snake in board.snakes]
    snakes = [_starved_and_burnt(board, snake, hazard_damage, deaths) for snake in snakes]
    snakes, food = _fed(board, snakes, deaths)
    _eliminate_sick_and_stray(board, snakes, deaths)
    deaths |= {death.id: death for death in _collisions([snake for snake in snakes if snake.id not in deaths])}
    living = [snake for snake in snakes if snake.id not in deaths]
    if mode.constrictor:
        food, living = (), [_constricted(snake) for snake in living]
    after = replace(board, snakes=tuple(living), food=food)
    died = tuple(deaths[snake.id] for snake in board.snakes if snake.id in deaths)
    return Turn(after, died, over=is_over(mode, after))


def is_over(mode: Mode, board: Board) -> bool:
    """Whether nobody is left to play on: in solo nobody alive, in every other mode at most one."""
    return len(board.snakes) <= mode.last_standing


def default_move(body: Sequence[Point]) -> str:
    """The move that repeats the last one, judged by head and neck; up where they do not tell.

    A neck on the far side of the board is one that wrapped around.
    """
    if len(body) < 2:
        return "up"
    (x, y), (neck_x, neck_y) = body[0], body[1]
    if x == neck_x + 1:
        return "right"
    if x == neck_x - 1:
        return "left"
    if y == neck_y + 1:
        return "up"
    if y == neck_y - 1:
        return "down"
    if x == 0 and neck_x > 0:
        return "right"
    if neck_x == 0 and x > 0:
        return "left"
    if y == 0 and neck_y > 0:
        return "up"
    if neck_y == 0 and y > 0:
        return "down"
    return "up"


def _moved(mode: Mode, board: Board, snake: Snake, move: str) -> Snake:
    step = STEPS[MOVES.index(move if move in MOVES else default_move(snake.body))]
    x, y = snake.head[0] + step[0], snake.head[1] + step[1]
    if mode.wrapped:
        x, y = _wrapped(x, board.width), _wrapped(y, board.height)
    return replace(snake, body=((x, y), *snake.body[:-1]))


def _wrapped(value: int, size: int) -> int:
    if value < 0:
        return size - 1
    return 0 if value >= size else value


def _starved_and_burnt(board: Board, snake: Snake, damage: int, deaths: dict[str, Elimination]) -> Snake:
    """Take one health for the turn and the damage of every hazard under the head, none of it where food lies."""
    health = snake.health - 1
    if snake.head not in board.food:
        for _ in range(board.hazards.count(snake.head)):
            health = min(max(health - damage, 0), MAX_HEALTH)
            if health <= 0:
                deaths[snake.id] = Elimination(snake.id, HAZARD)
    return replace(snake, health=health)


def _fed(
    board: Board, snakes: Sequence[Snake], deaths: Mapping[str, Elimination]
) -> tuple[list[Snake], tuple[Point, ...]]:
    """Let everyone eat whose head is on food; food that anyone ate is gone."""
    fed = list(snakes)
    left: list[Point] = []
    for food in board.food:
        eaters = [i for i, snake in enumerate(fed) if snake.id not in deaths and snake.head == food]
        for i in eaters:
            fed[i] = replace(fed[i].grown(), health=MAX_HEALTH)
        if not eaters:
            left.append(food)
    return fed, tuple(left)


def _eliminate_sick_and_stray(board: Board, snakes: Sequence[Snake], deaths: dict[str, Elimination]) -> None:
    for snake in snakes:
        if snake.id in deaths:
            continue
        if snake.health <= 0:
            deaths[snake.id] = Elimination(snake.id, OUT_OF_HEALTH)
        elif not all(board.holds(point) for point in snake.body):
            deaths[snake.id] = Elimination(snake.id, WALL_COLLISION)


def _collisions(snakes: Sequence[Snake]) -> list[Elimination]:
    """Who dies by whom among the snakes still there; all are judged together, so the dying still block."""
    longest_first = sorted(snakes, key=lambda snake: -len(snake.body))  # sorted() keeps the list order of equals
    deaths: list[Elimination] = []
    for snake in snakes:
        others = [other for other in longest_first if other.id != snake.id]
        blockers = [other for other in others if snake.head in other.body[1:]]
        winners = [other for other in others if other.head == snake.head and len(snake.body) <= len(other.body)]
        if snake.head in snake.body[1:]:
            deaths.append(Elimination(snake.id, SELF_COLLISION, snake.id))
        elif blockers:
            deaths.append(Elimination(snake.id, BODY_COLLISION, blockers[0].id))
        elif winners:
            deaths.append(Elimination(snake.id, HEAD_COLLISION, winners[0].id))
    return deaths


def _constricted(snake: Snake) -> Snake:
    """The snake at full health and longer by one next turn, unless its tail is doubled already."""
    doubled = len(snake.body) > 1 and snake.body[-1] == snake.body[-2]
    return replace(snake if doubled else snake.grown(), health=MAX_HEALTH)
