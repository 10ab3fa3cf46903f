"""A progress bar on stderr for work of known length, and nothing where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from python_training.runtime.output import raw, shown


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """Yield a function to call with (what is being done, how much is done, how much there is, None if unknown)."""
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(file=raw(sys.stderr)), transient=True) as progress:
        tasks = {}

        def report(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(escape(shown(what)), total=total)
            progress.update(tasks[what], completed=done)

        yield report
