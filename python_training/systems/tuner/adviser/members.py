"""Makes the members of the ensemble from the config: one process for each model and each server."""

from __future__ import annotations

import queue
import re

from python_training.contracts.names import Names
from python_training.policy import in_force
from python_training.systems.tuner.adviser.member import Member
from python_training.systems.tuner.adviser.member_process import Heard
from python_training.systems.tuner.adviser.protocol import MemberSpec
from python_training.systems.tuner.adviser_config import AdviserConfig

_PROVIDERS = "python_training.systems.tuner.adviser.providers"


def make_members(config: AdviserConfig, inbox: queue.SimpleQueue[Heard]) -> tuple[Member, ...]:
    """Models first, then servers; no process is started yet.

    Raises:
        NotAllowedError: it names code, a model or a server that a config from the network must not name.
    """
    _require_allowed(config)
    return tuple(
        Member(
            spec,
            inbox,
            threads=config.threads,
            answer_timeout_s=config.answer_timeout_s,
            max_deaths=config.max_deaths,
        )
        for spec in member_specs(config)
    )


def member_specs(config: AdviserConfig) -> tuple[MemberSpec, ...]:
    """What each process is told. A model's settings have its number, by which GPUs are given out in turn."""
    specs = []
    for index, model in enumerate(config.models):
        provider = model if _is_class(model) else f"{_PROVIDERS}.local_model:LocalModel"
        settings = {
            "model": model,
            "index": index,
            "device": config.device,
            "dtype": config.dtype,
            "threads": config.threads,
            "download": config.download,
        }
        specs.append(MemberSpec(model, provider, settings, config.niceness, config.start_timeout_s))
    for endpoint in config.endpoints:
        provider = f"{_PROVIDERS}.endpoint:Endpoint"
        name = f"{endpoint.model} at {endpoint.url}"
        specs.append(MemberSpec(name, provider, endpoint.model_dump(), config.niceness, config.start_timeout_s))
    return tuple(specs)


def _require_allowed(config: AdviserConfig) -> None:
    """A class is code, a model's files may be anywhere, and a server is sent what the run has found out."""
    policy = in_force()
    for model in config.models:
        policy.require(Names.MODEL, model, "adviser.models")
    for endpoint in config.endpoints:
        policy.require(Names.URL, endpoint.url, "adviser.endpoints")


def _is_class(model: str) -> bool:
    return re.fullmatch(r"[\w.]+:\w+", model) is not None
