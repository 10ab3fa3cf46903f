"""One turn of one game, compiled. `reference.py` says the same to be read."""

from __future__ import annotations

from python_training.compiled.kernel import inlined, lean
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.modes import (
    BODY_COLLISION,
    CAUSES,
    HAZARD,
    HEAD_COLLISION,
    MAX_HEALTH,
    OUT_OF_HEALTH,
    SELF_COLLISION,
    WALL_COLLISION,
)
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    BY,
    CAUSE,
    COVERED,
    DIED,
    FOOD,
    FOOD_LEFT,
    HAZARDS,
    HEAD,
    HEALTH,
    LENGTH,
    LIVING,
    MOVE,
    NOBODY,
    OVER,
    TURN,
    Games,
)

BY_HEALTH, BY_WALL, BY_SELF, BY_BODY, BY_HEAD, BY_HAZARD = (
    CAUSES.index(cause)
    for cause in (OUT_OF_HEALTH, WALL_COLLISION, SELF_COLLISION, BODY_COLLISION, HEAD_COLLISION, HAZARD)
)


@inlined
def segment(games: Games, layout: Layout, g: int, s: int, i: int) -> int:
    """The cell of segment `i` of snake `s` in game `g`; 0 is the head."""
    return games.bodies[g, s, (games.snakes[g, s, HEAD] + i) & (layout.ring - 1)]  # type: ignore[no-any-return]


@lean
def grow(games: Games, layout: Layout, g: int, s: int) -> None:
    """Double the last segment; the old tail cell counts as covered from now on. A full ring grows no more."""
    length = games.snakes[g, s, LENGTH]
    if length == layout.ring:
        return
    tail = segment(games, layout, g, s, length - 1)
    games.bodies[g, s, (games.snakes[g, s, HEAD] + length) & (layout.ring - 1)] = tail
    games.snakes[g, s, LENGTH] = length + 1
    games.grids[g, COVERED, tail] += 1


@inlined
def play_turn(games: Games, layout: Layout, g: int) -> None:
    """Apply the rules to game `g` once, every living snake making the move in its MOVE column.

    Spawning is left to the map (`maps.update`). A game that is over is left as it is.
    """
    if games.facts[g, OVER]:
        return
    games.facts[g, TURN] += 1
    ate = False
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            _move(games, layout, g, s)
            ate |= _suffer(games, layout, g, s)
    if ate:
        _feed(games, layout, g)
    died = False
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            if games.snakes[g, s, CAUSE] == 0:
                if games.snakes[g, s, HEALTH] <= 0:
                    games.snakes[g, s, CAUSE] = BY_HEALTH
                elif segment(games, layout, g, s, 0) == layout.cells:
                    games.snakes[g, s, CAUSE] = BY_WALL
            died |= games.snakes[g, s, CAUSE] != 0
    died |= _collide(games, layout, g)
    if died:
        _remove_the_dead(games, layout, g)
    if layout.constrictor:
        _constrict(games, layout, g)


@inlined
def _move(games: Games, layout: Layout, g: int, s: int) -> None:
    """Put the head into its next cell and let the tail leave its own."""
    snake = games.snakes[g, s]
    mask = layout.ring - 1
    cell = layout.neighbours[games.bodies[g, s, snake[HEAD]], snake[MOVE]]
    snake[HEAD] = (snake[HEAD] - 1) & mask
    games.bodies[g, s, snake[HEAD]] = cell
    games.grids[g, COVERED, cell] += 1
    games.grids[g, COVERED, games.bodies[g, s, (snake[HEAD] + snake[LENGTH] - 1) & mask]] -= 1


@inlined
def _suffer(games: Games, layout: Layout, g: int, s: int) -> bool:
    """Take one health for the turn and the damage of the hazards, none where food lies; whether food lies there."""
    cell = segment(games, layout, g, s, 0)
    health = games.snakes[g, s, HEALTH] - 1
    meal = games.grids[g, FOOD, cell] > 0
    if not meal:
        for _ in range(games.grids[g, HAZARDS, cell]):
            health = min(max(health - layout.hazard_damage, 0), MAX_HEALTH)
            if health <= 0:
                games.snakes[g, s, CAUSE] = BY_HAZARD
    games.snakes[g, s, HEALTH] = health
    return meal  # type: ignore[no-any-return]  # a bool of the array's own kind


