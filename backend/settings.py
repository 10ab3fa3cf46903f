"""Settings of the web process: config/default.yaml < config/profiles/<profile>.yaml < environment < arguments.

The environment is read with the prefix PADDOCK_ (PADDOCK_PORT=5001); DATABASE_URL goes without. An empty variable
counts as unset, so that docker compose may pass `${PADDOCK_TOKEN:-}` on.
"""

from __future__ import annotations

import ipaddress
import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, InitSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from python_training.contracts.config import config_dir, merge, read_config_file
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.policy import Policy
from python_training.runtime.mlflow_settings import MLflowSettings

MIN_TOKEN_LENGTH = 16
DEFAULT_PROFILE = "development"
SECRET_FIELDS = frozenset({"token", "database_url", "mlflow_tracking_uri"})
OLD_ALLOW_CODE = "PADDOCK_ALLOW_CODE"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
DASHBOARD = Path(__file__).resolve().parents[1] / "frontend" / "dist" / "paddock" / "browser"


def _cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _split(value: Any) -> tuple[str, ...]:
    """A list as the environment writes it: "a, b", or JSON where an entry has a comma."""
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
    return tuple(text for each in value if (text := str(each).strip()))


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""A setting with several entries."""


def _default_runs() -> int:
    return max(1, _cores() // 2)


def _default_threads(known: dict[str, Any]) -> int:
    return max(1, _cores() // int(known["max_concurrent_runs"]))


class Settings(BaseSettings):
    """Everything that the web process can be told. Build it with `load_settings`, which explains what is wrong."""

    model_config = SettingsConfigDict(
        env_prefix="PADDOCK_", env_ignore_empty=True, extra="forbid", frozen=True, populate_by_name=True
    )

    root: Path = Field(default_factory=Path.cwd, description="Folder that relative paths start from.")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; other than loopback needs a token.")
    port: int = Field(5000, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one.")
    token_file: Path | None = Field(
        None, description="File that holds the token where `token` is empty; one that does not exist holds none."
    )
    token: str = Field(
        default_factory=lambda known: _read_token(known.get("token_file")),
        validate_default=True,
        repr=False,
        description="Secret that clients must know; empty asks for none (loopback only).",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further host names, without port, under which browsers may reach this server."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses or networks of proxies whose X-Forwarded-For tells who a client is."
    )
    secure_cookie: bool = Field(False, description="Send the login cookie over HTTPS only (behind a TLS proxy).")

    allowed_modules: Listed = Field(
        (), description="Modules that a config from the network may name; package.* means all below it, * any."
    )
    allowed_commands: Listed = Field(
        (), description="Commands that it may name, word by word; * as the last word lets any words follow."
    )
    allowed_paths: Listed = Field((), description="Folders whose files it may name, beside players_dir.")
    allowed_url_hosts: Listed = Field(
        (), description="Hosts whose URLs it may name: host:port, or host alone for ports 80 and 443."
    )
    allowed_addresses: Listed = Field((), description="Ray clusters that it may name: host:port, or auto.")
    allowed_networks: Listed = Field(
        (), description="Private networks (CIDR) into which the names of allowed hosts may lead."
    )
    allowed_repositories: Listed = Field((), description="Git repositories of this machine that it may commit to.")
    allowed_remotes: Listed = Field((), description="Git remotes, by name or URL, that it may push to.")
    allowed_models: Listed = Field(
        (), description="Language models that it may name, beside smollm2: names on the hub, or folders."
    )
    allowed_keys: Listed = Field(
        (), description="Environment variables, NAME_API_KEY, whose content it may have sent to allowed hosts."
    )

    logs_dir: Path = Field(
        default_factory=lambda known: known["root"] / "logs", description="Where runs write journals."
    )
    checkpoints_dir: Path = Field(
        default_factory=lambda known: known["root"] / "checkpoints", description="Where runs write checkpoints."
    )
    players_dir: Path = Field(
        default_factory=lambda known: known["root"] / "players",
        description="Folder of files that hold players, those of a world in a folder of its name.",
    )
    database_url: str = Field(
        default_factory=lambda known: f"sqlite:///{known['logs_dir'] / 'paddock.db'}",
        validation_alias=AliasChoices("DATABASE_URL", "PADDOCK_DATABASE_URL", "database_url"),
        repr=False,
        description="SQLite or PostgreSQL. It holds only what the journals tell, and can be rebuilt from them.",
    )
    static_dir: Path = Field(DASHBOARD, description="Folder of the built dashboard.")

    max_concurrent_runs: int = Field(
        default_factory=_default_runs, ge=1, le=1024, description="Runs that train at once; the rest wait queued."
    )
    threads_per_run: int = Field(default_factory=_default_threads, ge=1, le=1024, description="Cores one run may use.")
    max_sessions: int = Field(4, ge=1, le=64, description="Worlds that may be watched or played at once.")
    session_idle_s: float = Field(30.0, gt=0, description="Seconds without a watcher after which a session ends.")

    async_mode: Literal["eventlet", "threading"] = Field("eventlet", description="What carries the connections.")
    feed_interval_s: float = Field(0.1, gt=0, le=10, description="Seconds between two looks at the journals.")
    scan_interval_s: float = Field(0.25, gt=0, le=60, description="Seconds between two rounds of the supervisor.")
    command_timeout_s: float = Field(30.0, gt=0, le=600, description="Seconds that a command may take to be done.")

    stop_patience_s: float = Field(
        10.0, gt=0, le=3600, description="Silence of a worker that was asked to stop, in seconds, until SIGTERM."
    )
    stop_grace_s: float = Field(10.0, gt=0, le=3600, description="Seconds between that SIGTERM and SIGKILL.")

    command_rate: float = Field(10.0, gt=0, description="Commands a second that one client may give for long.")
    command_burst: int = Field(40, ge=1, description="Commands that one client may give at once.")
    max_request_bytes: int = Field(1_000_000, ge=1_000, description="Largest request body that is read.")
    client_queue_bytes: int = Field(
        1_000_000, ge=10_000, description="Unsent data that one client may cost before it is told to start afresh."
    )
    max_connections: int = Field(
        1024, ge=16, le=65536, description="Connections open at once; for one more, the longest idle one is closed."
    )
    max_connections_per_address: int = Field(
        512, ge=8, le=65536, description="Connections that one address may have open at once."
    )
    max_clients: int = Field(256, ge=1, le=65536, description="Socket.IO clients at once.")
    idle_timeout_s: float = Field(75.0, ge=1, le=3600, description="Seconds between two requests of a connection.")
    header_timeout_s: float = Field(10.0, ge=1, le=600, description="Seconds that a request's headers may take.")
    body_timeout_s: float = Field(30.0, ge=1, le=3600, description="Seconds that a request's body may take.")
    send_timeout_s: float = Field(
        60.0, ge=1, le=3600, description="Seconds that a client may take to read 64 KiB of an answer."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What the server logs.")

    mlflow_tracking_uri: str = Field(
        "", repr=False, description="MLflow tracking store that runs are also logged to; empty logs to none."
    )
    mlflow_experiment: str = Field("paddock", min_length=1, description="MLflow experiment that gets the runs.")

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """The environment writes a list as "a, b"."""
        return tuple(name.lower().strip("[]") for name in _split(value))

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for each in networks:
            ipaddress.ip_network(each, strict=False)  # raises ValueError, which says what is wrong
        return networks

    @field_validator("allowed_paths", "allowed_repositories")
    @classmethod
    def _are_absolute(cls, paths: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        root: Path = info.data.get("root", Path.cwd())
        return tuple(str((root / Path(each).expanduser()).resolve()) for each in paths)

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError:
                raise ValueError(f"expected addresses or networks such as 10.0.0.0/8, '{proxy}' is none") from None
        return proxies

    @field_validator("root", "token_file", "logs_dir", "checkpoints_dir", "players_dir", "static_dir")
    @classmethod
    def _absolute(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        """Paths do not change their meaning when the process changes its folder."""
        root: Path = info.data.get("root", Path.cwd())
        return (root / path.expanduser()).resolve() if path else None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql:", "postgresql+psycopg:", "postgres:")):
            raise ValueError("expected a URL that starts with sqlite:/// or postgresql://")
        return url

    @field_validator("token")
    @classmethod
    def _long_enough(cls, token: str) -> str:
        if token and len(token) < MIN_TOKEN_LENGTH:
            raise ValueError(f"expected at least {MIN_TOKEN_LENGTH} characters")
        return token

    @model_validator(mode="after")
    def _token_where_others_can_reach(self) -> Self:
        if not self.token and not self.is_loopback:
            raise ConfigError(
                f"host {self.host} can be reached from other machines, and token is empty.",
                field="token",
                hint=f"Set PADDOCK_TOKEN to a secret of at least {MIN_TOKEN_LENGTH} characters, or host to 127.0.0.1.",
            )
        return self

    @model_validator(mode="after")
    def _room_beside_clients(self) -> Self:
        if self.max_clients * 2 > self.max_connections:
            raise ConfigError(
                f"max_clients {self.max_clients} is more than half of max_connections {self.max_connections}.",
                field="max_clients",
                hint="A Socket.IO client holds a connection for as long as it likes: leave room for requests.",
            )
        return self

    def mlflow(self) -> MLflowSettings | None:
        """Where runs are also logged to; raises ConfigError if that is set and MLflow is not installed."""
        if not self.mlflow_tracking_uri:
            return None
        store = MLflowSettings(self.mlflow_tracking_uri, self.mlflow_experiment)
        store.require_mlflow()
        return store

    def name_policy(self) -> Policy:
        """What a config from the network may name."""
        return Policy(
            modules=self.allowed_modules,
            commands=self.allowed_commands,
            paths=self.allowed_paths,
            players_dir=str(self.players_dir),
            url_hosts=self.allowed_url_hosts,
            addresses=self.allowed_addresses,
            networks=self.allowed_networks,
            repositories=self.allowed_repositories,
            remotes=self.allowed_remotes,
            models=self.allowed_models,
            keys=self.allowed_keys,
        )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach `host`."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def known_hosts(self) -> frozenset[str]:
        """Host names that a request may be addressed to; empty means any (a token guards then)."""
        if self.is_loopback or self.allowed_hosts:
            return LOOPBACK_NAMES | set(self.allowed_hosts) | {self.host.lower()}
        return frozenset()

    def to_environment(self) -> dict[str, str]:
        """Variables from which another process reads these very settings."""
        shown = {
            name: json.dumps(value) if isinstance(value, list) else str(value)
            for name, value in self.model_dump(mode="json").items()
            if value is not None
        }
        return {
            "DATABASE_URL" if name == "database_url" else f"PADDOCK_{name.upper()}": value
            for name, value in shown.items()
        }

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First wins: arguments, environment, files."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, init_kwargs=_from_files())


def load_settings(**arguments: Any) -> Settings:
    """The settings in force; `arguments` that are None count as not given.

    Raises:
        ConfigError: a value is not what its field takes; `field` names it.
        UnknownNameError: PADDOCK_PROFILE names no file in config/profiles.
    """
    if os.environ.get(OLD_ALLOW_CODE):
        raise ConfigError(
            f"{OLD_ALLOW_CODE} is no setting any more: it allowed every module, command and repository at once.",
            hint="List what you allow in PADDOCK_ALLOWED_MODULES, PADDOCK_ALLOWED_COMMANDS and the like.",
        )
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = str(fault["loc"][0]) if fault["loc"] else None
        field = "database_url" if field == "DATABASE_URL" else field
        # A secret is not repeated in a message that ends up in logs.
        got = "another" if field in SECRET_FIELDS else json.dumps(fault["input"], default=str)[:120]
        expected = fault["msg"].removeprefix("Value error, ")
        raise ConfigError(f"Setting {field}: {expected}, got {got}.", field=field, hint=_where(field)) from None


def _read_token(file: Path | None) -> str:
    """The token in a file, empty if there is no such file; raises ConfigError if it cannot be read."""
    if file is None:
        return ""
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"Setting token_file: {file} cannot be read: {error}.", field="token_file") from None


def _where(field: str | None) -> str | None:
    if field is None:
        return None
    variable = "DATABASE_URL" if field == "database_url" else f"PADDOCK_{field.upper()}"
    return f"Set by {variable} or in config/default.yaml and config/profiles."


def _from_files() -> dict[str, Any]:
    """The settings that the YAML files hold."""
    folder = config_dir()
    default = folder / "default.yaml"
    settings = read_config_file(default) if default.is_file() else {}
    profiles = {path.stem: path for path in (folder / "profiles").glob("*.yaml")}
    name = os.environ.get("PADDOCK_PROFILE")
    if name and name not in profiles:
        raise UnknownNameError.among("profile", name, profiles, field="profile")
    profile = profiles.get(name or DEFAULT_PROFILE)
    return merge(settings, read_config_file(profile)) if profile else settings
