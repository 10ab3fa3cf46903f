"""Ctrl+C and a closed terminal, also while the main thread is deep in native code and Python's handlers wait."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator

from backend.cli.exits import ExitCode


@contextlib.contextmanager
def interrupt_watch(on_first: Callable[[], None]) -> Iterator[None]:
    """Call `on_first` at the first Ctrl+C, on a thread of its own; a second one ends the process at once.

    What the first one does is for the handlers that are installed. Without a main thread to own them this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(reader, on_first), name="interrupts", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(writer)
        watcher.join()
        os.close(reader)


@contextlib.contextmanager
def hangup_stops() -> Iterator[None]:
    """Make SIGHUP, which a closed terminal sends, mean what SIGTERM means; `nohup` keeps its meaning."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGHUP) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _watch(reader: int, on_first: Callable[[], None]) -> None:
    interrupted = False
    while numbers := os.read(reader, 16):
        for number in numbers:
            if number != signal.SIGINT:
                continue
            if interrupted:
                os._exit(ExitCode.INTERRUPTED)
            interrupted = True
            on_first()
