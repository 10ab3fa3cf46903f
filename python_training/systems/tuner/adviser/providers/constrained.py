"""Holds decoding to a JSON Schema: at each step only tokens that can still lead to a valid answer may be drawn.

The grammar is llguidance's (docs/adr/0013). Its masks are applied here, since its own torch code would compile a
kernel at import, for which a C++ compiler is needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import llguidance
import llguidance.hf
import llguidance.numpy
import numpy as np
import torch
from transformers import LogitsProcessor

from python_training.systems.tuner.adviser.providers.base import RefusedError


class SchemaGrammar:
    """Schemas as grammars over one tokenizer's tokens; the newest one is kept.

    Args:
        tokenizer: a fast tokenizer of transformers.
        vocabulary: how many logits the model has, which may be more than the tokenizer has tokens.
    """

    def __init__(self, tokenizer: Any, vocabulary: int) -> None:
        self._tokens = llguidance.hf.from_tokenizer(tokenizer, n_vocab=vocabulary)
        self._newest: tuple[str, Any] | None = None

    def processor(self, schema: Mapping[str, Any], prompt_tokens: int) -> SchemaLogits:
        """What one call of `generate` is given. Raises RefusedError for a schema that is no grammar."""
        text = json.dumps(schema)
        if self._newest is None or self._newest[0] != text:
            # Without whitespace: a small model would write spaces until its tokens are spent.
            grammar = llguidance.LLMatcher.grammar_from_json_schema(text, defaults={"whitespace_flexible": False})
            matcher = llguidance.LLMatcher(self._tokens, grammar)
            if matcher.is_error():
                raise RefusedError(f"the schema is no grammar: {matcher.get_error()[:300]}")
            self._newest = text, matcher
        return SchemaLogits(self._newest[1].deep_copy(), self._tokens.vocab_size, prompt_tokens)


class SchemaLogits(LogitsProcessor):  # type: ignore[misc]  # transformers is not looked at by mypy
    """Masks logits (1, V) of one sequence whose first `prompt_tokens` tokens are the prompt."""

    def __init__(self, matcher: Any, vocabulary: int, prompt_tokens: int) -> None:
        self._matcher = matcher
        self._mask = llguidance.numpy.allocate_token_bitmask(1, vocabulary)
        self._seen = prompt_tokens

    @property
    def finished(self) -> bool:
        """Whether what was generated is a whole valid answer."""
        return bool(self._matcher.is_accepting() or self._matcher.is_stopped())

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Take in the tokens (1, T) drawn since the last call, and forbid what cannot follow."""
        self.consume(input_ids[0])
        llguidance.numpy.fill_next_token_bitmask(self._matcher, self._mask)
        allowed = np.unpackbits(self._mask[0].view(np.uint8), bitorder="little")[: scores.shape[-1]].astype(bool)
        return scores.masked_fill(torch.from_numpy(~allowed).to(scores.device), -torch.inf)

    def consume(self, sequence: Any) -> None:
        """Take in the tokens of `sequence` (T,) that are not known yet."""
        for token in sequence[self._seen :].tolist():
            if not self._matcher.consume_token(token) and self._matcher.is_error():
                raise RefusedError(f"a token left the grammar: {self._matcher.get_error()[:300]}")
        self._seen = len(sequence)
