"""How the reference's ships come, move, collide and shoot; see `reference`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from python_training.simulators.arena.reference_space import Bullet, Generator, Ship, Space, entry


def arrive(
    ship: Ship,
    area: tuple[float, float, float, float],
    crowd: Sequence[tuple[Ship, float]],
    rng: Generator,
    space: Space,
) -> None:
    """Put a ship somewhere in `area`, clear of the `crowd` and of each one's distance, at a random heading."""
    for _ in range(30):
        ship.x, ship.y = rng.uniform(area[0], area[1]), rng.uniform(area[2], area[3])
        rooms = [max(ship.config.radius + other.config.radius + 20.0, distance) for other, distance in crowd]
        if all(space.square(ship, other) >= room * room for (other, _), room in zip(crowd, rooms, strict=True)):
            break
    ship.face(rng.uniform(-math.pi, math.pi))
    ship.before = ship.motion()


def fly(ship: Ship, space: Space) -> None:
    """Turn evenly, push along the mean heading, and integrate push and drag exactly; bounce off the walls."""
    kind, dt = ship.config, space.config.sim_dt
    ship.before = ship.motion()
    cos, sin = ship.cos, ship.sin
    heading = ship.heading + ship.turn * kind.turn_rate * dt
    ship.face(heading - 2 * math.pi if heading > math.pi else heading + 2 * math.pi if heading < -math.pi else heading)
    if kind.max_speed > 0.0:
        kept = math.exp(-kind.drag * dt)
        gain, reach = dt - kind.drag * dt * dt / 2.0, dt * dt / 2.0
        if kind.drag * dt > 1e-5:  # less would divide next to nothing by next to nothing
            gain = -math.expm1(-kind.drag * dt) / kind.drag
            reach = (dt - gain) / kind.drag
        mean_x, mean_y = cos + ship.cos, sin + ship.sin
        push = ship.thrust * kind.acceleration / math.sqrt(mean_x * mean_x + mean_y * mean_y)
        ax, ay = push * mean_x, push * mean_y
        vx, vy = ship.vx * kept + ax * gain, ship.vy * kept + ay * gain
        dx, dy = ship.vx * gain + ax * reach, ship.vy * gain + ay * reach
        speed = math.sqrt(vx * vx + vy * vy)
        if speed > kind.max_speed:
            vx, vy = vx * (kind.max_speed / speed), vy * (kind.max_speed / speed)
            dx, dy = 0.5 * (ship.vx + vx) * dt, 0.5 * (ship.vy + vy) * dt
        ship.vx, ship.vy = vx, vy
        ship.x, ship.y = ship.x + dx, ship.y + dy
    if not space.config.toroidal:
        ship.x, ship.vx = _bounced(ship.x, ship.vx, kind.radius, space.config.width, space.config.restitution)
        ship.y, ship.vy = _bounced(ship.y, ship.vy, kind.radius, space.config.height, space.config.restitution)


def _bounced(at: float, speed: float, radius: float, size: float, restitution: float) -> tuple[float, float]:
    """Place and speed along one axis after the walls at 0 and `size`."""
    if at < radius:
        return radius, max(speed, -restitution * speed)
    if at > size - radius:
        return size - radius, min(speed, -restitution * speed)
    return at, speed


