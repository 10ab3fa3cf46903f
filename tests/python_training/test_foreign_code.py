from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from python_training.contracts.errors import ForeignExitError
from python_training.foreign_code import contained


def _raise(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (SystemExit(0), "SystemExit(0)"),
        (SystemExit(), "SystemExit()"),
        (KeyboardInterrupt(), "KeyboardInterrupt()"),
        (GeneratorExit(), "GeneratorExit()"),
        (asyncio.CancelledError(), "CancelledError()"),
    ],
)
def test_what_ends_a_process_becomes_an_error_that_names_its_place(error: BaseException, shown: str) -> None:
    """The message has what was raised, what was going on, the function, the file and the line."""
    with pytest.raises(ForeignExitError) as caught, contained("the show"):
        _raise(error)
    assert caught.value.message.startswith(f"{shown} ended the show, raised by _raise in {__file__}, line ")
    assert caught.value.__cause__ is error


def test_a_call_of_exit_is_told_from_its_caller() -> None:
    """`exit()` and `sys.exit()` are the standard library's; the place that is named is who called them."""
    with pytest.raises(ForeignExitError, match="by test_a_call_of_exit_is_told_from_its_caller"), contained("it"):
        sys.exit("bye")


def test_exceptions_and_results_pass(capsys: pytest.CaptureFixture[str]) -> None:
    """Errors stay what they are, and a function that is contained returns what it returns."""
    with pytest.raises(StopIteration), contained("it"):
        raise StopIteration
    assert contained("it")(max)(1, 2) == 2


def test_os_exit_is_an_error_too_on_whichever_thread() -> None:
    """Inside of foreign code os._exit does not end the process, in nested blocks and on threads of a pool neither."""
    caught = pytest.raises(ForeignExitError, match=r"os\._exit\(3\) ended the inner")
    with caught, contained("the outer"), contained("the inner"):
        os._exit(3)
    with ThreadPoolExecutor(1) as pool, pytest.raises(ForeignExitError, match=r"os\._exit\(0\)"):
        pool.submit(contained("work")(os._exit), 0).result()


def test_a_forked_child_may_leave_by_os_exit() -> None:
    """Libraries that fork end their children so: only the process that is looked after is kept."""
    with contained("it"):
        child = os.fork()
        if child == 0:
            os._exit(7)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7


def test_ctrl_c_stays_one_and_the_handler_is_put_back() -> None:
    """A real SIGINT leaves as KeyboardInterrupt; one that is only raised does not, before or after."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        with pytest.raises(ForeignExitError), contained("it"):
            raise KeyboardInterrupt
        with pytest.raises(KeyboardInterrupt), contained("it"):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(ForeignExitError), contained("it"):
            raise KeyboardInterrupt
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_handler_of_ones_own_is_left_alone() -> None:
    """The worker's handler of SIGINT, which may change while foreign code runs, is what it set itself."""
    before = signal.signal(signal.SIGINT, lambda *_: signal.signal(signal.SIGINT, signal.SIG_IGN))
    try:
        with contained("it"):
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_on_another_thread_is_foreign() -> None:
    """Ctrl+C reaches the main thread only."""
    caught: list[BaseException] = []

    def work() -> None:
        try:
            with contained("it"):
                raise KeyboardInterrupt
        except ForeignExitError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_outside_of_foreign_code_os_exit_is_what_it_was() -> None:
    """The program's own way out works after foreign code has been called."""
    program = "import os; from python_training.foreign_code import contained\nwith contained('it'): pass\nos._exit(5)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 5
