"""`paddock view`: watch a bred pilot fly in the browser, and fly with it or against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.exits import help_end
from backend.cli.locate import find_run
from backend.cli.output import AsJson, emit
from python_training.contracts.errors import ConfigError

commands = typer.Typer()

PATIENCE_S = 300.0
"""For so long the game waits for a browser."""
MAX_GENOME_BYTES = 900_000
"""What fits into a request to the server."""


@commands.command(
    epilog=help_end(
        "paddock view --latest",
        "paddock view --generation 25 --run newest --squad 3",
        "paddock view --genome elite_genome_gen50.json --against ace --fly",
    )
)
def view(
    latest: Annotated[bool, typer.Option("--latest", help="The newest elite; this is the default.")] = False,
    genome: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A genome file, or an elite's file that names one beside it.")
    ] = None,
    generation: Annotated[int | None, typer.Option(min=0, metavar="N", help="The elite of generation N.")] = None,
    run: Annotated[str | None, typer.Option(metavar="RUN", help="Of this run; else of the newest with elites.")] = None,
    squad: Annotated[int, typer.Option(min=1, max=15, help="So many ships of it side by side.")] = 1,
    against: Annotated[
        str | None, typer.Option(metavar="PLAYER", help="Fight as many of this scripted player, not waves.")
    ] = None,
    fly: Annotated[bool, typer.Option("--fly", help="Take a ship in its team yourself.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Seed of the first bout.")] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=20, help="World seconds in a second.")] = 1.0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it, or only print its address.")] = True,
    as_json: AsJson = False,
) -> None:
    """Open the game view with a bred pilot. It needs a server: paddock serve."""
    import webbrowser

    from backend.cli import server_link
    from python_training import registry

    ways = {"latest": latest, "genome": genome is not None, "generation": generation is not None}
    chosen = [name for name, given in ways.items() if given]
    if len(chosen) > 1:
        raise ConfigError(f"Choose one of {', '.join(f'--{name}' for name in chosen)}.", field=chosen[-1])
    if genome is not None and run is not None:
        raise ConfigError("A genome file needs no run.", field="run")
    if against is not None and not any(against in world.players for world in registry.WORLDS.values() if world.nudges):
        known = sorted({name for world in registry.WORLDS.values() if world.nudges for name in world.players})
        raise ConfigError(f"against: expected one of {', '.join(known)}, got '{against}'.", field="against")
    pilot = _given(genome) if genome is not None else _elite(run, generation)
    seats: list[dict[str, Any]] = [{"pilot": {"kind": "person"}}] if fly else []
    seats += [{"pilot": pilot}] * squad
    if against is not None:
        seats += [{"pilot": {"kind": "scripted", "name": against}, "team": 1}] * len(seats)
    body = {"seats": seats, "speed": speed, "idle_s": PATIENCE_S, **({} if seed is None else {"seed": seed})}
    session = server_link.create_session(body)
    url = server_link.page(f"/game/{session['id']}")
    if as_json:
        emit({"session": session["id"], "url": url, "seats": session["seats"], "seed": session["seed"]})
    else:
        who = next(seat["name"] for seat in session["seats"] if seat["kind"] != "person")
        print(f"{who} flies at {url}")
    if browser and not as_json:
        webbrowser.open(url)


def _elite(run: str | None, generation: int | None) -> dict[str, Any]:
    """The pilot that is a run's elite, as a request names it."""
    return {
        "kind": "elite",
        **({} if run is None else {"run": find_run(run).id}),
        **({} if generation is None else {"generation": generation}),
    }


def _given(path: Path) -> dict[str, Any]:
    """The pilot of a genome file, as a request brings it; raises ConfigError if it is none."""
    document = _read(path)
    beside = document.get("genome_file")
    if isinstance(beside, str):  # an elite's file: the genome lies beside it
        if Path(beside).name != beside:
            raise ConfigError(f"genome_file of {path.name} must be a file beside it, got '{beside}'.", field="genome")
        document = _read(path.with_name(beside))
    return {"kind": "genome", "genome": document, "name": path.name[:100]}


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_GENOME_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_GENOME_BYTES} bytes.", field="genome")
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", field="genome") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not JSON: {error}.", field="genome") from error
    if not isinstance(document, dict):
        raise ConfigError(f"{path} must hold a JSON object, got {type(document).__name__}.", field="genome")
    return document
