from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import AdviserContext

Ask = Callable[..., AdviserContext]


@pytest.fixture(scope="session")
def parameters() -> tuple[Parameter, ...]:
    """Real numbers wide and narrow, and whole ones."""
    return (
        Parameter("weights.space", 0.1, 1000, 5, "reachable space"),
        Parameter("traps.threshold", 0.5, 0.95, 0.7, "share of the board"),
        Parameter("hybrid.lookahead_depth", 1, 5, 2, "plies", integer=True),
        Parameter("offset", -2.5, 7.25, 0, "may be negative", unit="cells"),
    )


@pytest.fixture
def context(parameters: tuple[Parameter, ...]) -> Ask:
    """What the adviser is told at the start, with what a test changes."""

    def make(decision: int = 1, **changes: Any) -> AdviserContext:
        told: dict[str, Any] = {"win_rate": 0.5, "incumbent": {each.name: each.default for each in parameters}}
        return AdviserContext(decision, **(told | changes))

    return make


@pytest.fixture
def own_providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a provider's source as the user would; returns its name for `models`."""

    def write(source: str) -> str:
        (tmp_path / "own_providers.py").write_text(_HEAD + source)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return "own_providers:Own"

    return write


@pytest.fixture(scope="session")
def torch_is_there() -> None:
    """Skips loudly where the extra is not installed; fails where CI demands it."""
    missing = [name for name in ("torch", "transformers", "llguidance") if importlib.util.find_spec(name) is None]
    if missing and os.environ.get("PADDOCK_CI"):
        pytest.fail(f"PADDOCK_CI demands the extra 'adviser', of which {', '.join(missing)} is missing.")
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: make adviser")


@pytest.fixture(scope="session")
def tiny_model(torch_is_there: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Llama of random weights and a byte-level tokenizer: it would write anything, if it were let."""
    import torch  # heavy
    import transformers

    folder = tmp_path_factory.mktemp("model")
    tokenizer = _byte_tokenizer(transformers)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=8192,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _byte_tokenizer(transformers: ModuleType) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: index for index, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")  # noqa: S106


_HEAD = """
import json, os, sys, time
from python_training.systems.tuner.adviser.providers.base import Generated, RefusedError, UnavailableError

def answer(values, reason="because"):
    changes = [{"parameter": name, "value": value} for name, value in values.items()]
    return Generated(json.dumps({"reason": reason, "changes": changes}), 0, 10, 5, True)

"""
