from __future__ import annotations

import json
import resource
import socket
import subprocess
import sys
from typing import Any

import pytest
import yaml


def test_init_writes_what_validate_and_train_take(terminal: Any) -> None:
    """A written config is complete, says what each field means, and is accepted unchanged."""
    assert terminal.run("config", "init", "scripted", "--output", "my.yaml", "--set", "total_steps=6").code == 0
    text = (terminal.root / "my.yaml").read_text()
    assert "# The run is finished at this step.\ntotal_steps: 6\n" in text
    assert terminal.run("config", "validate", "my.yaml", "--for", "scripted", "--json").json["valid"] is True
    assert terminal.run("train", "scripted", "--config", "my.yaml", "--json").json["step"] == 6


def test_init_replaces_no_file_unasked(terminal: Any) -> None:
    """An existing file stays unless --force is given."""
    (terminal.root / "my.yaml").write_text("mine")
    assert terminal.run("config", "init", "scripted", "--output", "my.yaml", "--json").code == 1
    assert (terminal.root / "my.yaml").read_text() == "mine"
    assert terminal.run("config", "init", "scripted", "--output", "my.yaml", "--force").code == 0


@pytest.mark.parametrize(
    ("text", "field"), [("total_steps: many", "total_steps"), ("totl_steps: 3", "totl_steps"), ("[1, 2]", None)]
)
def test_validate_names_the_field(terminal: Any, text: str, field: str | None) -> None:
    """An invalid config ends with 3 and the path of the field."""
    (terminal.root / "bad.yaml").write_text(text)
    answer = terminal.run("config", "validate", "bad.yaml", "--for", "scripted", "--json")
    assert (answer.code, answer.json["error"].get("field")) == (3, field)


def test_settings_of_the_server_can_be_written_and_checked(terminal: Any) -> None:
    """The server's settings have the same three commands, and a secret is not written down."""
    assert terminal.run("config", "init", "server", "--output", "server.yaml").code == 0
    written = yaml.safe_load((terminal.root / "server.yaml").read_text())
    assert written["host"] == "127.0.0.1"
    assert "token" not in written
    assert terminal.run("config", "validate", "server.yaml", "--for", "server").code == 0
    (terminal.root / "server.yaml").write_text("port: 99999")
    answer = terminal.run("config", "validate", "server.yaml", "--for", "server", "--json")
    assert (answer.code, answer.json["error"]["field"]) == (3, "port")


def test_schema_describes_every_field(terminal: Any) -> None:
    """The JSON Schema is printed as one object."""
    assert "total_steps" in terminal.run("config", "schema", "scripted", "--json").json["properties"]
    assert "port" in json.loads(terminal.run("config", "schema", "server").out)["properties"]


def test_doctor_finds_a_sound_machine_sound(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an environment where the tests run nothing necessary is missing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PADDOCK_PORT", str(free.getsockname()[1]))
    answer = terminal.run("doctor", "--quick", "--json")
    failed = [check for check in answer.json["checks"] if check["state"] == "fail"]
    assert (answer.code, answer.json["ok"], failed) == (0, True, [])


def test_doctor_tells_of_a_port_in_use_and_a_file_in_place_of_the_logs(
    terminal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong is named with what to do, and the exit code is 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PADDOCK_PORT", str(port))
        (terminal.root / "logs").write_text("")
        answer = terminal.run("doctor", "--quick", "--json")
    failed = {check["name"]: check["hint"] for check in answer.json["checks"] if check["state"] == "fail"}
    assert answer.code == 1
    assert failed.keys() == {"logs folder", f"port {port}"}
    assert "PADDOCK_LOGS_DIR" in failed["logs folder"]
    assert "PADDOCK_PORT" in failed[f"port {port}"]


@pytest.mark.parametrize(
    "command",
    [
        ("serve",),
        ("train",),
        ("stop",),
        ("pause",),
        ("resume",),
        ("save",),
        ("runs", "list"),
        ("runs", "show"),
        ("runs", "delete"),
        ("runs", "export"),
        ("eval",),
        ("render",),
        ("doctor",),
        ("config", "init"),
        ("config", "validate"),
        ("config", "schema"),
        ("tensorboard",),
        ("bench",),
        ("mlflow",),
    ],
)
def test_help_has_examples_and_exit_codes(terminal: Any, command: tuple[str, ...]) -> None:
    """Every command shows how it is typed and what its exit codes mean."""
    answer = terminal.run(*command, "--help")
    assert answer.code == 0
    assert f"paddock {' '.join(command)}" in answer.out.partition("Examples:")[2]
    assert "Exit codes:" in answer.out


def test_help_is_quick_and_light() -> None:
    """--help answers within half a second of work and imports neither NumPy nor Rich nor Flask."""
    code = (
        "import sys; from backend.cli import main; main(['--help']);"
        "print([name for name in ('numpy', 'rich', 'flask', 'numba', 'tensorflow') if name in sys.modules])"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.endswith("[]\n"), told.stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 0.5
