"""Who is told what: hands journalled events on to the clients that follow their run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from backend.domain.run import Run
from backend.realtime.client import Client, Follow
from backend.realtime.journal_pages import MAX_REPLAY_EVENTS, EncodedEvent, JournalPages, Position
from backend.realtime.messages import Message, messages, training_status
from backend.store.base import RunStore
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.events import Event, EventType

Shown = Literal["sent", "left out", "gone"]
"""What became of a view frame."""

RUN_CHANGED_INTERVAL_S = 1.0

NEWEST_AFTER_S = 2.0
"""A client that has joined nothing for so long follows the newest run. One that will join needs a moment to do so."""

LOOK_FOR_ROOM_S = 0.02

EVERYBODY = ""
"""Stands for a run's id in messages to everybody; a `reset` for those has `run: null`: list the runs anew."""

Start = Callable[[Callable[[], None]], object]


def _start_thread(task: Callable[[], None]) -> None:
    threading.Thread(target=task, name="replay", daemon=True).start()


class Broadcaster:
    """Sends events to clients, each message encoded once, each client's queue bounded.

    For each client and run a position in the journal is kept, which moves with every message that is queued. An event
    that is published goes to those whose position is right before it. For all others a task per client reads on in the
    journal's pages, from the position on, until it has arrived where events are published: so replay and live events
    meet without a gap or a repetition, and neither is done under the lock for long.

    Thread-safe; `publish` waits for no client.

    Args:
        store: events are in it before they are published.
        start: runs a task in the background.
        sleep: waits without keeping others from running.
    """

    def __init__(
        self,
        store: RunStore,
        *,
        start: Start = _start_thread,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._pages = JournalPages(store)
        self._start = start
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.RLock()
        self._clients: dict[str, Client] = {}
        self._arrivals: dict[str, tuple[float, Run | None]] = {}
        """Clients that have joined nothing yet: since when they are there, and which run was the newest then."""
        self._last: dict[str, int] = {}
        """Run -> seq of the last event that the store is known to have."""
        self._changed: dict[str, float] = {}
        """Runs that changed since `run_changed` was sent, with the time from which on it may be sent again."""
        self._told_at: dict[str, float] = {}
        self._newest: Run | None = None
        self._awaited: dict[tuple[str, str], str] = {}
        """(run, command id) -> sid of the client that waits for its end."""

    # -- clients -------------------------------------------------------------------------------------------------------

    def connect(self, client: Client) -> None:
        """Admit a client. Unless it joins a run soon, it follows the newest from where that stands now."""
        newest = self._store.newest()
        with self._lock:
            self._clients[client.sid] = client
            self._arrivals[client.sid] = (self._clock(), newest)
            self._newest = newest

    def disconnect(self, sid: str) -> None:
        """Forget a client."""
        with self._lock:
            self._clients.pop(sid, None)
            self._arrivals.pop(sid, None)
            self._awaited = {key: waiting for key, waiting in self._awaited.items() if waiting != sid}

    def join(self, sid: str, run_id: str, since: Position | None) -> dict[str, Any]:
        """Let a client follow a run, from behind `since` on (None: from now on), once `begin` is called.

        Returns `{ok, seq, reset?}`: `seq` is the run's last event; with `reset` the client has missed too much for a
        replay, so it has to fetch the history by REST, and is told what comes behind `seq`. Raises UnknownNameError.
        """
        last = self._last_seq(run_id)
        # A client may know more than the store when the database was deleted and is being rebuilt.
        reset = since is not None and self._pages.is_too_much(run_id, since, last)
        with self._lock:
            client = self._clients.get(sid)
            if client is not None:
                self._choose(client)
                client.missed.discard(run_id)
                client.follows[run_id] = Follow(Position(last) if since is None or reset else since)
        return {"ok": True, "seq": last, **({"reset": True} if reset else {})}

    def begin(self, sid: str, run_id: str) -> None:
        """Tell a client what it joined for. To be called when its join is acknowledged: nothing comes before that."""
        with self._lock:
            client = self._clients.get(sid)
            follow = client.follows.get(run_id) if client is not None else None
            if client is not None and follow is not None:
                follow.began = True
                self._catch_up(client)

    def leave(self, sid: str, run_id: str) -> None:
        """Let a client no longer follow a run."""
        with self._lock:
            client = self._clients.get(sid)
            if client is not None:
                self._choose(client)
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
        encoded = [EncodedEvent(run_id, event) for event in events]
        if any(event.is_compacted for event in encoded):
            self._pages.forget(run_id)  # they replace events that a page may hold
        with self._lock:
            if run_id not in self._told_at:
                self._take_newest()
            urgent = any(event.type is EventType.STATUS for event in events) or run_id not in self._told_at
            due = 0.0 if urgent else self._told_at[run_id] + RUN_CHANGED_INTERVAL_S
            self._changed[run_id] = min(due, self._changed.get(run_id, due))
            self._last[run_id] = max(events[-1].seq, self._last.get(run_id, 0))
            for client in self._clients.values():
                follow = client.follows.get(run_id)
                if follow is None or not follow.began or run_id in client.missed:
                    continue
                if not self._tell_events(client, run_id, follow, encoded):
                    self._catch_up(client)
            self._answer(run_id, events)

    def run_changed(self, run_id: str) -> None:
        """Something that is in no journal changed, such as notes: tell everybody at the next tick."""
        with self._lock:
            self._changed[run_id] = 0.0

    def run_deleted(self, run_id: str) -> None:
        """Tell everybody that a run is no more."""
        self._pages.forget(run_id)
        with self._lock:
            self._changed.pop(run_id, None)
            self._told_at.pop(run_id, None)
            self._last.pop(run_id, None)
            for client in self._clients.values():
                client.follows.pop(run_id, None)
                client.missed.discard(run_id)
            self._tell_all("run_deleted", {"run": run_id})
            self._take_newest()

    def session_ended(self, session: str, reason: str) -> None:
        """Tell everybody that a session is over."""
        with self._lock:
            self._tell_all("session_ended", {"session": session, "reason": reason})

    def tick(self) -> None:
        """Send what has become due: `run_changed`, `reset` to clients that read again, the newest run to those that
        joined nothing. To be called often.
        """
        with self._lock:
            now = self._clock()
            for run_id in [run_id for run_id, due in self._changed.items() if due <= now]:
                del self._changed[run_id]
                self._told_at[run_id] = now
                if self._clients:
                    self._tell_changed(run_id)
            for sid in [sid for sid, (since, _) in self._arrivals.items() if now - since >= NEWEST_AFTER_S]:
                self._show_newest(self._clients[sid], self._arrivals.pop(sid)[1])
            for client in self._clients.values():
                self._tell_resets(client)

    def tell(self, sid: str, name: str, data: Mapping[str, Any], run_id: str = EVERYBODY) -> None:
        """Send one message to one client, if it is still there."""
        with self._lock:
            client = self._clients.get(sid)
            if client is not None:
                client.tell(Message.event(name, data), run_id)

    def show(self, sid: str, message: Message) -> Shown:
        """Send a view frame unless an older one still waits."""
        with self._lock:
            client = self._clients.get(sid)
            if client is None:
                return "gone"
            return "sent" if client.show(message) else "left out"

    # -- inside, under the lock ----------------------------------------------------------------------------------------

    def _choose(self, client: Client) -> None:
        """Note that a client says itself what it follows: that ends the following of the newest run."""
        self._arrivals.pop(client.sid, None)
        if not client.chose:
            client.chose = True
            client.follows.clear()
            client.missed.clear()

    def _show_newest(self, client: Client, newest: Run | None) -> None:
        """Begin to follow the newest run: from where it stood when the client came, or whole if it is newer."""
        if newest is not None:
            status = training_status(newest.id, newest.last_seq, newest.status, newest.reason)
            client.tell(Message.event("training_status", status), newest.id)
        latest = self._newest
        if latest is not None:
            same = newest is not None and newest.id == latest.id
            client.follows = {latest.id: Follow(Position(newest.last_seq if newest and same else 0), began=True)}
            self._catch_up(client)

    def _take_newest(self) -> None:
        """Clients that never chose follow the newest run, from its first event on if it is new."""
        newest = self._store.newest()
        old, self._newest = self._newest, newest
        if newest is None or (old is not None and old.id == newest.id):
            return
        for client in self._clients.values():
            if not client.chose and client.sid not in self._arrivals:
                seq = 0 if newest.id not in self._told_at else newest.last_seq
                client.follows = {newest.id: Follow(Position(seq), began=True)}
                client.missed.clear()
                self._catch_up(client)

    def _last_seq(self, run_id: str) -> int:
        """Seq of the last event of a run in the store; asked of it only if nobody knows."""
        known = self._last.get(run_id)
        if known is None:
            known = self._store.get(run_id).last_seq
            with self._lock:
                known = self._last[run_id] = max(known, self._last.get(run_id, 0))
        return known

    def _tell_resets(self, client: Client) -> None:
        """Tell a client that reads again of what it has missed; it goes on behind that."""
        for run_id in client.recovered():
            client.tell(Message.event("reset", {"run": run_id or None}), run_id)
            if run_id in client.follows:
                client.follows[run_id].position = Position(self._last.get(run_id, 0))

    def _tell_events(self, client: Client, run_id: str, follow: Follow, events: Iterable[EncodedEvent]) -> bool:
        """Queue what of `events` is new to the client; False if it has no room for all, or lacks what comes before."""
        queued: list[Message] = []
        bytes = 0
        told = True
        for event in events:
            if event.seq <= follow.position.seq:
                continue
            if not event.follows(follow.position):
                told = False
                break
            if event.is_known_in_part(follow.position):
                client.missed.add(run_id)
                break
            for message, behind in event.rest(follow.position):
                if not client.has_room_for(bytes + message.bytes) and (queued or client.unsent_bytes()):
                    told = False
                    break
                bytes += message.bytes
                queued.append(message)
                follow.position = behind
            if not told:
                break
            follow.position = Position(event.seq)
        client.outbox.put_all(queued)
        return told

    def _catch_up(self, client: Client) -> None:
        """See to it that a task sends what the client has not been told yet."""
        if not client.catching_up and self._behind(client):
            client.catching_up = True
            self._start(lambda: self._replay(client))

    def _behind(self, client: Client) -> str | None:
        """A run of which the client can be told something at once."""
        for run_id, follow in client.follows.items():
            if follow.began and run_id not in client.missed and follow.position.seq < self._last.get(run_id, 0):
                return run_id
        return None

    def _answer(self, run_id: str, events: Iterable[Event]) -> None:
        """Tell whoever gave a command, but does not follow the run, how it went."""
        for event in events:
            if event.type is not EventType.ACK:
                continue
            key = (run_id, str(event.data.get("id")))
            client = self._clients.get(self._awaited.get(key, ""))
            if client is not None and run_id not in client.follows:
                for name, data in messages(run_id, event):
                    client.tell(Message.event(name, data), run_id)
            if event.data.get("state") in ("done", "failed", "refused"):
                self._awaited.pop(key, None)

    def _tell_changed(self, run_id: str) -> None:
        try:
            run = self._store.get(run_id)
        except UnknownNameError:
            return  # deleted meanwhile, by another server perhaps
        self._tell_all("run_changed", {"run": run.to_summary()})

    def _tell_all(self, name: str, data: Mapping[str, Any]) -> None:
        message = Message.event(name, data)
        for client in self._clients.values():
            client.tell(message, EVERYBODY)

    # -- in a task of its own ------------------------------------------------------------------------------------------

    def _replay(self, client: Client) -> None:
        """Queue what a client has not been told yet, as fast as it reads, until it is told what is published."""
        try:
            while (run_id := self._next_behind(client)) is not None:
                try:
                    self._replay_page(client, run_id)
                except UnknownNameError:
                    self._withdraw(client, run_id)  # deleted meanwhile
                self._sleep(0)
        except BaseException:
            client.catching_up = False
            raise

    def _next_behind(self, client: Client) -> str | None:
        with self._lock:
            run_id = self._behind(client) if self._clients.get(client.sid) is client else None
            client.catching_up = run_id is not None
            return run_id

    def _replay_page(self, client: Client, run_id: str) -> None:
        with self._lock:
            follow = client.follows.get(run_id)
            last = self._last.get(run_id, 0)
        if follow is None:
            return
        position = follow.position
        if last - position.seq > MAX_REPLAY_EVENTS:
            self._give_up(client, run_id)
            return
        events = self._pages.after(run_id, position, last)
        for event in events:
            _ = event.messages  # encoded here, not under the lock, and others have their turn in between
            self._sleep(0)
        while not client.has_read():
            if client.is_stalled() or self._clients.get(client.sid) is not client:
                self._give_up(client, run_id)
                return
            self._sleep(LOOK_FOR_ROOM_S)
        with self._lock:
            self._tell_resets(client)  # of other runs; this replay alone could keep its queue full for long
            if client.follows.get(run_id) is not follow or follow.position != position:
                return  # joined anew, or told of what was published meanwhile
            if not events:
                follow.position = max(position, Position(last))  # the store has lost what it once had
            elif events[0].is_known_in_part(position):
                client.missed.add(run_id)
            else:
                # The store knows what comes next, even where a number is missing.
                follow.position = max(position, Position(events[0].first_seq - 1))
                self._tell_events(client, run_id, follow, events)

    def _give_up(self, client: Client, run_id: str) -> None:
        """Let the client have a `reset` in place of what it has missed, once it reads."""
        with self._lock:
            client.missed.add(run_id)

    def _withdraw(self, client: Client, run_id: str) -> None:
        with self._lock:
            client.follows.pop(run_id, None)
            self._last.pop(run_id, None)
