"""Files that others may have written or damaged: opened only if they are plain files, read whole, up to a size.

A named pipe in place of a file would keep its reader waiting for ever, a device has no end.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

from python_training.contracts.errors import CheckpointError, PaddockError


def open_plain_file(path: Path, flags: int = os.O_RDONLY, *, follow: bool = True) -> int:
    """A file descriptor of a plain file; never waits.

    Args:
        path: the file.
        flags: as `os.open` takes them; with O_CREAT the file is made, readable to all.
        follow: whether a link to a plain file will do.

    Raises:
        OSError: it cannot be opened, or is no plain file.
    """
    handle = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW), 0o644)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OSError(errno.EINVAL, "it is no plain file", str(path))


def remove_folder(path: Path) -> None:
    """Remove a folder, or whatever is in its place; what cannot be removed stays.

    `shutil.rmtree` alone would wait for ever at a named pipe.
    """
    try:
        is_folder = stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return
    if is_folder:
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def read_plain_file(
    path: Path, limit: int, *, follow: bool = False, error: type[PaddockError] = CheckpointError
) -> bytes:
    """What a plain file of at most `limit` bytes holds; raises `error`, which names the file.

    Links are not followed unless asked for: the folder may have been copied from somewhere else.
    """
    try:
        with os.fdopen(open_plain_file(path, follow=follow), "rb") as file:
            content = file.read(limit + 1)
    except OSError as fault:
        raise error(f"{path.name} cannot be read: {fault.strerror}.") from fault
    if len(content) > limit:
        raise error(f"{path.name} is larger than {limit} bytes.")
    return content


def json_object(name: str, content: bytes, *, error: type[PaddockError] = CheckpointError) -> dict[str, Any]:
    """The JSON object in `content`; raises `error`, which names the file."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise error(f"{name} is not JSON.") from fault
    if not isinstance(document, dict):
        raise error(f"{name} must hold a JSON object, got {type(document).__name__}.")
    return document
