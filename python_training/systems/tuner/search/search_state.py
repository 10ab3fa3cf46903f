"""A search as plain JSON and back. Whatever it holds is data: nothing of it is ever executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.systems.tuner.search.arrays import pack, unpack
from python_training.systems.tuner.search.sources.source import Winner

if TYPE_CHECKING:
    from python_training.systems.tuner.search.search import Search

FORMAT = 1


def state(search: Search) -> dict[str, Any]:
    """Everything that the next call depends on, beside the arguments the search was built with."""
    return {
        "format": FORMAT,
        "parameters": list(search.cube.names),
        "incumbent": dict(search.incumbent),
        "incumbent_point": pack(search.incumbent_point),
        "winners": [[winner.number, pack(winner.point)] for winner in search.winners],
        "history": search.history.state(),
        "surface": search.surface.state(),
        "sources": {name: source.state() for name, source in search.sources.items()},
        "ledger": search.ledger.state(),
        "refusals": search.refusals.state(),
        "patience": search.patience.state(),
        "queue": search.queue.state(),
        "pending": [[number, source, pack(a), pack(b)] for number, (source, a, b) in search.pending.items()],
        "counts": dict(search.counts),
    }


def restore(search: Search, raw: Mapping[str, Any]) -> None:
    """Make `search` what `state` was taken of.

    Raises:
        CheckpointError: it is of another format, of other parameters or sources, or not whole.
    """
    try:
        _check(search, raw)
        _restore(search, raw)
    except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
        raise CheckpointError(f"The search's state cannot be read: {error}.") from error


def _check(search: Search, raw: Mapping[str, Any]) -> None:
    if raw["format"] != FORMAT:
        raise CheckpointError(f"The search's state has format {raw['format']}, expected {FORMAT}.")
    if raw["parameters"] != list(search.cube.names):
        raise CheckpointError("The search's state is of other parameters than this run has.")
    if list(raw["sources"]) != list(search.sources):
        raise CheckpointError(
            f"The search's state is of the sources {', '.join(raw['sources'])}, expected {', '.join(search.sources)}."
        )


def _restore(search: Search, raw: Mapping[str, Any]) -> None:
    dimensions = len(search.cube)
    search.cube.point(raw["incumbent"])
    search.incumbent = {str(name): float(value) for name, value in raw["incumbent"].items()}
    search.incumbent_point = unpack(raw["incumbent_point"], dimensions)
    search.winners = [Winner(int(number), unpack(point, dimensions)) for number, point in raw["winners"]]
    search.history.restore(raw["history"])
    search.surface.restore(raw["surface"])
    for name, source in search.sources.items():
        source.restore(raw["sources"][name])
    search.ledger.restore(raw["ledger"])
    search.refusals.restore(raw["refusals"])
    search.patience.restore(raw["patience"])
    search.queue.restore(raw["queue"])
    search.pending = {
        int(number): (str(source), unpack(a, dimensions), unpack(b, dimensions))
        for number, source, a, b in raw["pending"]
    }
    search.counts = {name: int(raw["counts"][name]) for name in search.counts}
