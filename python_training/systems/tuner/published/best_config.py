"""Settings as files of the player: what is proved in config.yaml, and what is merely recommended in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from python_training.contracts.objective import Objective, Parameter
from python_training.systems.tuner.config import flat_values

PROVED, RECOMMENDED = "config.yaml", "recommended.yaml"


def config_text(objective: Objective, values: Mapping[str, float], comment: str) -> str:
    """A setting in the player's own format if the objective has one, else as YAML by sections; `comment` on top."""
    own = getattr(objective, "config_text", None)
    if own is not None:
        text: str = own(values, comment)
        return text
    return sections_text(objective.parameters, values, comment)


def sections_text(parameters: Sequence[Parameter], values: Mapping[str, float], comment: str) -> str:
    """YAML in which "section.name" stands below its section, with a line of meaning after every value."""
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    section: tuple[str, ...] = ()
    first: dict[tuple[str, ...], int] = {}
    for parameter in parameters:
        for prefix in _prefixes(parameter):
            first.setdefault(prefix, len(first))
    for parameter in sorted(parameters, key=lambda each: [first[prefix] for prefix in _prefixes(each)]):
        *path, name = parameter.name.split(".")
        for depth, part in enumerate(path):
            if section[: depth + 1] != tuple(path[: depth + 1]):
                lines.append(f"{'  ' * depth}{part}:")
        section = tuple(path)
        unit = f" [{parameter.unit}]" if parameter.unit else ""
        shown = _number(values[parameter.name], whole=parameter.integer)
        lines.append(f"{'  ' * len(path)}{name}: {shown} # {parameter.doc}{unit}")
    return "\n".join(lines) + "\n"


def flat_numbers(sections: Mapping[Any, Any]) -> dict[str, float]:
    """`{section.name: value}` of every number in what YAML by sections holds."""
    return {
        name: float(value)
        for name, value in flat_values(sections).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _prefixes(parameter: Parameter) -> list[tuple[str, ...]]:
    """Its section and those around it, the outermost first."""
    path = parameter.name.split(".")[:-1]
    return [tuple(path[: depth + 1]) for depth in range(len(path))]


def _number(value: float, *, whole: bool) -> str:
    """As YAML reads it back: a float without a point, such as 1e-07, would be a text."""
    text = repr(int(value)) if whole else repr(float(value))
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
