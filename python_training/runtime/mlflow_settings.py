"""Whether and where runs are also logged to MLflow. Imports no MLflow: that is an extra, and off unless it is set."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from python_training.contracts.errors import ConfigError

TRACKING_URI = "PADDOCK_MLFLOW_TRACKING_URI"
EXPERIMENT = "PADDOCK_MLFLOW_EXPERIMENT"
DEFAULT_EXPERIMENT = "paddock"


@dataclass(frozen=True, slots=True)
class MLflowSettings:
    """A tracking store.

    Attributes:
        tracking_uri: as MLflow takes it: sqlite:///mlflow.db, http://host:5000, ... It may hold a password.
        experiment: name of the experiment that gets the runs; it is created if it is not there.
    """

    tracking_uri: str = field(repr=False)
    experiment: str = DEFAULT_EXPERIMENT

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """The store that the environment names, None if it names none. An empty variable counts as unset."""
        uri = environment.get(TRACKING_URI)
        return cls(uri, environment.get(EXPERIMENT) or DEFAULT_EXPERIMENT) if uri else None

    def to_environment(self) -> dict[str, str]:
        """Variables from which another process reads these very settings."""
        return {TRACKING_URI: self.tracking_uri, EXPERIMENT: self.experiment}

    @property
    def shown(self) -> str:
        """The URI without user name and password, for messages."""
        return hide_credentials(self.tracking_uri, self.tracking_uri)

    def require_mlflow(self) -> None:
        """Raise ConfigError, which says what to install, if MLflow is not there."""
        if importlib.util.find_spec("mlflow") is None:
            raise ConfigError(
                f"mlflow_tracking_uri is set ({self.shown}), and MLflow is not installed.",
                field="mlflow_tracking_uri",
                hint=f"make setup installs it; or unset {TRACKING_URI}.",
            )


def hide_credentials(text: str, uri: str) -> str:
    """`text` with the user name and password of `uri` left out wherever it names them."""
    try:
        user, at, _ = urlsplit(uri).netloc.rpartition("@")
    except ValueError:  # no URI at all: then it holds no password either
        return text
    return text.replace(f"{user}@", "").replace(user, "...") if at and user else text
