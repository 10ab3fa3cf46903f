"""What deploy/ and docker-compose.yml promise, tried as far as it can be without Docker and systemd.

A container is here its entry point as a plain process, with the environment that Compose and the image would give it.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from python_training.testing.runs import wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent
COMPOSE = REPOSITORY / "docker-compose.yml"
DOCKERFILE = REPOSITORY / "deploy" / "Dockerfile"
SYSTEMD_ANALYZE = shutil.which("systemd-analyze")
MADE_TOKEN = re.compile(r"This container's token is: (\S+)")
ANNOUNCED = re.compile(r"Paddock is at http://\S+:(\d+)")


def services() -> dict[str, Any]:
    """The services of the Compose file, merge keys resolved."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def stages() -> list[list[str]]:
    """The instructions of each stage of the Dockerfile, lines that go on joined, comments left out."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#")]
    found: list[list[str]] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.startswith("FROM "):
            found.append([])
        if line.strip():
            found[-1].append(" ".join(line.split()))
    return found


def app_environment() -> dict[str, str]:
    """The variables that compose gives the app when nobody has set anything: `${NAME:-}` is empty then."""
    given = services()["app"]["environment"]
    return {name: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(value)) for name, value in given.items()}


def free_port() -> int:
    """A port of the loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Container:
    """deploy/entrypoint as a plain process, with the environment of the container."""

    def __init__(self, root: Path, **environment: str | None) -> None:
        """Start it; a variable that is None is not there at all."""
        self._root = root
        self._log = root / "container.log"
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        path = f"{SCRIPTS}{os.pathsep}{os.defpath}"
        image = {"PATH": path, "PADDOCK_ROOT": str(root), "PADDOCK_TOKEN_FILE": str(root / "run" / "token")}
        given = {**image, "PYTHONUNBUFFERED": "1", "PADDOCK_PORT": str(free_port()), **app_environment(), **environment}
        self.environment = kept | {name: value for name, value in given.items() if value is not None}
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [REPOSITORY / "deploy" / "entrypoint", "serve"],
                cwd=root,
                env=self.environment,
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

    @property
    def token_file(self) -> Path:
        """Where the image keeps a token that was made."""
        return self._root / "run" / "token"

    def exec(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """What `docker compose exec` runs: a command in the container's environment, past the entry point."""
        return subprocess.run(
            command, cwd=self._root, env=self.environment | environment, capture_output=True, text=True, timeout=120
        )

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
    ports = [port for service in services().values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_copies_what_exists() -> None:
    """Every source of a COPY from the build context is there, and .dockerignore does not hide it."""
    ignored = {line.strip("/ ") for line in (REPOSITORY / ".dockerignore").read_text().splitlines()}
    copied = [
        source
        for stage in stages()
        for line in stage
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
    assert container.token_file.read_text().strip() == token
    assert stat.S_IMODE(container.token_file.stat().st_mode) == 0o600
    assert container.get("/health").json()["status"] == "ok"
    assert container.get("/api/v1/runs").status_code == 401
    assert container.get("/api/v1/runs", token="not" + token).status_code == 401
    answer = container.get("/api/v1/runs", token=token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["runs"] == []
    assert container.end() == 0
    volumes = {Path(volume.split(":")[1]).name for volume in services()["app"]["volumes"]}
    assert {path.name for path in container.token_file.parents[1].iterdir()} <= {*volumes, "container.log"}


def test_a_token_that_was_set_is_kept_and_not_printed(tmp_path: Path) -> None:
    """Logs are read by more people than may stop runs."""
    token = "chosen-by-whoever-runs-this"  # noqa: S105  # a test's
    container = Container(tmp_path, PADDOCK_TOKEN=token)
    try:
        assert container.get("/api/v1/runs", token=token).status_code == 200
        assert token not in container.output
    finally:
        container.end()


def test_a_command_in_the_container_knows_the_token_that_was_made(container: Container) -> None:
    """`docker compose exec app paddock ...` is let in by the server; without the file it would not be."""
    token = container.token_file.read_text().strip()
    made = requests.post(
        f"{container.url}/api/v1/runs",
        json={"system": "scripted", "config": {"total_steps": 5}},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert made.status_code == 201, made.text
    run = made.json()["id"]
    wait_for(lambda: container.get(f"/api/v1/runs/{run}", token).json()["status"] == "finished", "the run's end", 60)
    delete = ("paddock", "runs", "delete", run, "--yes", "--json")
    refused = container.exec(*delete, PADDOCK_TOKEN_FILE="")
    assert refused.returncode != 0
    assert "token" in refused.stdout, refused
    done = container.exec(*delete)
    assert done.returncode == 0, done.stdout + done.stderr
    assert container.get(f"/api/v1/runs/{run}", token).status_code == 404


def test_a_container_keeps_the_token_that_it_made(tmp_path: Path) -> None:
    """The next start asks for the same one, and does not print it again; runs do not get it."""
    first = Container(tmp_path)
    token = first.token_file.read_text().strip()
    assert first.end() == 0
    second = Container(tmp_path)
    try:
        assert second.get("/api/v1/runs", token=token).status_code == 200
        assert token not in second.output
        assert str(second.token_file) in second.output
    finally:
        second.end()


def test_tensorboard_asks_for_the_login_of_the_dashboard(tmp_path: Path) -> None:
    """Nobody without the token or a login sees a run in it; the dashboard's login holds, until it is ended."""
    app = Container(tmp_path)
    port = free_port()
    here = {"6006": str(port), "0.0.0.0": "127.0.0.1"}  # noqa: S104  # not bound
    words = [here.get(word, word) for word in services()["tensorboard"]["command"]]
    log = tmp_path / "tensorboard.log"
    with log.open("wb") as output:
        board = subprocess.Popen(
            [REPOSITORY / "deploy" / "entrypoint", *words],
            cwd=tmp_path,
            env=app.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: "Press CTRL+C" in log.read_text() or board.poll(), "TensorBoard to open its port", 120)
        assert board.poll() is None, log.read_text()
        url, page = f"http://127.0.0.1:{port}", {"Accept": "text/html"}
        token = app.token_file.read_text().strip()
        assert requests.get(f"{url}/data/runs", timeout=30).status_code == 401
        sent = requests.get(url, headers=page, timeout=30)
        assert sent.status_code == 401
        assert f"{app.url}/login" in sent.text
        assert requests.get(f"{url}/data/runs", headers={"Host": "evil.example"}, timeout=30).status_code == 403
        bearer = {"Authorization": f"Bearer {token}"}
        assert requests.get(f"{url}/data/runs", headers=bearer, timeout=30).status_code == 200
        person = requests.Session()
        person.post(f"{app.url}/login", data={"token": token}, timeout=30).raise_for_status()
        assert person.get(url, headers=page, timeout=30).status_code == 200
        cookies = dict(person.cookies)
        person.post(f"{app.url}/logout", timeout=30)
        assert requests.get(f"{url}/data/runs", cookies=cookies, timeout=30).status_code == 401
    finally:
        board.terminate()
        board.wait(timeout=30)
        app.end()


def test_every_service_is_confined() -> None:
    """No capability, no way to more privileges, nothing to write but volumes, and a limit to memory and processes."""
    for name, service in services().items():
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["read_only"] is True, name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
    assert [name for name, service in services().items() if "cap_add" in service] == ["postgres"]
    assert services()["app"]["shm_size"]


def test_what_the_image_writes_is_a_volume() -> None:
    """The folders that the image gives its user are volumes, in the image and for the app, which writes no other."""
    final = "\n".join(stages()[-1])
    owned = re.search(r"chown -R paddock ([a-z ]+)", final)
    declared = re.search(r"^VOLUME (\[.*\])$", final, re.MULTILINE)
    assert owned
    assert declared
    mounted = sorted(volume.split(":")[1] for volume in services()["app"]["volumes"])
    assert mounted == sorted(json.loads(declared[1]))
    assert mounted == sorted(f"/srv/paddock/{each}" for each in owned[1].split())
    named = yaml.safe_load(COMPOSE.read_text())["volumes"]
    used = {volume.split(":")[0] for service in services().values() for volume in service.get("volumes", [])}
    assert used == set(named)


@pytest.fixture(scope="module")
def image_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the repository that the image has, in a folder of their own."""
    root = tmp_path_factory.mktemp("image")
    hidden = [line.strip().removeprefix("**/") for line in (REPOSITORY / ".dockerignore").read_text().splitlines()]
    leave_out = shutil.ignore_patterns(*(name for name in hidden if "/" not in name))
    from_context = [line for stage in stages() for line in stage if line.startswith("COPY ") and "--from" not in line]
    for instruction in from_context:
        *sources, _ = instruction.split()[1:]
        for source in sources:
            target = root / source
            if source == "frontend":
                continue  # its build is tried by the browser's tests
            target.parent.mkdir(parents=True, exist_ok=True)
            if (REPOSITORY / source).is_dir():
                shutil.copytree(REPOSITORY / source, target, ignore=leave_out)
            else:
                shutil.copy(REPOSITORY / source, target)
    return root


@pytest.mark.parametrize(
    "command",
    [
        "bench arena -- --help",
        "bench tuner-aa -- --help",
        "config init ppo --preset lunabotics",
        "config init server",
        "train tuner --preset battlesnake --save-config written.yaml",
        "battlesnake params --help",
        "tensorboard --help",
    ],
)
def test_the_image_has_the_files_that_commands_need(command: str, image_files: Path) -> None:
    """Commands of the documents find in the image what they find in a checkout: benchmarks, presets, settings."""
    code = "import sys, backend; assert backend.__file__.startswith(sys.argv.pop(1)); import backend.cli as c; c.main()"
    done = subprocess.run(
        [sys.executable, "-c", code, str(image_files), *shlex.split(command)],
        cwd=image_files,
        env={name: value for name, value in os.environ.items() if not name.startswith("PADDOCK_")}
        | {"PYTHONPATH": str(image_files), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_has_the_programs_that_runs_need() -> None:
    """A tuner's acceptances are commits, so git is in the last stage, beside Python."""
    installed = re.search(r"apt-get install -y --no-install-recommends ([a-z0-9 -]+?) &&", "\n".join(stages()[-1]))
    assert installed
    assert "git" in installed[1].split()


@pytest.mark.parametrize(("password", "started"), [("", False), ("a-password", True)])
def test_postgresql_does_not_start_with_an_empty_password(password: str, started: bool, tmp_path: Path) -> None:
    """The profile's entry point refuses one, and hands over to the image's own otherwise."""
    own = tmp_path / "docker-entrypoint.sh"
    own.write_text('#!/bin/sh\necho "image started $*"\n')
    own.chmod(0o755)
    service = services()["postgres"]
    command = [word.replace("$$", "$") for word in [*service["entrypoint"], *service["command"]]]
    done = subprocess.run(
        command,
        env={"PATH": f"{tmp_path}{os.pathsep}{os.defpath}", "POSTGRES_PASSWORD": password},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode == 0) is started
    assert ("image started postgres" in done.stdout) is started
    assert ("POSTGRES_PASSWORD is empty" in done.stderr) is not started


def read_unit(name: str) -> configparser.SectionProxy:
    """The section Service of a unit."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are case-sensitive
    unit.read(REPOSITORY / "deploy" / f"{name}.service")
    return unit["Service"]


def installed_unit(name: str, folder: Path) -> Path:
    """A unit that is told that Paddock lies in this checkout; all else is the unit's own."""
    text = (REPOSITORY / "deploy" / f"{name}.service").read_text()
    unit = folder / f"{name}.service"
    unit.write_text(re.sub(r"^(ExecStart=)\S+", rf"\1{SCRIPTS / 'paddock'}", text, flags=re.MULTILINE))
    return unit


@pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["paddock", "paddock-tuner"])
def test_systemd_finds_a_unit_confined(name: str, tmp_path: Path) -> None:
    """By systemd's own measure of what a service could do to its machine: 9.6 does nothing against it, 4 is good."""
    unit = installed_unit(name, tmp_path)
    done = subprocess.run(
        [str(SYSTEMD_ANALYZE), "security", "--offline=true", "--no-pager", "--threshold=40", unit],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@pytest.mark.parametrize("name", ["paddock", "paddock-tuner"])
def test_a_systemd_unit_says_how_its_user_and_folders_come_to_be(name: str) -> None:
    """The user is in the sysusers file, memory is bounded, and only folders that the unit's head makes are writable."""
    service = read_unit(name)
    user, *_ = (REPOSITORY / "deploy" / "paddock.sysusers.conf").read_text().splitlines()[-1].removeprefix("u ").split()
    assert service["User"] == user
    assert service["MemoryMax"]
    assert service["ProtectHome"] == "true"
    assert service["ProtectSystem"] == "strict"
    head = (REPOSITORY / "deploy" / "paddock.service").read_text().split("[Unit]")[0]
    assert "systemd-sysusers" in head
    owned = re.search(r"chown -R paddock: (.+)", head)
    assert owned
    assert service["ReadWritePaths"].split() == [f"{service['WorkingDirectory']}/{each}" for each in owned[1].split()]


@pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["paddock", "paddock-tuner"])
def test_systemd_finds_no_fault_with_a_unit(name: str, tmp_path: Path) -> None:
    """Of the place where Paddock would be installed it is told that it is elsewhere; all else is the unit's own."""
    unit = installed_unit(name, tmp_path)
    done = subprocess.run([str(SYSTEMD_ANALYZE), "verify", unit], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert name not in done.stderr, done.stderr


@pytest.mark.parametrize(("name", "kill_mode"), [("paddock", "process"), ("paddock-tuner", "mixed")])
def test_a_systemd_unit_starts_a_command_that_exists(name: str, kill_mode: str) -> None:
    """ExecStart is a command of ours with arguments it takes; stopping signals the server or the tuner's parent alone.

    The workers of the server are spared by that; the tuner's parent passes the signal on, and saves.
    """
    service = read_unit(name)
    command, *arguments = (word for word in shlex.split(service["ExecStart"]) if not word.startswith("$"))
    assert Path(command).relative_to(service["WorkingDirectory"]) == Path(".venv/bin/paddock")
    done = subprocess.run([SCRIPTS / "paddock", *arguments, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert service["KillMode"] == kill_mode
