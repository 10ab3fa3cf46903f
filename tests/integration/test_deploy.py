"""What deploy/ and docker-compose.yml promise, tried as far as it can be without Docker and systemd."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from python_training.testing.runs import wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent
COMPOSE = REPOSITORY / "docker-compose.yml"
SYSTEMD_ANALYZE = shutil.which("systemd-analyze")
MADE_TOKEN = re.compile(r"This container's token is: (\S+)")
ANNOUNCED = re.compile(r"Paddock is at http://\S+:(\d+)")


def app_environment() -> dict[str, str]:
    """The variables that compose gives the app when nobody has set anything: `${NAME:-}` is empty then."""
    given = yaml.safe_load(COMPOSE.read_text())["services"]["app"]["environment"]
    return {name: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(value)) for name, value in given.items()}


class Container:
    """deploy/entrypoint as a plain process, with the environment of the container."""

    def __init__(self, root: Path, **environment: str | None) -> None:
        """Start it; a variable that is None is not there at all."""
        self._log = root / "container.log"
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        path = f"{SCRIPTS}{os.pathsep}{os.defpath}"
        given = {"PATH": path, "PYTHONUNBUFFERED": "1", "PADDOCK_PORT": "0", **app_environment(), **environment}
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [REPOSITORY / "deploy" / "entrypoint", "serve"],
                cwd=root,
                env=kept | {name: value for name, value in given.items() if value is not None},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(self._is_open, "the server to open its port", 60)
        found = ANNOUNCED.search(self.output)
        assert found, self.output
        self.url = f"http://127.0.0.1:{found[1]}"

    @property
    def output(self) -> str:
        """What was printed so far."""
        return self._log.read_text()

    def get(self, path: str, token: str | None = None) -> requests.Response:
        """GET a path, with or without a token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(self.url + path, headers=headers, timeout=30)

    def end(self) -> int:
        """End it as `docker stop` does; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def _is_open(self) -> bool:
        assert self.process.poll() is None, self.output
        return ANNOUNCED.search(self.output) is not None


@pytest.fixture(params=["", None], ids=["compose", "docker run"])
def container(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Container]:
    """A container in which nobody set a token: compose passes an empty one, `docker run` none. It ends afterwards."""
    started = Container(tmp_path, PADDOCK_TOKEN=request.param)
    yield started
    if started.process.poll() is None:
        started.end()


def test_the_compose_file_is_valid() -> None:
    """docker-compose.yml fits the Compose specification's own schema."""
    done = subprocess.run(
        [SCRIPTS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_this_machine_reaches_the_published_ports() -> None:
    """Compose publishes on the loopback: who wants more puts a proxy with TLS before it, knowingly."""
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_copies_what_exists() -> None:
    """Every source of a COPY from the build context is there, and .dockerignore does not hide it."""
    ignored = {line.strip("/ ") for line in (REPOSITORY / ".dockerignore").read_text().splitlines()}
    copied = [
        source
        for line in (REPOSITORY / "deploy" / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    assert copied
    assert [source for source in copied if not (REPOSITORY / source).exists()] == []
    assert ignored.isdisjoint(copied)


def test_a_container_without_a_token_makes_one(container: Container) -> None:
    """It prints the token, asks for it, and serves with every variable that compose leaves empty counted as unset."""
    found = MADE_TOKEN.search(container.output)
    assert found, container.output
    token = found[1]
    assert container.get("/health").json()["status"] == "ok"
    assert container.get("/api/v1/runs").status_code == 401
    assert container.get("/api/v1/runs", token="not" + token).status_code == 401
    answer = container.get("/api/v1/runs", token=token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["runs"] == []
    assert container.end() == 0


def test_a_token_that_was_set_is_kept_and_not_printed(tmp_path: Path) -> None:
    """Logs are read by more people than may stop runs."""
    token = "chosen-by-whoever-runs-this"  # noqa: S105  # a test's
    container = Container(tmp_path, PADDOCK_TOKEN=token)
    try:
        assert container.get("/api/v1/runs", token=token).status_code == 200
        assert token not in container.output
    finally:
        container.end()


@pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["paddock", "paddock-tuner"])
def test_systemd_finds_no_fault_with_a_unit(name: str, tmp_path: Path) -> None:
    """Of the place where Paddock would be installed it is told that it is elsewhere; all else is the unit's own."""
    text = (REPOSITORY / "deploy" / f"{name}.service").read_text()
    installed = re.sub(r"^(ExecStart=)\S+", rf"\1{SCRIPTS / 'paddock'}", text, flags=re.MULTILINE)
    unit = tmp_path / f"{name}.service"
    unit.write_text(installed)
    done = subprocess.run([str(SYSTEMD_ANALYZE), "verify", unit], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert name not in done.stderr, done.stderr


@pytest.mark.parametrize(("name", "kill_mode"), [("paddock", "process"), ("paddock-tuner", "mixed")])
def test_a_systemd_unit_starts_a_command_that_exists(name: str, kill_mode: str) -> None:
    """ExecStart is a command of ours with arguments it takes; stopping signals the server or the tuner's parent alone.

    The workers of the server are spared by that; the tuner's parent passes the signal on, and saves.
    """
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are case-sensitive
    unit.read(REPOSITORY / "deploy" / f"{name}.service")
    service = unit["Service"]
    command, *arguments = (word for word in shlex.split(service["ExecStart"]) if not word.startswith("$"))
    assert Path(command).relative_to(service["WorkingDirectory"]) == Path(".venv/bin/paddock")
    done = subprocess.run([SCRIPTS / "paddock", *arguments, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert service["KillMode"] == kill_mode
