"""A genome for tests of games: it flies at the first enemy that it sees and shoots ahead, by its observations alone."""

from __future__ import annotations

from typing import Any


def chaser(turn: float = 6.0, *, inputs: int = 23, recurrent: bool = False) -> dict[str, Any]:
    """The genome as JSON: thrust is the cosine of the bearing, turn `turn` times its sine, and fire always.

    With `recurrent` its thrust also depends on what it was before.
    """

    def node(key: int, bias: float) -> dict[str, Any]:
        return {"key": key, "bias": bias, "response": 1.0, "activation": "clamped", "aggregation": "sum"}

    def link(source: int, target: int, weight: float) -> dict[str, Any]:
        return {"from": source, "to": target, "weight": weight, "enabled": True}

    links = [link(-3, 0, 1.0), link(-2, 1, turn), *([link(0, 0, 0.2)] if recurrent else [])]
    return {
        "format": "paddock-genome",
        "version": 1,
        "genome_id": 1,
        "inputs": inputs,
        "outputs": 3,
        "recurrent": recurrent,
        "nodes": [node(0, 0.0), node(1, 0.0), node(2, 1.0)],
        "connections": links,
    }
