"""A causal language model on this machine, through transformers."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

from python_training.systems.tuner.adviser.providers.base import (
    Generated,
    Messages,
    Question,
    RefusedError,
    UnavailableError,
)
from python_training.systems.tuner.adviser.providers.constrained import SchemaGrammar
from python_training.systems.tuner.adviser.providers.model_files import ModelFiles, find_model

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


class LocalModel:
    """Answers with one model. Its settings: model, device, dtype, threads, index in the ensemble, download."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        transformers.utils.logging.disable_progress_bar()
        transformers.utils.logging.set_verbosity_error()
        torch.set_num_threads(settings["threads"])
        self._name: str = settings["model"]
        self._device = choose_device(settings["device"], settings["index"])
        self._dtype = choose_dtype(settings["dtype"], self._device)
        self._tokenizer, self._model = self._load(find_model(self._name), settings["download"])
        self._grammar = SchemaGrammar(self._tokenizer, self._model.config.vocab_size)

    def describe(self) -> Mapping[str, Any]:
        """Model, device and precision."""
        return {
            "model": self._name,
            "device": str(self._device),
            "dtype": str(self._dtype).removeprefix("torch."),
            "parameters": sum(weights.numel() for weights in self._model.parameters()),
            "context_tokens": self._context(),
        }

    def generate(self, question: Question) -> Generated:
        """Draw tokens within the grammar; equal questions have equal answers on equal machines."""
        index, tokens = self._fitting(question)
        asked = tokens["input_ids"].shape[1]
        grammar = self._grammar.processor(question.schema, asked)
        sampling: dict[str, Any] = {"do_sample": False}
        if question.temperature > 0:
            torch.manual_seed(question.seed)
            # The grammar leaves few tokens: those are not to be cut down any further.
            sampling = {"do_sample": True, "temperature": question.temperature, "top_k": 0, "top_p": 1.0}
        with torch.inference_mode():
            drawn = self._model.generate(
                **tokens,
                **sampling,
                max_new_tokens=question.max_new_tokens,
                max_time=question.timeout_s,
                logits_processor=transformers.LogitsProcessorList([grammar]),
                pad_token_id=self._tokenizer.eos_token_id,
            )[0]
        grammar.consume(drawn)
        text = self._tokenizer.decode(drawn[asked:], skip_special_tokens=True)
        return Generated(text, index, asked, len(drawn) - asked, grammar.finished)

    def _fitting(self, question: Question) -> tuple[int, Any]:
        """The first prompt that is short enough, as tokens of shape (1, T)."""
        room = min(question.max_prompt_tokens, self._context() - question.max_new_tokens)
        lengths = []
        for index, messages in enumerate(question.prompts):
            text = self._as_text(messages)
            # The chat template writes special tokens itself, a second beginning would only confuse the model.
            tokens = self._tokenizer(text, return_tensors="pt", add_special_tokens=False)
            lengths.append(tokens["input_ids"].shape[1])
            if lengths[-1] <= room:
                return index, {name: tokens[name].to(self._device) for name in ("input_ids", "attention_mask")}
        raise RefusedError(f"the prompt has {lengths[-1]} tokens at least, {self._name} has room for {room}")

    def _as_text(self, messages: Messages) -> str:
        if self._tokenizer.chat_template is None:
            told = "\n\n".join(message["content"] for message in messages)
            return f"{told}\n\nJSON: "
        return str(self._tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True))

    def _context(self) -> int:
        return int(getattr(self._model.config, "max_position_embeddings", 2048))

    def _load(self, files: ModelFiles, download: bool) -> tuple[Any, Any]:
        """Tokenizer and model: from this machine if they are there, else by name over the network if allowed."""
        try:
            return self._loaded(files, local=True)
        except UnavailableError:
            raise
        except OSError as error:
            if not download or os.path.isabs(files.source):  # noqa: PTH117  # a name of the hub is no path
                raise UnavailableError(f"{self._name} is not on this machine: {_first_line(error)}") from error
        except Exception as error:  # every library in the chain has errors of its own for a broken file
            raise UnavailableError(f"{self._name} cannot be loaded: {_first_line(error)}") from error
        try:
            return self._loaded(files, local=False)
        except Exception as error:  # as above
            raise UnavailableError(f"{self._name} cannot be fetched: {_first_line(error)}") from error

    def _loaded(self, files: ModelFiles, *, local: bool) -> tuple[Any, Any]:
        chosen = files.arguments() | {"local_files_only": local}
        tokenizer = AutoTokenizer.from_pretrained(files.source, **chosen)
        if not tokenizer.is_fast:
            raise UnavailableError(f"{self._name} has no fast tokenizer, which constrained decoding needs.")
        if files.gguf is None:
            chosen["use_safetensors"] = True  # a pickle is never read
        model = AutoModelForCausalLM.from_pretrained(files.source, dtype=self._dtype, **chosen)
        return tokenizer, model.to(self._device).eval()


def choose_device(wanted: str, index: int) -> torch.device:
    """The device of an ensemble's member: GPUs in turn where there are any, unless the CPU is asked for."""
    gpus = torch.cuda.device_count() if wanted != "cpu" else 0
    if gpus:
        return torch.device("cuda", index % gpus)
    if wanted == "cuda":
        raise UnavailableError("device: cuda was asked for, and torch sees no GPU.")
    return torch.device("cpu")


def choose_dtype(wanted: str, device: torch.device) -> torch.dtype:
    """The precision of weights; CPUs are slow at, or incapable of, the short ones."""
    if wanted == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    return _DTYPES[wanted]


def _first_line(error: BaseException) -> str:
    text = re.sub(r"\s+", " ", str(error)).strip()
    return text[:300] or type(error).__name__
