"""`paddock tensorboard`: TensorBoard on the logs folder, behind the same guard as the dashboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.exits import help_end

if TYPE_CHECKING:
    from backend.api.guard import WsgiApp
    from backend.settings import Settings

commands = typer.Typer()


@commands.command(
    epilog=help_end(
        "paddock tensorboard",
        "paddock tensorboard --port 6007",
        "PADDOCK_TOKEN=... paddock tensorboard --host 0.0.0.0",
    )
)
def tensorboard(
    host: Annotated[str, typer.Option(help="Address to listen on; other than loopback needs a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port to listen on.")] = 6006,
) -> None:
    """Start TensorBoard on all runs, until Ctrl+C.

    Where a token is set, it asks for the login of the dashboard on the same host, or for the token as a bearer.
    """
    from tensorboard import default, main_lib, program

    from backend.settings import load_settings

    settings = load_settings(host=host)
    settings.logs_dir.mkdir(parents=True, exist_ok=True)

    class GuardedServer(program.WerkzeugServer):  # type: ignore[misc]  # TensorBoard has no types
        """TensorBoard's own server, which asks nobody who they are."""

        def __init__(self, wsgi_app: WsgiApp, flags: Any) -> None:
            super().__init__(guarded(wsgi_app, settings), flags)

    main_lib.global_init()
    board = program.TensorBoard(plugins=default.get_plugins(), server_class=GuardedServer)
    # Its fast loader would be a second server, on a port that nobody guards.
    board.configure(
        ["tensorboard", "--logdir", str(settings.logs_dir), "--host", host, "--port", str(port), "--load_fast", "false"]
    )
    raise typer.Exit(board.main())


def guarded(wsgi_app: WsgiApp, settings: Settings) -> WsgiApp:
    """`wsgi_app` for requests that are addressed to this server and carry the token or a login, if a token is set."""
    from backend.api.error_handlers import as_wsgi
    from backend.api.guard import Guard
    from backend.api.pages import page
    from python_training.contracts.errors import PaddockError

    guard = Guard(settings)

    def ask_first(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            guard.check_source(environ)
            if guard.is_authenticated(environ):
                return wsgi_app(environ, start_response)
            if "text/html" not in environ.get("HTTP_ACCEPT", ""):
                guard.check_token(environ)
        except PaddockError as error:
            status, headers, body = as_wsgi(error)
            start_response(status, headers)
            return [body]
        return page("TensorBoard", _log_in_first(environ, settings), 401)(environ, start_response)

    return ask_first


def _log_in_first(environ: dict[str, Any], settings: Settings) -> str:
    """What a person without a login reads. Browsers send the dashboard's cookie to all ports of its host."""
    from backend.api.authority import authority_of

    asked = authority_of(environ.get("HTTP_HOST", ""))
    name = asked.name if asked else settings.host
    login = escape(f"http://{f'[{name}]' if ':' in name else name}:{settings.port}/login")
    return f"""<h1>TensorBoard</h1>
<p>Log in at the dashboard of the same host, then reload this page: <a href="{login}">{login}</a></p>"""
