"""One member of the adviser, in a process of its own: `python -m python_training.systems.tuner.adviser.worker`.

Whatever a model's libraries do (hang, crash, eat memory, print), the run only sees lines of the protocol, or none.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import queue
import sys
import threading
import time
from typing import BinaryIO

from python_training.foreign_code import contained
from python_training.parent_process import end_with_parent
from python_training.systems.tuner.adviser import protocol
from python_training.systems.tuner.adviser.providers.base import Provider, RefusedError, UnavailableError


def main() -> int:
    """Serve until the run ends, however it ends: the kernel tells, and so does the end of standard input."""
    end_with_parent()
    told = _claim_stdout()
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    spec = protocol.MemberSpec.decode(sys.stdin.buffer.readline(protocol.MAX_LINE))
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    os.nice(spec.niceness)
    _end_after(spec.start_timeout_s)
    try:
        with contained("the start of the model"):
            provider = _build(spec)
        _say(told, protocol.encode_ready(provider.describe()))
        while True:
            faulthandler.cancel_dump_traceback_later()
            _answer(provider, lines.get(), told)
    except UnavailableError as error:
        _say(told, protocol.encode_failed(str(error)))
        return 1


def _build(spec: protocol.MemberSpec) -> Provider:
    module, _, name = spec.provider.partition(":")
    try:
        built: Provider = getattr(importlib.import_module(module), name)(spec.settings)
    except ImportError as error:
        raise UnavailableError(f"{error}. Install what it runs on: make adviser") from error
    except AttributeError as error:
        raise UnavailableError(f"{spec.provider} cannot be built: {error}") from error
    return built


def _answer(provider: Provider, line: bytes, told: BinaryIO) -> None:
    number, question, kill_after_s = protocol.decode_question(line)
    _end_after(kill_after_s)
    began = time.perf_counter()
    try:
        with contained("an answer"):
            generated = provider.generate(question)
    except RefusedError as error:
        _say(told, protocol.encode_refused(number, str(error), time.perf_counter() - began))
    else:
        _say(told, protocol.encode_answer(number, generated, time.perf_counter() - began))


def _claim_stdout() -> BinaryIO:
    """The pipe to the run, for us alone: what libraries print goes to standard error."""
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return told


def _say(told: BinaryIO, line: bytes) -> None:
    told.write(line)
    told.flush()


def _listen(lines: queue.SimpleQueue[bytes]) -> None:
    """Hand questions on; when the run is gone there is nobody to answer, so end at once, in the midst of a sentence."""
    while line := sys.stdin.buffer.readline(protocol.MAX_LINE):
        lines.put(line)
    os._exit(0)


def _end_after(seconds: float) -> None:
    """End this process if it is not done by then, even while a library holds the interpreter's lock."""
    faulthandler.dump_traceback_later(seconds, exit=True)


if __name__ == "__main__":
    sys.exit(main())
