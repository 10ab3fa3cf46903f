"""Puts the context into words: versioned templates, each prompt in several lengths so that one fits the model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from string import Template

from python_training.contracts.errors import UnknownNameError
from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import AdviserContext
from python_training.systems.tuner.adviser.change_summary import summarize_changes

TREND_POINTS = 8
BRIEF_PARAMETERS = 10
"""So many parameters the shortest prompt names: those that the optimiser is least sure of."""

_PACKAGE = "python_training.systems.tuner.adviser"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told: the part that holds always, and the question."""

    system: str
    user: str

    def messages(self) -> list[dict[str, str]]:
        """As chat messages."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": self.user}]


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """A template of prompts/.

    Attributes:
        version: its name and the start of its SHA-256, so that an edited template is another version.
        system, user: the two parts, with $names to be filled in.
    """

    version: str
    system: str
    user: str

    @classmethod
    def named(cls, name: str) -> PromptVersion:
        """Read prompts/<name>.txt; raises UnknownNameError if there is none."""
        folder = resources.files(_PACKAGE) / "prompts"
        known = {each.name.removesuffix(".txt") for each in folder.iterdir() if each.name.endswith(".txt")}
        if name not in known:
            raise UnknownNameError.among("prompt", name, known, field="adviser.prompt")
        text = (folder / f"{name}.txt").read_text(encoding="utf-8")
        _, _, rest = text.partition("=== system ===\n")
        system, _, user = rest.partition("=== user ===\n")
        return cls(f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}", system.strip(), user.strip())

    def render(self, context: AdviserContext, parameters: Sequence[Parameter], max_changes: int) -> tuple[Prompt, ...]:
        """The prompt in three lengths, the longest first: with meanings, without, and with few parameters."""
        words = {
            "decision": str(context.decision),
            "win_rate": f"{100 * context.win_rate:.1f}%",
            "trend": _trend(context),
            "patterns": "\n".join(f"- {sentence}" for sentence in context.patterns) or "- none yet",
            "history": summarize_changes(context.attempts),
            "max_changes": str(max_changes),
        }
        unsure = _least_sure(context, parameters)
        tables = (
            [_line(parameter, context) + f"; {parameter.doc}" for parameter in parameters],
            [_line(parameter, context) for parameter in parameters],
            [_line(parameter, context) for parameter in parameters if parameter.name in unsure],
        )
        system = Template(self.system).substitute(words)
        return tuple(
            Prompt(system, Template(self.user).substitute(words, parameters="\n".join(table))) for table in tables
        )


def _trend(context: AdviserContext) -> str:
    shown = " -> ".join(f"{100 * rate:.1f}%" for rate in context.trend[-TREND_POINTS:])
    if len(context.trend) < 2:
        return shown or "none yet"
    change = 100 * (context.trend[-1] - context.trend[-min(TREND_POINTS, len(context.trend))])
    return f"{shown} ({change:+.1f} points)"


def _line(parameter: Parameter, context: AdviserContext) -> str:
    whole = ", whole" if parameter.integer else ""
    unit = f" {parameter.unit}" if parameter.unit else ""
    line = (
        f"{parameter.name}: {context.incumbent[parameter.name]:.4g}{unit}, "
        f"{parameter.low:g} to {parameter.high:g}{whole}"
    )
    belief = context.beliefs.get(parameter.name)
    return line if belief is None else f"{line}; {belief.mean:.4g} ± {belief.spread:.2g}"


def _least_sure(context: AdviserContext, parameters: Sequence[Parameter]) -> frozenset[str]:
    """Names of the parameters whose belief is widest, as a share of the range."""

    def spread(parameter: Parameter) -> float:
        belief = context.beliefs.get(parameter.name)
        width = parameter.high - parameter.low
        return 0.0 if belief is None or not width else belief.spread / width

    return frozenset(parameter.name for parameter in sorted(parameters, key=spread, reverse=True)[:BRIEF_PARAMETERS])
