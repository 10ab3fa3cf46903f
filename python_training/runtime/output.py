r"""What this process prints: on a terminal, which foreign text must not command, and on a disk that may be full.

Words get lost on a full disk, the run does not. What could move a cursor, change a title or paste a command is shown as
an escape: \x1b for the character itself.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from typing import Any, TextIO

_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls but for tab and line feed, what changes the direction or the line of text, and halves of characters."""


def shown(text: str) -> str:
    r"""`text` with everything that a terminal would take for a command written as \xNN or \uNNNN."""
    return _COMMANDS.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class ShownText:
    """A text stream to which only what is `shown` is written; all else of it is the stream's own.

    Attributes:
        raw: the stream itself, for those who command the terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self.raw = stream

    def write(self, text: str) -> int:
        """Write `text` as it is shown; returns its length."""
        self.raw.write(shown(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of `lines`."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def show_foreign_text() -> None:
    """Have every `print`, log line and traceback of this process written as it is `shown`. Safe twice."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, ShownText):
            setattr(sys, name, ShownText(stream))


def raw(stream: Any) -> TextIO:
    """What is below a stream that shows, for a progress bar, which commands the terminal itself."""
    below: TextIO = stream.raw if isinstance(stream, ShownText) else stream
    return below


def complain(message: str) -> None:
    """Say something on stderr; a stderr that takes nothing is no error."""
    with contextlib.suppress(OSError, ValueError):
        print(message, file=sys.stderr, flush=True)


class _LossyFile(io.FileIO):
    """A file that swallows what it cannot write."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(memoryview(data).cast("B"))


def never_fail_to_print() -> None:
    """Make every `print` of this process safe, in foreign code too: worker.log may lie on a disk that is full."""
    for name, number in (("stdout", 1), ("stderr", 2)):
        file = _LossyFile(os.dup(number), "wb")
        text = io.TextIOWrapper(
            io.BufferedWriter(file), encoding="utf-8", errors="backslashreplace", line_buffering=True
        )
        setattr(sys, name, text)
