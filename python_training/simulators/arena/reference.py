"""The world once more: one copy, plain Python, written to be read. The kernels must agree with it.

Nothing here is shared with the kernels but the config and the order in which random numbers are drawn, so a
`ReferenceArena` with the seed of a copy of an `ArenaVectorEnv` lives the same life under the same actions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.arena.config import ArenaConfig, EnemyConfig
from python_training.simulators.arena.reference_ships import arrive, fly, part, shoot, strike
from python_training.simulators.arena.reference_space import Bullet, Generator, Ship, Space

ENEMY_TEAM = -1
_HOLD = 1e-9


class ReferenceArena:
    """One copy. `reset`, then `step` until one of the two flags is set, then `reset` again."""

    def __init__(self, config: ArenaConfig, seed: int) -> None:
        self.config = config
        self.rng = Generator(seed)
        self.space = Space(config)

    # --- an episode begins -------------------------------------------------------------------------------------

    def reset(self) -> NDArray[np.float32]:
        """Seat the pilots and send the first wave; the first observation of seat 0."""
        config = self.config
        self.bullets: list[Bullet] = []
        self.enemies: list[Ship] = []
        self.pilots: list[Ship] = []
        self.steps = self.wave = 0
        for team, area in zip(config.team_of_seats, self._starts(), strict=True):
            pilot = Ship(config.fighter, team)
            arrive(pilot, area, [(other, 0.0) for other in self.pilots], self.rng, self.space)
            self.pilots.append(pilot)
        if config.scenario == "waves":
            self._send_wave()
        return self.observe(0)

    def _starts(self) -> list[tuple[float, float, float, float]]:
        """Where each seat may begin: one team in the middle, several side by side."""
        width, height, margin = self.config.width, self.config.height, 2.0 * self.config.fighter.radius
        teams = sorted(set(self.config.team_of_seats))
        if len(teams) == 1:
            return [(0.25 * width, 0.75 * width, 0.25 * height, 0.75 * height)] * self.config.pilots
        band = width / len(teams)
        areas = []
        for team in self.config.team_of_seats:
            left = teams.index(team) * band
            low, high = left + margin, max(left + 0.6 * band, left + margin)
            if team == teams[-1]:
                low, high = min(left + 0.4 * band, left + band - margin), left + band - margin
            areas.append((low, high, margin, height - margin))
        return areas

    def _send_wave(self) -> None:
        """Let the next wave appear: each enemy's kind, place and heading, then when its gun is ready."""
        waves, kinds = self.config.waves, self.config.enemies
        shares = waves.drones + waves.turrets + waves.hunters
        self.enemies = []
        for _ in range(min(waves.first + waves.growth * self.wave, waves.largest)):
            share = self.rng.uniform(0.0, 1.0)
            kind: EnemyConfig = kinds.hunter
            if share < waves.drones / shares:
                kind = kinds.drone
            elif share < waves.drones / shares + waves.turrets / shares:
                kind = kinds.turret
            margin = 2.0 * kind.radius
            area = (margin, self.config.width - margin, margin, self.config.height - margin)
            enemy = Ship(kind, ENEMY_TEAM)
            crowd = [(pilot, waves.distance) for pilot in self.pilots] + [(other, 0.0) for other in self.enemies]
            arrive(enemy, area, [(ship, room) for ship, room in crowd if ship.alive], self.rng, self.space)
            enemy.cooldown = self.rng.uniform(0.5, 0.5 + 1.0 / kind.gun.shots_per_second)
            enemy.goal = (enemy.x, enemy.y)
            self.enemies.append(enemy)
        self.wave += 1
        self.lull = waves.lull

    # --- a tick ------------------------------------------------------------------------------------------------

    def step(self, actions: Sequence[Sequence[float]]) -> tuple[NDArray[np.float32], float, bool, bool]:
        """Observation, reward, terminated, truncated of seat 0 after one (thrust, turn, fire) a seat, within bounds."""
        config, pilot = self.config, self.pilots[0]
        kills, dealt = pilot.kills, pilot.dealt
        for each, action in zip(self.pilots, actions, strict=True):
            each.thrust, each.turn, each.fire = action[0], action[1], action[2] > 0.5
        if self.steps % config.ticks_per_decision == 0:
            for enemy in self.enemies:
                if enemy.alive:
                    self._decide(enemy)
        self._tick()
        self.steps += 1
        pay = config.rewards
        reward = pay.kill * (pilot.kills - kills) + pay.damage * (pilot.dealt - dealt)
        if pilot.alive:
            reward += pay.survival * config.sim_dt
        friends = [each for each in self.pilots if each.alive and each.team == pilot.team]
        foes = [each for each in self.pilots if each.alive and each.team != pilot.team]
        terminated = not friends or (config.scenario != "waves" and not foes)
        truncated = not terminated and self.steps >= config.max_ticks
        return self.observe(0), reward, terminated, truncated

    def _tick(self) -> None:
        ships = [*self.pilots, *self.enemies]
        now = (self.steps + 1) * self.config.sim_dt
        for ship in ships:
            if ship.alive:
                fly(ship, self.space)
        for index, one in enumerate(ships):
            for two in ships[index + 1 :]:
                if one.alive and two.alive:
                    part(one, two, self.space, now)
        for ship in ships:
            if ship.alive:
                ship.way = (ship.x - ship.before.x, ship.y - ship.before.y)
                if self.config.toroidal:
                    ship.x, ship.y = ship.x % self.config.width, ship.y % self.config.height
                shoot(ship, self.bullets, self.rng, self.config.sim_dt)
        self.bullets = [bullet for bullet in self.bullets if strike(bullet, ships, self.space, now)]
        if self.config.scenario == "waves" and not any(enemy.alive for enemy in self.enemies):
            self.lull -= self.config.sim_dt
            if self.lull <= _HOLD:
                self._send_wave()

    # --- what enemies decide -----------------------------------------------------------------------------------

    def _decide(self, enemy: Ship) -> None:
        """Roam, or keep a distance; turn the nose to the goal, or to where a bullet meets the nearest pilot; fire."""
        enemy.thrust, enemy.turn, enemy.fire = 0.0, 0.0, False
        mind, targets = enemy.config, [pilot for pilot in self.pilots if pilot.alive]
        if not targets or not isinstance(mind, EnemyConfig):
            return
        target = min(targets, key=lambda pilot: self.space.square(enemy, pilot))
        error, distance = self.space.aim(enemy, target, mind.lead)
        way = error
        if mind.roam > 0.0:
            dx, dy = self.space.offset(enemy, enemy.goal[0], enemy.goal[1])
            if dx * dx + dy * dy < 60.0 * 60.0:
                enemy.goal = self._goal_near(target, mind)
            way = self.space.bearing(enemy, dx, dy)
            enemy.thrust = 1.0 if abs(way) < 0.8 else 0.2
        elif distance < mind.near:
            enemy.thrust = -1.0
        elif distance > mind.far and abs(error) < 0.8:
            enemy.thrust = 1.0
        reachable = mind.turn_rate * self.config.sim_dt * self.config.ticks_per_decision
        enemy.turn = min(max(way / reachable, -1.0), 1.0)
        enemy.fire = abs(error) < mind.trigger and distance < mind.reach * mind.gun.range

    def _goal_near(self, pilot: Ship, mind: EnemyConfig) -> tuple[float, float]:
        margin = 2.0 * mind.radius
        x = pilot.x + self.rng.uniform(-mind.roam, mind.roam)
        y = pilot.y + self.rng.uniform(-mind.roam, mind.roam)
        return (
            min(max(x, margin), self.config.width - margin),
            min(max(y, margin), self.config.height - margin),
        )

    # --- what a pilot observes ---------------------------------------------------------------------------------

    def observe(self, seat: int) -> NDArray[np.float32]:
        """The 23 numbers of `ArenaEnv`'s table."""
        ship, config, space = self.pilots[seat], self.config, self.space
        if not ship.alive:
            return np.zeros(23, dtype=np.float32)
        fighter, speed = config.fighter, config.fighter.max_speed
        diagonal = math.hypot(config.width, config.height)
        hostile = [each for each in (*self.pilots, *self.enemies) if each.alive and each.team != ship.team]
        nearest = sorted(hostile, key=lambda other: space.square(ship, other))[:2]
        guns = (fighter, config.enemies.drone, config.enemies.turret, config.enemies.hunter)
        sight = max(kind.gun.range for kind in guns)
        shots = [each for each in self.bullets if each.team != ship.team and space.square(ship, each) < sight * sight]
        numbers: list[float] = []
        for slot in range(2):
            known = slot < len(nearest)
            numbers += space.sense(ship, nearest[slot], 0.5 * diagonal, speed) if known else [1.0, 0.0, 0.0, 0.0, 0.0]
        numbers += [
            (ship.vx * ship.cos + ship.vy * ship.sin) / speed,
            (ship.vy * ship.cos - ship.vx * ship.sin) / speed,
            ship.hull / fighter.hull,
            ship.shield / fighter.shield if fighter.shield else 0.0,
            min(ship.cooldown / (1.0 / fighter.gun.shots_per_second), 1.0),
        ]
        if shots:
            numbers += space.sense(ship, min(shots, key=lambda bullet: space.square(ship, bullet)), sight, 2.0 * speed)
        else:
            numbers += [1.0, 0.0, 0.0, 0.0, 0.0]
        for cos, sin in ((ship.cos, ship.sin), (-ship.sin, ship.cos), (ship.sin, -ship.cos)):
            numbers.append(1.0 if config.toroidal else space.to_wall(ship, cos, sin) / diagonal)
        return np.array([min(max(number, -1.0), 1.0) for number in numbers], dtype=np.float32)
