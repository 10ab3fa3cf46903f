"""Makes the members of the ensemble from the config: one process for each model and each server."""

from __future__ import annotations

import queue
import re

from python_training.systems.tuner.adviser.member import Member
from python_training.systems.tuner.adviser.member_process import Heard
from python_training.systems.tuner.adviser.protocol import MemberSpec
from python_training.systems.tuner.adviser_config import AdviserConfig
from python_training.systems.tuner.objectives.outside_code import require_allowed

_PROVIDERS = "python_training.systems.tuner.adviser.providers"


def make_members(config: AdviserConfig, inbox: queue.SimpleQueue[Heard]) -> tuple[Member, ...]:
    """Models first, then servers; no process is started yet.

    Raises:
        ConfigError: it names code or a server, and comes from somebody who may not have either run or told.
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
    """A class is code; a server would be sent what the environment holds as its key."""
    for model in config.models:
        if _is_class(model):
            require_allowed(f"'{model}'", "adviser.models")
    for endpoint in config.endpoints:
        require_allowed(f"'{endpoint.url}'", "adviser.endpoints")


def _is_class(model: str) -> bool:
    return re.fullmatch(r"[\w.]+:\w+", model) is not None
