"""create_app: the one place where the web process is wired together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from backend.api import before, compression, context, error_handlers, headers, openapi
from backend.api.dashboard import dashboard
from backend.api.guard import LOGIN, Door, Guard
from backend.api.login import login
from backend.api.logins import Login, Logins
from backend.api.rate_limit import RateLimit
from backend.api.strict_json import StrictJson
from backend.realtime.broadcaster import Broadcaster
from backend.realtime.gate import Limits
from backend.realtime.handlers import Handlers
from backend.realtime.messages import COMPACT_JSON
from backend.realtime.viewers import Viewers
from backend.services.admission import Admission
from backend.services.casting import Casting
from backend.services.checkpoints import Checkpoints
from backend.services.elites import Elites
from backend.services.journal_feed import JournalFeed
from backend.services.machine import Machine
from backend.services.player_files import PlayerFiles
from backend.services.reports import Reports
from backend.services.run_settings import RunSettings
from backend.services.runs import Runs
from backend.services.session_plans import SessionPlans
from backend.services.sessions import Sessions
from backend.services.systems import Systems
from backend.settings import Settings
from backend.store.base import RunStore
from backend.store.sql import SqlRunStore
from backend.workers.ending import StopPolicy
from backend.workers.sessions import SessionProcesses
from backend.workers.supervisor import Supervisor

log = logging.getLogger("paddock")

TICK_S = 0.25
"""How often due messages are sent and ended sessions noticed."""

INPUT_RATE, INPUT_BURST = 120, 240
"""Inputs to games: twice what sixty frames a second could show."""

JOIN_RATE, JOIN_BURST = 20, 60
"""Runs joined and sessions watched by one connection; an address may do so for ten of them."""

PACKET_RATE, PACKET_BURST = 300, 1000
"""Socket.IO messages of one connection, whatever is in them: more than inputs and commands together."""

FRAME_RATE, FRAME_BURST = 1, 50
"""Pongs and the like of one connection: one is due in twenty seconds."""

REFUSAL_RATE, REFUSAL_BURST = 5, 1000
"""Refusals after which a connection is ended: a client with a fault hears of it, a flood ends."""

PING_INTERVAL_S, PING_TIMEOUT_S = 20, 20
MAX_SOCKET_MESSAGE_BYTES = 100_000


@dataclass(slots=True)
class Paddock:
    """The wired web process. `start` sets its background loops going, `close` ends them."""

    settings: Settings
    app: Flask
    socketio: SocketIO
    logins: Logins
    store: RunStore
    feed: JournalFeed
    runs: Runs
    sessions: Sessions
    supervisor: Supervisor
    broadcaster: Broadcaster
    _stopped: bool = False
    _loops: list[Any] = field(default_factory=list)

    def start(self) -> None:
        """Follow the journals, supervise the workers, and push what happens."""
        sleep = self.socketio.sleep
        settings = self.settings
        self._spawn(
            lambda: self.feed.run(
                self._is_stopped,
                interval_s=settings.feed_interval_s,
                scan_interval_s=settings.scan_interval_s,
                sleep=sleep,
            )
        )
        self._spawn(lambda: self.supervisor.run(self._is_stopped, interval_s=settings.scan_interval_s, sleep=sleep))
        self._spawn(self._tick)

    def close(self) -> None:
        """End loops, sessions and connections; runs go on without a server. Safe twice."""
        if self._stopped:
            return
        self._stopped = True
        self.sessions.close_all()
        for loop in self._loops:
            loop.join()
        self.supervisor.close()
        self.store.close()

    def disconnect(self, is_over: Callable[[Login], bool]) -> None:
        """End the Socket.IO connections that were opened with a login that is over."""
        server = self.socketio.server
        for sid, environ in list(server.environ.items()):
            login, client = environ.get(LOGIN), server.eio.sockets.get(sid)
            if client is not None and login is not None and is_over(login):
                client.close(wait=False)  # for one that does not read, waiting would have no end

    def _is_stopped(self) -> bool:
        return self._stopped

    def _spawn(self, loop: Callable[[], None]) -> None:
        self._loops.append(self.socketio.start_background_task(loop))

    def _tick(self) -> None:
        while not self._stopped:
            try:
                self.broadcaster.tick()
                self.sessions.reap()
                self.disconnect(self.logins.has_expired)
            except Exception:
                log.exception("A round of messages failed; the next one follows.")
            self.socketio.sleep(TICK_S)


def _transport_log() -> logging.Logger:
    """Engine.IO's logger, silent: a traceback for each malformed request would let anybody fill the log."""
    logger = logging.getLogger("paddock.engineio")
    logger.setLevel(logging.CRITICAL)
    return logger


