"""What answers a prompt, as the adviser's process sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Messages = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a model.

    Attributes:
        prompts: the chat messages in several lengths, the longest first: the first that fits is asked.
        schema: JSON Schema that the answer must follow.
        seed: of sampling.
        temperature: of sampling; 0 is greedy.
        max_prompt_tokens, max_new_tokens: bounds.
        timeout_s: after so many seconds an answer is cut off; None: it may take as long as its tokens take.
    """

    prompts: Sequence[Messages]
    schema: Mapping[str, Any]
    seed: int
    temperature: float
    max_prompt_tokens: int
    max_new_tokens: int
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class Generated:
    """What a model generated.

    Attributes:
        text: generated tokens alone, never a word of the prompt.
        prompt_index: which of the prompts was asked.
        prompt_tokens, answer_tokens: how many there were; 0 where a server does not say.
        complete: whether the model came to its end, rather than to a bound.
    """

    text: str
    prompt_index: int
    prompt_tokens: int
    answer_tokens: int
    complete: bool


class UnavailableError(Exception):
    """The provider cannot work here, and trying again will not help: something is missing or set wrong."""


class RefusedError(Exception):
    """The question got no answer; the next one may."""


class Provider(Protocol):
    """A model at work. Made as `Class(settings)`, which may take long and may raise UnavailableError."""

    def describe(self) -> Mapping[str, Any]:
        """What people should know of it: model, device, precision."""
        ...

    def generate(self, question: Question) -> Generated:
        """Answer; raises RefusedError if that fails."""
        ...
