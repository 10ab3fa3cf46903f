"""`paddock tuner`: a run's report, and what differs between two settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml

from python_training.contracts.config import read_config_file
from python_training.contracts.errors import CheckpointError, ConfigError, PaddockError, UnknownNameError
from python_training.systems.tuner.published.read_document import (
    DOCUMENT,
    WHICH,
    named_setting,
    read_document,
    setting_names,
)

if TYPE_CHECKING:
    from python_training.contracts.places import RunPlaces

commands = typer.Typer(
    help="Reports of tuner runs, and differences between settings.", no_args_is_help=True, rich_markup_mode=None
)

Run = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, the beginning of one, or 'newest'.")]
Setting = Annotated[
    str,
    typer.Argument(
        metavar="SETTING", help="A YAML file, or RUN:start, RUN:best, RUN:recommended, RUN:3 (its third accepted)."
    ),
]


@commands.command(
    epilog="\b\nExamples:\n  paddock tuner report newest\n  paddock tuner report newest --output tuner.html"
)
def report(
    ctx: typer.Context,
    run: Run,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; report.html in the run's folder by default.")
    ] = None,
) -> None:
    """Write all about a run into one HTML file."""
    from python_training.report_page.page import report_page
    from python_training.systems.tuner.report.report import run_report

    name, folder, document = _document(ctx, run)
    path = output or folder / "report.html"
    try:
        page = report_page(run_report(document), name)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{name}: {DOCUMENT} is not what a tuner writes: {error!r}.") from error
    try:
        path.write_text(page)
    except OSError as error:
        raise PaddockError(f"{path} cannot be written: {error.strerror}.") from error
    print(f"Written to {path.resolve()}.")


@commands.command(
    epilog="\b\nExamples:\n  paddock tuner winners newest --output winners.yaml\n"
    "  paddock tuner winners newest config/presets/battlesnake/aggressive.yaml\n"
    "  paddock train tuner --config winners.yaml"
)
def winners(
    ctx: typer.Context,
    sources: Annotated[
        list[str], typer.Argument(metavar="RUN|FILE...", help="Runs, and files with other settings of the player.")
    ],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; winners.yaml in the first run's folder by default.")
    ] = None,
) -> None:
    """Write winners of runs, and settings from files, into a config, from which another run transfers what it knows."""
    path = output or _beside_a_run(ctx, sources) / "winners.yaml"
    settings = [each for source in sources for each in _winners(ctx, source)]
    text = f"# What won in {', '.join(sources)}.\n" + yaml.safe_dump(
        {"search": {"transfer_winners": settings}}, sort_keys=False
    )
    try:
        path.write_text(text)
    except OSError as error:
        raise PaddockError(f"{path} cannot be written: {error.strerror}.") from error
    print(f"Written to {path.resolve()}: {len(settings)} setting(s).")


@commands.command(
    epilog="\b\nExamples:\n  paddock tuner diff newest:start newest:best\n"
    "  paddock tuner diff mine.yaml newest:best --json"
)
def diff(
    ctx: typer.Context,
    one: Setting,
    other: Setting,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Tell what differs between two settings."""
    old, new = _setting(ctx, one), _setting(ctx, other)
    names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    if as_json:
        print(json.dumps({"changes": {name: {"from": old.get(name), "to": new.get(name)} for name in names}}))
        return
    width = max(map(len, names), default=0)
    for name in names:
        print(f"{name:<{width}}  {_shown(old.get(name)):>12} -> {_shown(new.get(name)):>12}  {_change(old, new, name)}")
    if not names:
        print("They are the same.")


def _document(ctx: typer.Context, run: str) -> tuple[str, Path, dict[str, Any]]:
    """The run's id, its folder of checkpoints, and its tuner.json."""
    places: RunPlaces = ctx.obj
    name, folder = places.find(run)
    return name, folder, read_document(folder)


def _beside_a_run(ctx: typer.Context, sources: list[str]) -> Path:
    """The folder of the first source that is a run; raises ConfigError if all are files."""
    places: RunPlaces = ctx.obj
    for source in sources:
        if not Path(source).is_file():
            return places.find(source)[1]
    raise ConfigError("output: no run is named whose folder could take the file.", field="output", hint="--output FILE")


def _winners(ctx: typer.Context, source: str) -> list[dict[str, float]]:
    """The accepted settings of a run, its best guess where there are none; or what a file holds."""
    if Path(source).is_file():
        return [_setting(ctx, source)]
    *_, document = _document(ctx, source)
    return [dict(each["values"]) for each in document["accepted"]] or [dict(document["recommended"]["values"])]


def _setting(ctx: typer.Context, text: str) -> dict[str, float]:
    from python_training.systems.tuner.published.best_config import flat_numbers

    path = Path(text)
    if path.is_file():
        try:
            return flat_numbers(read_config_file(path))
        except yaml.YAMLError as error:
            raise ConfigError(f"{path}: {error}.") from error
    run, colon, which = text.rpartition(":")
    if not colon:
        raise UnknownNameError(f"There is no file '{text}'.", hint=f"Of a run: RUN:{', RUN:'.join(WHICH)}, or RUN:1.")
    *_, document = _document(ctx, run)
    found = named_setting(document, which)
    if found is None:
        raise UnknownNameError.among("setting", which, setting_names(document), field="setting")
    return found


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _change(old: Mapping[str, float], new: Mapping[str, float], name: str) -> str:
    before, after = old.get(name), new.get(name)
    if before is None or after is None or before == 0:
        return ""
    return f"{after / before - 1:+.1%}"
