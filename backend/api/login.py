"""/login turns the token into a cookie that pages can use and scripts in pages cannot read; /logout takes it back."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from backend.api.context import client_address, context
from backend.api.logins import COOKIE, LOGIN_SECONDS
from backend.api.pages import page
from backend.errors import UnauthenticatedError

login = Blueprint("login", __name__)


@login.get("/login")
def show_login() -> AnyResponse:
    """The login page; straight on to the dashboard for those who need none."""
    target = _target(request.args.get("next", "/"))
    if context().guard.is_authenticated(request.environ):
        return redirect(target, 303)
    return _form(target)


@login.post("/login")
def do_login() -> AnyResponse:
    """Check the token from the form, and set the cookie."""
    views = context()
    target = _target(request.form.get("next", "/"))
    if not views.guard.check_guess(request.form.get("token", ""), client_address()):
        return _form(target, "That is not this server's token.", 401)
    answer = redirect(target, 303)
    answer.set_cookie(
        COOKIE,
        views.guard.logins.issue(),
        max_age=LOGIN_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=views.settings.secure_cookie,
    )
    return answer


@login.post("/logout")
def do_logout() -> AnyResponse:
    """End the login, wherever its cookie was copied to, and take the cookie back."""
    guard = context().guard
    login = guard.login_of(request.environ)
    if login is not None:
        guard.logins.end(login)
    answer = redirect("/login", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=context().settings.secure_cookie)
    return answer


def send_to_login() -> AnyResponse:
    """What a person without cookie gets instead of the page they asked for; programs get a 401."""
    if request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
        raise UnauthenticatedError(
            "This server asks for a token.",
            hint="Log in at /login, or send the header 'Authorization: Bearer <token>'.",
        )
    return redirect(f"/login?next={quote(request.full_path.rstrip('?'), safe='/')}", 303)


def _target(wanted: str) -> str:
    """`wanted` if it is a page of this server, else the front page: a link must not lead elsewhere after the login."""
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not any(ord(c) < 32 for c in wanted)
    return wanted if safe else "/"


def _form(target: str, message: str = "", status: int = 200) -> Response:
    problem = f'<p class="problem" role="alert">{escape(message)}</p>' if message else ""
    return page(
        "Log in",
        f"""<form method="post" action="/login">
<h1>Paddock</h1>
<p>This control room asks for a token. Whoever started the server has it.</p>
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<input type="hidden" name="next" value="{escape(target)}">
{problem}
<button type="submit">Log in</button>
</form>""",
        status,
    )