def create_app(settings: Settings) -> Paddock:
    """Wire everything that `settings` ask for. Nothing runs in the background until `start`.

    With async_mode eventlet the process must have been patched before (backend.server does).
    """
    for folder in (settings.logs_dir, settings.checkpoints_dir):
        folder.mkdir(parents=True, exist_ok=True)
    app = openapi.new_app()
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request_bytes
    app.json = StrictJson(app)
    socketio = SocketIO(
        app,
        async_mode=settings.async_mode,
        cors_allowed_origins=[],  # Door checks the origin, and no other page is ever let in
        json=COMPACT_JSON,
        manage_session=False,
        always_connect=True,
        engineio_logger=_transport_log(),
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        max_http_buffer_size=MAX_SOCKET_MESSAGE_BYTES,
    )
    guard = Guard(settings)
    commands = RateLimit(settings.command_rate, settings.command_burst)

    store = SqlRunStore(settings.database_url)
    broadcaster = Broadcaster(store, start=socketio.start_background_task, sleep=socketio.sleep)
    feed = JournalFeed(
        store,
        settings.logs_dir,
        settings.checkpoints_dir,
        broadcaster.publish,
        gone=broadcaster.run_deleted,
        changed=broadcaster.run_changed,
    )
    admission = Admission(settings.name_policy())
    runs = Runs(
        store,
        feed,
        settings.logs_dir,
        settings.checkpoints_dir,
        threads_per_run=settings.threads_per_run,
        command_timeout_s=settings.command_timeout_s,
        sleep=socketio.sleep,
        admission=admission,
        stop=StopPolicy(settings.stop_patience_s, settings.stop_grace_s),
    )

    def hear(run_id: str, silent_since: float | None, silence: str) -> None:
        store.hear(run_id, silent_since, silence)
        broadcaster.run_changed(run_id)

    supervisor = Supervisor(
        settings.logs_dir,
        settings.checkpoints_dir,
        max_concurrent_runs=settings.max_concurrent_runs,
        stop=StopPolicy(settings.stop_patience_s, settings.stop_grace_s),
        silence=hear,
        names=settings.name_policy(),
    )
    elites = Elites(runs)
    player_files = PlayerFiles(settings.players_dir)
    casting = Casting(runs, elites, player_files, admission)
    sessions = Sessions(
        SessionProcesses(settings.logs_dir, settings.name_policy(), sleep=socketio.sleep),
        max_sessions=settings.max_sessions,
        idle_s=settings.session_idle_s,
        ended=broadcaster.session_ended,
        sleep=socketio.sleep,
    )
    Handlers(
        socketio,
        broadcaster,
        Viewers(sessions, broadcaster, socketio.start_background_task, socketio.sleep),
        runs,
        sessions,
        limits=Limits(
            packets=RateLimit(PACKET_RATE, PACKET_BURST).take,
            frames=RateLimit(FRAME_RATE, FRAME_BURST).take,
            refusals=RateLimit(REFUSAL_RATE, REFUSAL_BURST).take,
            joins=RateLimit(JOIN_RATE, JOIN_BURST).take,
            joins_of_address=RateLimit(10 * JOIN_RATE, 10 * JOIN_BURST).take,
            commands=commands.take,
            inputs=RateLimit(INPUT_RATE, INPUT_BURST).take,
        ),
        queue_bytes=settings.client_queue_bytes,
        max_message_bytes=MAX_SOCKET_MESSAGE_BYTES,
        max_connections=settings.max_connections_per_address,
    ).install()

    context.install(
        app,
        context.Context(
            settings=settings,
            store=store,
            runs=runs,
            checkpoints=Checkpoints(runs, feed),
            elites=elites,
            reports=Reports(runs),
            systems=Systems(player_files, RunSettings(runs), admission),
            plans=SessionPlans(runs, casting),
            sessions=sessions,
            machine=Machine(store, settings.logs_dir, lambda: supervisor.holds_lease, sleep=socketio.sleep),
            guard=guard,
            commands=commands,
            run_changed=broadcaster.run_changed,
            run_deleted=broadcaster.run_deleted,
            started=time.time(),
        ),
    )
    before.install(app)
    compression.install(app)  # the last to see an answer: the first one put in
    error_handlers.install(app)
    headers.install(app)
    app.register_blueprint(login)
    app.register_blueprint(dashboard)
    clients = socketio.server.eio.sockets
    app.wsgi_app = Door(app.wsgi_app, guard, lambda: len(clients), settings.max_clients)  # type: ignore[method-assign]  # how WSGI middleware is put in
    paddock = Paddock(settings, app, socketio, guard.logins, store, feed, runs, sessions, supervisor, broadcaster)
    guard.logins.ended.append(lambda ended: paddock.disconnect(lambda login: login.id == ended))
    return paddock
