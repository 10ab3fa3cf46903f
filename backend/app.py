"""create_app: the one place where the web process is wired together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from backend.api import before, context, error_handlers, headers, openapi
from backend.api.dashboard import dashboard
from backend.api.guard import Guard, SocketGuard
from backend.api.login import login
from backend.api.rate_limit import RateLimit
from backend.realtime.broadcaster import Broadcaster
from backend.realtime.handlers import Handlers
from backend.realtime.messages import COMPACT_JSON
from backend.realtime.viewers import Viewers
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
from backend.workers.sessions import SessionProcesses
from backend.workers.supervisor import Supervisor

log = logging.getLogger("paddock")

TICK_S = 0.25
"""How often due messages are sent and ended sessions noticed."""

LOGIN_RATE, LOGIN_BURST = 0.2, 10
"""Guesses of the token: ten at once, then one in five seconds."""

INPUT_RATE, INPUT_BURST = 120, 240
"""Inputs to games: twice what sixty frames a second could show."""

PING_INTERVAL_S, PING_TIMEOUT_S = 20, 20
MAX_SOCKET_MESSAGE_BYTES = 100_000


@dataclass(slots=True)
class Paddock:
    """The wired web process. `start` sets its background loops going, `close` ends them."""

    settings: Settings
    app: Flask
    socketio: SocketIO
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

    def _is_stopped(self) -> bool:
        return self._stopped

    def _spawn(self, loop: Callable[[], None]) -> None:
        self._loops.append(self.socketio.start_background_task(loop))

    def _tick(self) -> None:
        while not self._stopped:
            try:
                self.broadcaster.tick()
                self.sessions.reap()
            except Exception:
                log.exception("A round of messages failed; the next one follows.")
            self.socketio.sleep(TICK_S)


def create_app(settings: Settings) -> Paddock:
    """Wire everything that `settings` ask for. Nothing runs in the background until `start`.

    With async_mode eventlet the process must have been patched before (backend.server does).
    """
    for folder in (settings.logs_dir, settings.checkpoints_dir):
        folder.mkdir(parents=True, exist_ok=True)
    app = openapi.new_app()
    app.config["MAX_CONTENT_LENGTH"] = settings.max_request_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]  # lists of steps and metrics have an order of their own
    socketio = SocketIO(
        app,
        async_mode=settings.async_mode,
        cors_allowed_origins=[],  # SocketGuard checks the origin, and no other page is ever let in
        json=COMPACT_JSON,
        manage_session=False,
        always_connect=True,
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        max_http_buffer_size=MAX_SOCKET_MESSAGE_BYTES,
    )
    guard = Guard(settings)
    commands = RateLimit(settings.command_rate, settings.command_burst)

    store = SqlRunStore(settings.database_url)
    broadcaster = Broadcaster(store)
    feed = JournalFeed(
        store,
        settings.logs_dir,
        settings.checkpoints_dir,
        broadcaster.publish,
        gone=broadcaster.run_deleted,
        changed=broadcaster.run_changed,
    )
    runs = Runs(
        store,
        feed,
        settings.logs_dir,
        settings.checkpoints_dir,
        threads_per_run=settings.threads_per_run,
        command_timeout_s=settings.command_timeout_s,
        sleep=socketio.sleep,
    )
    supervisor = Supervisor(
        settings.logs_dir, settings.checkpoints_dir, max_concurrent_runs=settings.max_concurrent_runs
    )
    elites = Elites(runs)
    player_files = PlayerFiles(settings.players_dir)
    casting = Casting(runs, elites, player_files)
    sessions = Sessions(
        SessionProcesses(settings.logs_dir, sleep=socketio.sleep),
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
        limit_commands=commands.take,
        limit_inputs=RateLimit(INPUT_RATE, INPUT_BURST).take,
        queue_bytes=settings.client_queue_bytes,
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
            systems=Systems(player_files, RunSettings(runs)),
            plans=SessionPlans(runs, casting),
            sessions=sessions,
            machine=Machine(store, settings.logs_dir, lambda: supervisor.holds_lease),
            guard=guard,
            commands=commands,
            logins=RateLimit(LOGIN_RATE, LOGIN_BURST),
            run_changed=broadcaster.run_changed,
            run_deleted=broadcaster.run_deleted,
            started=time.time(),
        ),
    )
    before.install(app)
    error_handlers.install(app)
    headers.install(app)
    app.register_blueprint(login)
    app.register_blueprint(dashboard)
    app.wsgi_app = SocketGuard(app.wsgi_app, guard)  # type: ignore[method-assign]  # how WSGI middleware is put in
    return Paddock(settings, app, socketio, store, feed, runs, sessions, supervisor, broadcaster)