def part(one: Ship, two: Ship, space: Space, now: float) -> None:
    """Two ships that met in this tick stop there, bounce along their line of centres, and lose points."""
    room = one.config.radius + two.config.radius
    masses = [1.0 if ship.config.max_speed > 0.0 else 0.0 for ship in (one, two)]
    rx = space.shortest(two.before.x - one.before.x, space.config.width)
    ry = space.shortest(two.before.y - one.before.y, space.config.height)
    mx, my = two.x - two.before.x - one.x + one.before.x, two.y - two.before.y - one.y + one.before.y
    when = entry(rx, ry, mx, my, room)
    if when is None or sum(masses) == 0.0:
        return
    if when > 0.0:
        for ship in (one, two):
            ship.x = ship.before.x + when * (ship.x - ship.before.x)
            ship.y = ship.before.y + when * (ship.y - ship.before.y)
        rx, ry = rx + when * mx, ry + when * my
    else:
        rx, ry = rx + mx, ry + my
    distance = math.sqrt(rx * rx + ry * ry)
    nx, ny = (rx / distance, ry / distance) if distance > 0.0 else (1.0, 0.0)
    first = masses[0] / sum(masses)
    second = 1.0 - first
    overlap = max(room - distance, 0.0)
    one.x, one.y = one.x - first * overlap * nx, one.y - first * overlap * ny
    two.x, two.y = two.x + second * overlap * nx, two.y + second * overlap * ny
    approach = (one.vx - two.vx) * nx + (one.vy - two.vy) * ny
    if approach <= 0.0:
        return
    impulse = (1.0 + space.config.restitution) * approach
    one.vx, one.vy = one.vx - first * impulse * nx, one.vy - first * impulse * ny
    two.vx, two.vy = two.vx + second * impulse * nx, two.vy + second * impulse * ny
    one.suffer(space.config.ram_damage * approach, now)
    two.suffer(space.config.ram_damage * approach, now)


def shoot(ship: Ship, bullets: list[Bullet], rng: Generator, dt: float) -> None:
    """Fire at the moment within this tick at which the gun is ready, if the trigger is pulled."""
    gun, wait = ship.config.gun, ship.cooldown
    if not ship.fire or wait >= dt - 1e-9:
        ship.cooldown = max(wait - dt, 0.0)
        return
    ship.cooldown = max(wait + 1.0 / gun.shots_per_second - dt, 0.0)
    ship.shots += 1
    share, before = wait / dt, ship.before
    heading = before.heading + ship.turn * ship.config.turn_rate * wait
    if gun.spread:
        heading += rng.uniform(-gun.spread, gun.spread)
    cos, sin = math.cos(heading), math.sin(heading)
    bullets.append(
        Bullet(
            owner=ship,
            team=ship.team,
            x=before.x + share * ship.way[0] + ship.config.radius * cos,
            y=before.y + share * ship.way[1] + ship.config.radius * sin,
            vx=before.vx + share * (ship.vx - before.vx) + gun.bullet_speed * cos,
            vy=before.vy + share * (ship.vy - before.vy) + gun.bullet_speed * sin,
            life=gun.range / gun.bullet_speed,
            wait=wait,
            damage=gun.damage,
        )
    )


def strike(bullet: Bullet, ships: Sequence[Ship], space: Space, now: float) -> bool:
    """Move a bullet through this tick and let it hit the first hostile ship in its way; whether it flies on."""
    config = space.config
    flight = min(config.sim_dt - bullet.wait, bullet.life)
    dx, dy = bullet.vx * flight, bullet.vy * flight
    begin, share = bullet.wait / config.sim_dt, flight / config.sim_dt
    met: list[tuple[float, int]] = []
    for index, ship in enumerate(ships):
        if not ship.alive or ship.team == bullet.team:
            continue
        rx = space.shortest(bullet.x - ship.before.x - begin * ship.way[0], config.width)
        ry = space.shortest(bullet.y - ship.before.y - begin * ship.way[1], config.height)
        when = entry(rx, ry, dx - share * ship.way[0], dy - share * ship.way[1], ship.config.radius)
        if when is not None:
            met.append((when, index))
    if met:
        struck, owner = ships[min(met)[1]], bullet.owner
        owner.hits += 1
        owner.dealt += struck.suffer(bullet.damage, now)
        if not struck.alive:
            owner.kills += 1
            if owner.alive:
                of_hull = min(config.salvage, owner.config.hull - owner.hull)
                owner.hull += of_hull
                owner.shield = min(owner.shield + config.salvage - of_hull, owner.config.shield)
        return False
    bullet.x, bullet.y = bullet.x + dx, bullet.y + dy
    bullet.life, bullet.wait = bullet.life - flight, 0.0
    if config.toroidal:
        bullet.x, bullet.y = bullet.x % config.width, bullet.y % config.height
    inside = 0.0 <= bullet.x <= config.width and 0.0 <= bullet.y <= config.height
    return inside and bullet.life > 1e-9
