"""Who watches which session: one stream from the session's process to each watcher."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from backend.realtime.broadcaster import Broadcaster
from backend.realtime.messages import Message
from backend.services.sessions import Sessions
from python_training.contracts.errors import PaddockError
from python_training.runtime.control_stream import FrameStream

log = logging.getLogger("paddock.realtime")

MAX_WATCHED_BY_ONE = 8
"""Sessions that one client may watch at once."""

PATIENCE_S = 0.1
"""After so long a frame that must not be missed is asked for again."""


class _Stream:
    """One client's stream; it ends once `wanted` is false."""

    def __init__(self) -> None:
        self.wanted = True


class Viewers:
    """Passes view frames on. A session leaves out frames for a stream that is not read, and so does the broadcaster for
    a client that does not read, so a slow one sees the newest picture later, never a queue of old ones. Thread-safe.

    Args:
        start: runs a function in the background.
        sleep: waits without keeping others from running.
    """

    def __init__(
        self,
        sessions: Sessions,
        broadcaster: Broadcaster,
        start: Callable[..., Any],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._sessions = sessions
        self._broadcaster = broadcaster
        self._start = start
        self._sleep = sleep
        self._lock = threading.Lock()
        self._streams: dict[tuple[str, str], _Stream] = {}

    def watch(self, sid: str, session: str, fps: float, stills: str = "always") -> None:
        """Send pictures of `session` to client `sid`, in place of an earlier stream of it.

        Raises:
            NotFoundError: there is no such session.
        """
        stream = _Stream()
        source = self._sessions.stream(session, fps, stills)
        with self._lock:
            self._cancel(sid, session)
            watched = [key for key in self._streams if key[0] == sid]
            if len(watched) >= MAX_WATCHED_BY_ONE:
                self._cancel(*watched[0])
            self._streams[sid, session] = stream

        def pass_on() -> None:
            try:
                self._pass_on(sid, session, source, lambda: not stream.wanted)
            except PaddockError as error:
                log.info("Session %s is no longer shown: %s", session, error)
            finally:
                source.close()
                with self._lock:
                    if self._streams.get((sid, session)) is stream:
                        del self._streams[sid, session]

        self._start(pass_on)

    def unwatch(self, sid: str, session: str) -> None:
        """End a client's stream of a session, if there is one."""
        with self._lock:
            self._cancel(sid, session)

    def forget(self, sid: str) -> None:
        """End all streams of a client that has gone."""
        with self._lock:
            for key in [key for key in self._streams if key[0] == sid]:
                self._cancel(*key)

    def _pass_on(self, sid: str, session: str, source: FrameStream, stopped: Callable[[], bool]) -> None:
        """Hand on frames unread until the client or the session is gone, or `stopped()`."""
        for frame in source.frames(stopped):
            match self._broadcaster.show(sid, Message.view_frame(session, frame.text)):
                case "gone":
                    return
                case "left out" if frame.stills:
                    # Later frames build on the layers that stand still in this one.
                    self._sleep(PATIENCE_S)
                    source.again()

    def _cancel(self, sid: str, session: str) -> None:
        stream = self._streams.pop((sid, session), None)
        if stream is not None:
            stream.wanted = False
