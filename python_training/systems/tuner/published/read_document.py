"""tuner.json as it is read back, and the settings that it names. Light to import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from python_training.contracts.errors import CheckpointError, NoCheckpointError

DOCUMENT: Final = "tuner.json"
MAX_DOCUMENT_BYTES: Final = 200_000_000
WHICH: Final = ("start", "best", "recommended")


def read_document(folder: Path) -> dict[str, Any]:
    """The facts of the run whose folder of checkpoints, or one of whose checkpoints, `folder` is.

    Raises:
        NoCheckpointError: there are none yet.
        CheckpointError: the file is no document of a tuner.
    """
    path = folder / DOCUMENT
    try:
        if path.stat().st_size > MAX_DOCUMENT_BYTES:
            raise CheckpointError(f"{path} is larger than {MAX_DOCUMENT_BYTES} bytes.")
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise NoCheckpointError(
            f"{folder.name} has no {DOCUMENT} yet.",
            field="run",
            hint="Only runs of the tuner have one, from their first checkpoint on: paddock save RUN.",
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}.") from error
    if not isinstance(document, dict) or not {"objective", "start", "incumbent", "recommended", "accepted"} <= set(
        document
    ):
        raise CheckpointError(f"{path} is not what a tuner writes.")
    return document


def setting_names(document: Mapping[str, Any]) -> list[str]:
    """All that `named_setting` knows."""
    return [*WHICH, *(str(each["number"]) for each in document["accepted"])]


def named_setting(document: Mapping[str, Any], which: str) -> dict[str, float] | None:
    """The values called `which`: start, best, recommended, or the number of an accepted setting; None of others."""
    settings: dict[str, Mapping[str, float]] = {
        "start": document["start"],
        "best": document["incumbent"]["values"],
        "recommended": document["recommended"]["values"],
        **{str(each["number"]): each["values"] for each in document["accepted"]},
    }
    found = settings.get(which)
    return None if found is None else {name: float(value) for name, value in found.items()}
