"""What a config from the network may name, and the one object that says so. Light to import."""

from __future__ import annotations

from python_training.policy.policy import (
    ENVIRONMENT,
    MAX_PLAYER_NAME,
    NOTHING_ALLOWED,
    PLAYER_SUFFIXES,
    UNRESTRICTED,
    NotAllowedError,
    Policy,
    as_text,
    in_force,
)

__all__ = [
    "ENVIRONMENT",
    "MAX_PLAYER_NAME",
    "NOTHING_ALLOWED",
    "PLAYER_SUFFIXES",
    "UNRESTRICTED",
    "NotAllowedError",
    "Policy",
    "as_text",
    "in_force",
]