@lean
def _feed(games: Games, layout: Layout, g: int) -> None:
    """Everyone whose head is on food eats all that lies there; then it is gone."""
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE] and games.snakes[g, s, CAUSE] == 0:
            portions = games.grids[g, FOOD, segment(games, layout, g, s, 0)]
            for _ in range(portions):
                grow(games, layout, g, s)
                games.snakes[g, s, HEALTH] = MAX_HEALTH
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE] and games.snakes[g, s, CAUSE] == 0:
            cell = segment(games, layout, g, s, 0)
            games.facts[g, FOOD_LEFT] -= games.grids[g, FOOD, cell]
            games.grids[g, FOOD, cell] = 0


@inlined
def _collide(games: Games, layout: Layout, g: int) -> bool:
    """Find who runs into whom among those not yet dead; all are judged before any is removed."""
    died = False
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE] and games.snakes[g, s, CAUSE] == 0 and _meets_somebody(games, layout, g, s):
            died |= _judge(games, layout, g, s)
    for s in range(layout.snakes):
        if games.snakes[g, s, CAUSE] < 0:
            games.snakes[g, s, CAUSE] = -games.snakes[g, s, CAUSE]
    return died


@inlined
def _meets_somebody(games: Games, layout: Layout, g: int, s: int) -> bool:
    """Whether there is more than the snake's own head in its cell: a quick look that spares most scans of bodies."""
    cell = segment(games, layout, g, s, 0)
    there = games.grids[g, COVERED, cell]
    for other in range(layout.snakes):
        if games.snakes[g, other, ALIVE]:
            there += segment(games, layout, g, other, games.snakes[g, other, LENGTH] - 1) == cell
    return there > 1  # type: ignore[no-any-return]  # a bool of the array's own kind


@lean
def _judge(games: Games, layout: Layout, g: int, s: int) -> bool:
    """Decide whether and of what `s` dies; the cause is written negative, so that `s` still counts for the others."""
    cell = segment(games, layout, g, s, 0)
    if _lies_on(games, layout, g, s, cell):
        games.snakes[g, s, CAUSE] = -BY_SELF
        games.snakes[g, s, BY] = s
        return True
    blocker, winner = NOBODY, NOBODY
    longest_blocker, longest_winner = 0, games.snakes[g, s, LENGTH] - 1
    for other in range(layout.snakes):
        if other == s or not games.snakes[g, other, ALIVE] or games.snakes[g, other, CAUSE] > 0:
            continue
        length = games.snakes[g, other, LENGTH]
        if length > longest_blocker and _lies_on(games, layout, g, other, cell):
            blocker, longest_blocker = other, length
        if length > longest_winner and segment(games, layout, g, other, 0) == cell:
            winner, longest_winner = other, length
    if blocker != NOBODY:
        games.snakes[g, s, CAUSE] = -BY_BODY
        games.snakes[g, s, BY] = blocker
    elif winner != NOBODY:
        games.snakes[g, s, CAUSE] = -BY_HEAD
        games.snakes[g, s, BY] = winner
    return blocker != NOBODY or winner != NOBODY


@lean
def _lies_on(games: Games, layout: Layout, g: int, s: int, cell: int) -> bool:
    """Whether a segment of `s` other than its head is in `cell`."""
    i, length = 1, games.snakes[g, s, LENGTH]
    while i < length and segment(games, layout, g, s, i) != cell:
        i += 1
    return i < length  # type: ignore[no-any-return]  # a bool of the array's own kind


@lean
def _remove_the_dead(games: Games, layout: Layout, g: int) -> None:
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE] and games.snakes[g, s, CAUSE] != 0:
            games.snakes[g, s, ALIVE] = 0
            games.snakes[g, s, DIED] = games.facts[g, TURN]
            games.facts[g, LIVING] -= 1
            for i in range(games.snakes[g, s, LENGTH] - 1):
                games.grids[g, COVERED, segment(games, layout, g, s, i)] -= 1
    games.facts[g, OVER] = games.facts[g, LIVING] <= layout.last_standing


@lean
def _constrict(games: Games, layout: Layout, g: int) -> None:
    """Remove all food; everyone is at full health and grows, unless the tail is doubled already."""
    if games.facts[g, FOOD_LEFT]:
        games.grids[g, FOOD] = 0
        games.facts[g, FOOD_LEFT] = 0
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            games.snakes[g, s, HEALTH] = MAX_HEALTH
            length = games.snakes[g, s, LENGTH]
            if length < 2 or segment(games, layout, g, s, length - 1) != segment(games, layout, g, s, length - 2):
                grow(games, layout, g, s)
