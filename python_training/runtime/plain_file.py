"""Files that others may have written: read whole, up to a size, and never through a link."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from python_training.contracts.errors import CheckpointError


def read_plain_file(path: Path, limit: int) -> bytes:
    """What a plain file of at most `limit` bytes holds; raises CheckpointError.

    Links are not followed: the folder may have been copied from somewhere else.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise CheckpointError(f"{path.name} is no plain file.")
            content = file.read(limit + 1)
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(content) > limit:
        raise CheckpointError(f"{path.name} is larger than {limit} bytes.")
    return content


def json_object(name: str, content: bytes) -> dict[str, Any]:
    """The JSON object in `content`; raises CheckpointError that names the file."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{name} is not JSON.") from error
    if not isinstance(document, dict):
        raise CheckpointError(f"{name} must hold a JSON object, got {type(document).__name__}.")
    return document
