"""Settings: their layers, and errors that name the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.settings import Settings, load_settings
from python_training.contracts.errors import ConfigError, UnknownNameError

TOKEN = "a-token-that-is-long-enough"  # noqa: S105  # a test's


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config folder, and an environment without settings."""
    import os

    for name in list(os.environ):
        if name.startswith("PADDOCK_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    folder = tmp_path / "config"
    (folder / "profiles").mkdir(parents=True)
    (folder / "default.yaml").write_text("port: 6001\ncommand_burst: 7\nlog_level: error\n")
    (folder / "profiles" / "development.yaml").write_text("command_burst: 8\nlog_level: info\n")
    (folder / "profiles" / "testing.yaml").write_text("command_burst: 9\n")
    monkeypatch.setenv("PADDOCK_CONFIG_DIR", str(folder))
    monkeypatch.setenv("PADDOCK_ROOT", str(tmp_path))
    return folder


def test_each_layer_lies_over_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments win over the environment, that over the profile, that over default.yaml."""
    monkeypatch.setenv("PADDOCK_LOG_LEVEL", "warning")
    settings = load_settings(max_sessions=2)
    assert (settings.port, settings.command_burst, settings.log_level, settings.max_sessions) == (6001, 8, "warning", 2)
    assert load_settings(log_level="debug").log_level == "debug"


def test_the_profile_is_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """PADDOCK_PROFILE names the file in config/profiles that is laid over the defaults."""
    monkeypatch.setenv("PADDOCK_PROFILE", "testing")
    assert load_settings().command_burst == 9


def test_an_unknown_profile_is_answered_with_the_nearest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in PADDOCK_PROFILE is not silently ignored."""
    monkeypatch.setenv("PADDOCK_PROFILE", "testin")
    with pytest.raises(UnknownNameError) as caught:
        load_settings()
    assert caught.value.hint == "Did you mean 'testing'?"


def test_folders_follow_the_root(tmp_path: Path) -> None:
    """Logs, checkpoints and the database lie below the root unless they are set."""
    settings = load_settings(checkpoints_dir=Path("elsewhere"))
    assert settings.logs_dir == tmp_path / "logs"
    assert settings.checkpoints_dir == tmp_path / "elsewhere"
    assert settings.database_url == f"sqlite:///{tmp_path}/logs/paddock.db"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker compose passes `${DATABASE_URL:-}` on, which is empty when nobody set it."""
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("PADDOCK_ALLOWED_HOSTS", "")
    settings = load_settings()
    assert settings.database_url.startswith("sqlite:///")
    assert settings.allowed_hosts == ()


def test_database_url_needs_no_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL is the name that hosting services use."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/paddock")
    assert load_settings().database_url == "postgresql://localhost/paddock"


def test_listening_to_others_without_a_token_is_refused() -> None:
    """Whoever can reach the port could stop every run, so a token is asked for first."""
    with pytest.raises(ConfigError) as caught:
        load_settings(host="0.0.0.0")  # noqa: S104  # that it is refused is the point
    assert caught.value.field == "token"
    assert "PADDOCK_TOKEN" in (caught.value.hint or "")
    assert load_settings(host="0.0.0.0", token=TOKEN).known_hosts == frozenset()  # noqa: S104  # as above


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
def test_loopback_needs_no_token(host: str) -> None:
    """Only this machine can reach it."""
    assert load_settings(host=host).is_loopback


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", 70000),
        ("port", "http"),
        ("max_concurrent_runs", 0),
        ("async_mode", "gevent"),
        ("token", "short"),
        ("database_url", "mysql://somewhere"),
        ("no_such_setting", 1),
    ],
)
def test_an_error_names_the_field_and_where_it_is_set(field: str, value: object) -> None:
    """Whoever reads the error knows which setting is meant and which variable holds it."""
    with pytest.raises(ConfigError) as caught:
        load_settings(**{field: value})
    assert caught.value.field == field
    assert ("DATABASE_URL" if field == "database_url" else f"PADDOCK_{field.upper()}") in (caught.value.hint or "")


def test_secrets_are_not_repeated() -> None:
    """Neither an error nor the printed settings show a token or a database's password."""
    with pytest.raises(ConfigError) as caught:
        load_settings(token="hunter2")  # noqa: S106  # a test's
    assert "hunter2" not in caught.value.message
    settings = load_settings(token=TOKEN, database_url="postgresql://me:hunter3@db/paddock")
    assert TOKEN not in repr(settings)
    assert "hunter3" not in repr(settings)


def test_threads_are_shared_among_the_runs() -> None:
    """Runs that train at once do not fight for cores."""
    settings = load_settings(max_concurrent_runs=1000)
    assert settings.threads_per_run == 1


def test_the_shipped_profiles_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file in config/profiles makes settings."""
    shipped = Path(__file__).resolve().parents[2] / "config"
    monkeypatch.setenv("PADDOCK_CONFIG_DIR", str(shipped))
    for profile in ("development", "testing", "production"):
        monkeypatch.setenv("PADDOCK_PROFILE", profile)
        assert isinstance(load_settings(), Settings)


def test_settings_pass_through_the_environment_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The web process is started with the settings that the command line put together."""
    settings = load_settings(port=7001, host="0.0.0.0", token=TOKEN, allowed_hosts="a.example,b.example")  # noqa: S104
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


def test_a_token_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PADDOCK_TOKEN_FILE holds it for when none is set otherwise; a short one is refused as any other is."""
    file = tmp_path / "token"
    monkeypatch.setenv("PADDOCK_TOKEN_FILE", str(file))
    assert load_settings().token == ""
    file.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("PADDOCK_TOKEN", "")
    assert load_settings(host="0.0.0.0").token == TOKEN  # noqa: S104  # not bound
    assert load_settings(token="chosen-and-long-enough").token == "chosen-and-long-enough"  # noqa: S105, S106  # a test's
    file.write_text("short")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert caught.value.field == "token"


def test_a_token_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder in its place is no reason to serve without a token."""
    with pytest.raises(ConfigError, match=str(tmp_path)) as caught:
        load_settings(token_file=tmp_path)
    assert caught.value.field == "token_file"
