"""Who is told what: hands journalled events on to the clients that follow their run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from backend.domain.run import Run
from backend.realtime.client import Client
from backend.realtime.messages import Message, messages, training_status
from backend.store.base import RunStore
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.events import Event, EventType

Shown = Literal["sent", "left out", "gone"]
"""What became of a view frame."""

RUN_CHANGED_INTERVAL_S = 1.0
MAX_REPLAY_EVENTS = 5_000
EVERYBODY = ""
"""Stands for a run's id in messages to everybody; a `reset` for those has `run: null`: list the runs anew."""


class Broadcaster:
    """Sends events to clients, each message encoded once, each client's queue bounded.

    A client that joins at `since_seq` gets what it missed from the store and everything later from `publish`, without a
    gap or a repetition: events reach the store before they are published, and for each client and run the last seq sent
    is kept. Thread-safe; nothing here waits for a client. Sending may find out that a client is gone and call
    `disconnect` at once, from within: loops that send go over copies.
    """

    def __init__(self, store: RunStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.RLock()
        self._clients: dict[str, Client] = {}
        self._changed: dict[str, float] = {}
        """Runs that changed since `run_changed` was sent, with the time from which on it may be sent again."""
        self._told_at: dict[str, float] = {}
        self._newest: Run | None = None
        self._awaited: dict[tuple[str, str], str] = {}
        """(run, command id) -> sid of the client that waits for its end."""

    # -- clients -------------------------------------------------------------------------------------------------------

    def connect(self, client: Client) -> None:
        """Admit a client; until it joins a run, it follows the newest."""
        newest = self._store.newest()
        with self._lock:
            self._clients[client.sid] = client
            self._newest = newest
            if newest is not None:
                client.follows[newest.id] = newest.last_seq
                status = training_status(newest.id, newest.last_seq, newest.status, newest.reason)
                client.tell(Message.encode("training_status", status), newest.id)

    def disconnect(self, sid: str) -> None:
        """Forget a client."""
        with self._lock:
            self._clients.pop(sid, None)
            self._awaited = {key: waiting for key, waiting in self._awaited.items() if waiting != sid}

    def join(self, sid: str, run_id: str, since_seq: int | None) -> dict[str, Any]:
        """Let a client follow a run, from after `since_seq` on (None: from now on).

        Returns `{ok, seq, reset?}`: `seq` is the last event it has been told of; with `reset` it has missed too much
        for a replay (or for its queue), so it has to fetch the history by REST. Raises UnknownNameError.
        """
        with self._lock:
            last = self._store.get(run_id).last_seq
            client = self._clients[sid]
            if not client.chose:
                client.chose = True
                client.follows.clear()
            client.missed.discard(run_id)
            # A client may know more than the store when the database was deleted and is being rebuilt.
            if since_seq is None or since_seq >= last:
                client.follows[run_id] = last if since_seq is None else since_seq
                return {"ok": True, "seq": client.follows[run_id]}
            client.follows[run_id] = last
            if last - since_seq > MAX_REPLAY_EVENTS:
                return {"ok": True, "seq": last, "reset": True}
            missed = [
                message
                for event in self._store.events(run_id, since=since_seq, limit=MAX_REPLAY_EVENTS)
                if event.seq <= last
                for message in _encoded(run_id, event)
            ]
            if not client.has_room_for(sum(message.bytes for message in missed)):
                return {"ok": True, "seq": last, "reset": True}
            for message in missed:
                client.tell(message, run_id)
            return {"ok": True, "seq": last}

    def leave(self, sid: str, run_id: str) -> None:
        """Let a client no longer follow a run."""
        with self._lock:
            client = self._clients[sid]
            client.chose = True
            client.follows.pop(run_id, None)
            client.missed.discard(run_id)

    def await_command(self, sid: str, run_id: str, command_id: str) -> None:
        """Tell `sid` how the command ends even if it does not follow the run."""
        with self._lock:
            self._awaited[run_id, command_id] = sid

    def unsent_bytes(self) -> dict[str, int]:
        """Bytes that wait for each client."""
        with self._lock:
            return {sid: client.unsent_bytes() for sid, client in self._clients.items()}

    # -- what happens --------------------------------------------------------------------------------------------------

    def publish(self, run_id: str, events: Sequence[Event]) -> None:
        """Hand on events that the store has; called by the journal feed, in order of seq within a run."""
        with self._lock:
            if run_id not in self._told_at:
                self._take_newest()
            urgent = any(event.type is EventType.STATUS for event in events) or run_id not in self._told_at
            due = 0.0 if urgent else self._told_at[run_id] + RUN_CHANGED_INTERVAL_S
            self._changed[run_id] = min(due, self._changed.get(run_id, due))
            self._deliver(run_id, events, list(self._clients.values()))
            self._answer(run_id, events)

    def run_changed(self, run_id: str) -> None:
        """Something that is in no journal changed, such as notes: tell everybody at the next tick."""
        with self._lock:
            self._changed[run_id] = 0.0

    def run_deleted(self, run_id: str) -> None:
        """Tell everybody that a run is no more."""
        with self._lock:
            self._changed.pop(run_id, None)
            self._told_at.pop(run_id, None)
            for client in list(self._clients.values()):
                client.follows.pop(run_id, None)
                client.missed.discard(run_id)
            self._tell_all("run_deleted", {"run": run_id}, EVERYBODY)
            self._take_newest()

    def session_ended(self, session: str, reason: str) -> None:
        """Tell everybody that a session is over."""
        with self._lock:
            self._tell_all("session_ended", {"session": session, "reason": reason}, EVERYBODY)

    def tick(self) -> None:
        """Send what has become due: `run_changed`, and `reset` to clients that read again. To be called often."""
        with self._lock:
            now = self._clock()
            for run_id in [run_id for run_id, due in self._changed.items() if due <= now]:
                del self._changed[run_id]
                self._told_at[run_id] = now
                if self._clients:
                    self._tell_changed(run_id)
            for client in list(self._clients.values()):
                for run_id in client.recovered():
                    client.tell(Message.encode("reset", {"run": run_id or None}), run_id)

    def tell(self, sid: str, name: str, data: Mapping[str, Any], run_id: str = EVERYBODY) -> None:
        """Send one message to one client, if it is still there."""
        with self._lock:
            client = self._clients.get(sid)
            if client is not None:
                client.tell(Message.encode(name, data), run_id)

    def show(self, sid: str, message: Message) -> Shown:
        """Send a view frame unless an older one still waits."""
        with self._lock:
            client = self._clients.get(sid)
            if client is None:
                return "gone"
            return "sent" if client.show(message) else "left out"

    # -- inside, under the lock ----------------------------------------------------------------------------------------

    def _take_newest(self) -> None:
        """Clients that never chose follow the newest run, from its first event on if it is new."""
        newest = self._store.newest()
        old, self._newest = self._newest, newest
        if newest is None or (old is not None and old.id == newest.id):
            return
        for client in list(self._clients.values()):
            if not client.chose:
                client.follows = {newest.id: 0 if newest.id not in self._told_at else newest.last_seq}
                client.missed.clear()

    def _deliver(self, run_id: str, events: Iterable[Event], clients: Iterable[Client]) -> None:
        followers = [client for client in clients if run_id in client.follows]
        if not followers:
            return
        for event in events:
            late = [client for client in followers if client.follows[run_id] < event.seq]
            if not late:
                continue
            encoded = _encoded(run_id, event)
            for client in late:
                client.follows[run_id] = event.seq
                for message in encoded:
                    client.tell(message, run_id)

    def _answer(self, run_id: str, events: Iterable[Event]) -> None:
        """Tell whoever gave a command, but does not follow the run, how it went."""
        for event in events:
            if event.type is not EventType.ACK:
                continue
            key = (run_id, str(event.data.get("id")))
            client = self._clients.get(self._awaited.get(key, ""))
            if client is not None and run_id not in client.follows:
                for name, data in messages(run_id, event):
                    client.tell(Message.encode(name, data), run_id)
            if event.data.get("state") in ("done", "failed", "refused"):
                self._awaited.pop(key, None)

    def _tell_changed(self, run_id: str) -> None:
        try:
            run = self._store.get(run_id)
        except UnknownNameError:
            return  # deleted meanwhile, by another server perhaps
        self._tell_all("run_changed", {"run": run.to_summary()}, EVERYBODY)

    def _tell_all(self, name: str, data: Mapping[str, Any], run_id: str) -> None:
        message = Message.encode(name, data)
        for client in list(self._clients.values()):
            client.tell(message, run_id)


def _encoded(run_id: str, event: Event) -> list[Message]:
    return [Message.encode(name, data) for name, data in messages(run_id, event)]
