"""Puts the context into words: versioned templates, each prompt in several lengths so that one fits the model."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from string import Template

from python_training.contracts.errors import UnknownNameError
from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import AdviserContext
from python_training.systems.tuner.adviser.answer_schema import value_step
from python_training.systems.tuner.adviser.change_summary import summarize_changes

TREND_POINTS = 8
BRIEF_PARAMETERS, BRIEF_PATTERNS, BRIEF_HISTORY = 10, 2, 4
"""What the shortest prompt tells: the parameters that the optimiser is least sure of, and the first of the rest."""

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
            "patterns": _listed(context.patterns),
            "history": summarize_changes(context.attempts),
            "max_changes": str(max_changes),
        }
        fewer = words | {
            "patterns": _listed(context.patterns[:BRIEF_PATTERNS]),
            "history": summarize_changes(context.attempts, BRIEF_HISTORY),
        }
        unsure = _least_sure(context, parameters)
        lengths = (
            (words, [_line(parameter, context) + f"; {parameter.doc}" for parameter in parameters]),
            (words, [_line(parameter, context) for parameter in parameters]),
            (fewer, [_line(parameter, context) for parameter in parameters if parameter.name in unsure]),
        )
        system = Template(self.system).substitute(words)
        return tuple(
            Prompt(system, Template(self.user).substitute(told, parameters="\n".join(table))) for told, table in lengths
        )


def _trend(context: AdviserContext) -> str:
    shown = " -> ".join(f"{100 * rate:.1f}%" for rate in context.trend[-TREND_POINTS:])
    if len(context.trend) < 2:
        return shown or "none yet"
    change = 100 * (context.trend[-1] - context.trend[-min(TREND_POINTS, len(context.trend))])
    return f"{shown} ({change:+.1f} points)"


def _listed(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences) or "- none yet"


def _line(parameter: Parameter, context: AdviserContext) -> str:
    whole = ", whole" if parameter.integer else ""
    unit = f" {parameter.unit}" if parameter.unit else ""
    line = (
        f"{parameter.name}: {_shown(context.incumbent[parameter.name], parameter)}{unit}, "
        f"{parameter.low:g} to {parameter.high:g}{whole}"
    )
    belief = context.beliefs.get(parameter.name)
    return line if belief is None else f"{line}; {_shown(belief.mean, parameter)} ± {float(f'{belief.spread:.2g}'):g}"


def _shown(value: float, parameter: Parameter) -> str:
    """A value in as many digits as an answer may have: each digit is a token."""
    if parameter.low >= parameter.high:
        return f"{value:g}"
    return f"{round(value, max(0, -math.floor(math.log10(value_step(parameter))))) + 0.0:g}"


def _least_sure(context: AdviserContext, parameters: Sequence[Parameter]) -> frozenset[str]:
    """Names of the parameters whose belief is widest, as a share of the range."""

    def spread(parameter: Parameter) -> float:
        belief = context.beliefs.get(parameter.name)
        width = parameter.high - parameter.low
        return 0.0 if belief is None or not width else belief.spread / width

    return frozenset(parameter.name for parameter in sorted(parameters, key=spread, reverse=True)[:BRIEF_PARAMETERS])
