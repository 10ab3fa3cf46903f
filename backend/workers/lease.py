"""The lease of supervision: of all servers on one logs folder, one looks after the workers."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from python_training.contracts.errors import PaddockError

FILE = "supervisor.lock"


class Lease:
    """Held through a lock that the kernel takes back when its process dies, however it dies."""

    def __init__(self, logs_dir: Path) -> None:
        self._path = logs_dir / FILE
        self._fd: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process supervises."""
        return self._fd is not None

    def acquire(self) -> bool:
        """Take the lease if it is free; whether it is held now. Raises PaddockError if the folder cannot be written."""
        if self._fd is not None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise PaddockError(f"{self._path} cannot be opened: {error.strerror}.", field="logs_dir") from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        """Let another server supervise; safe twice."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
