"""What may be named: nothing by default, what is listed exactly, and no disguise of anything else."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_training.contracts.names import Name, Names
from python_training.policy import NOTHING_ALLOWED, UNRESTRICTED, NotAllowedError, Policy
from python_training.policy.addresses import host_port, permitted, url_address

LISTED = Policy(
    modules=("worlds.mine", "pack.*"),
    commands=("python bench.py {x}", "./score *"),
    url_hosts=("snake.example:8000", "plain.example", "127.0.0.1:9000", "[::1]:9000"),
    addresses=("ray.example:6379", "auto"),
    remotes=("backup",),
    models=("owner/name",),
    keys=("MY_API_KEY",),
)

FORBIDDEN = [
    (Names.MODULE, "os:system"),
    (Names.MODULE, "worlds.mine.deeper:C"),
    (Names.MODULE, "worlds:C"),
    (Names.MODULE, "package:C"),
    (Names.MODULE, "worlds.mine :C"),
    (Names.MODULE, "python_training.executors.ray:RayExecutor"),
    (Names.COMMAND, ("python", "-c", "print(1)")),
    (Names.COMMAND, ("python", "bench.py", "{x}", "--more")),
    (Names.COMMAND, ("python",)),
    (Names.COMMAND, ()),
    (Names.PATH, "/etc/passwd"),
    (Names.PATH, "config.yaml"),
    (Names.URL, "http://snake.example"),
    (Names.URL, "http://snake.example:8001"),
    (Names.URL, "http://evil@snake.example:8000"),
    (Names.URL, "http://snake.example:8000@evil.example"),
    (Names.URL, "http://snake.example:8000\\@evil.example"),
    (Names.URL, "http://evil.example/http://snake.example:8000"),
    (Names.URL, "http://snake.example.evil.example:8000"),
    (Names.URL, "http://snake.example:8000?x#y"),
    (Names.URL, "http://snake.example:8000\n"),
    (Names.URL, "ftp://plain.example"),
    (Names.URL, "file:///etc/passwd"),
    (Names.URL, "http://plain.example:99999"),
    (Names.URL, "http://2130706433:9000"),
    (Names.URL, "http://0x7f.1:9000"),
    (Names.URL, "https://snake.example:8000:8000"),
    (Names.ADDRESS, "evil.example:6379"),
    (Names.ADDRESS, "ray://evil.example:6379"),
    (Names.ADDRESS, "os://ray.example:6379"),
    (Names.ADDRESS, "ray.example:6380"),
    (Names.ADDRESS, "ray.example"),
    (Names.ADDRESS, "local"),
    (Names.REPOSITORY, "/home"),
    (Names.REPOSITORY, "~"),
    (Names.REMOTE, "origin"),
    (Names.REMOTE, "ext::sh -c 'touch /tmp/x'"),
    (Names.REMOTE, "/srv/backup"),
    (Names.MODEL, "owner/other"),
    (Names.MODEL, "owner/name@main"),
    (Names.MODEL, "./model"),
    (Names.MODEL, "/models/one"),
    (Names.MODEL, "my.module:Adviser"),
    (Names.KEY, "OPENAI_API_KEY"),
    (Names.FREE, "/etc/passwd"),
    (Names.FREE, "a:b"),
    (Names.FREE, "x.xml"),
    (Names.SETTINGS, "http://evil.example"),
    (Names.SERVER, "anything"),
    (Names.PLAYER, "http://evil.example:8000"),
    (Names.PLAYER, "/etc/passwd"),
    (Names.PLAYER, "mine.yaml"),
]

ALLOWED = [
    (Names.MODULE, "worlds.mine:World-v0"),
    (Names.MODULE, "pack.deeper.still:C"),
    (Names.MODULE, "CartPole-v1"),
    (Names.MODULE, "ALE/Pong-v5"),
    (Names.COMMAND, ("python", "bench.py", "{x}")),
    (Names.COMMAND, ("./score", "--fast", "{y}")),
    (Names.PATH, ""),
    (Names.URL, "http://SNAKE.example:8000/a/b/"),
    (Names.URL, "https://plain.example"),
    (Names.URL, "https://plain.example:443/"),
    (Names.URL, "http://127.0.0.1:9000"),
    (Names.URL, "http://[::1]:9000/"),
    (Names.ADDRESS, ""),
    (Names.ADDRESS, "auto"),
    (Names.ADDRESS, "ray://ray.example:6379"),
    (Names.REPOSITORY, ""),
    (Names.REMOTE, "backup"),
    (Names.MODEL, "smollm2"),
    (Names.MODEL, "owner/name"),
    (Names.MODEL, "pack.advice:Adviser"),
    (Names.KEY, "MY_API_KEY"),
    (Names.FREE, "rgb_array"),
    (Names.NOTHING, "/etc/passwd is only a note"),
    (Names.PLAYER, "space-filler"),
    (Names.PLAYER, "http://snake.example:8000"),
]


@pytest.mark.parametrize(("kind", "value"), FORBIDDEN, ids=str)
def test_what_is_not_listed_may_not_be_named(kind: Names, value: str | tuple[str, ...]) -> None:
    """Neither with a list nor without one; the error names the field."""
    for policy in (LISTED, NOTHING_ALLOWED):
        with pytest.raises(NotAllowedError) as refused:
            policy.check(Name("a.field", kind, value, world="battlesnake"))
        assert refused.value.field == "a.field"
    UNRESTRICTED.check(Name("a.field", kind, value))


@pytest.mark.parametrize(("kind", "value"), ALLOWED, ids=str)
def test_what_is_listed_may_be_named(kind: Names, value: str | tuple[str, ...]) -> None:
    """Also what names nothing outside."""
    assert LISTED.allows(kind, value, world="battlesnake")


def test_a_policy_travels_to_another_process() -> None:
    """As JSON, with what one run may use beside; nothing is gained on the way."""
    held = LISTED.admitting([("command", json.dumps(["ls", "-l"])), ("module", "own.world:W")])
    again = Policy.from_json(held.to_json())
    assert again == held
    assert again.allows(Names.COMMAND, ("ls", "-l"))
    assert not again.allows(Names.COMMAND, ("ls", "-la"))
    assert again.allows(Names.MODULE, "own.world:W")
    assert not again.allows(Names.URL, "own.world:W")


@pytest.fixture
def players(tmp_path: Path) -> Policy:
    """A folder of players with a file, one deeper, and links that lead out, to a folder, and round in a circle."""
    folder = tmp_path / "players" / "battlesnake"
    (folder / "best").mkdir(parents=True)
    (tmp_path / "players" / "arena").mkdir()
    for path in (folder / "mine.yaml", folder / "best" / "june.yml", tmp_path / "secret.yaml", folder / "notes.txt"):
        path.write_text("weights: {}\n")
    (tmp_path / "players" / "arena" / "other.yaml").write_text("x: 1\n")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "out").symlink_to(tmp_path)
    (folder / "circle.yaml").symlink_to(folder / "circle.yaml")
    (folder / "folder.yaml").mkdir()
    return Policy(players_dir=str(tmp_path / "players"))


@pytest.mark.parametrize(
    "name",
    [
        "none.yaml", "link.yaml", "out/secret.yaml", "circle.yaml", "folder.yaml", "notes.txt", "../arena/other.yaml",
        "best/../mine.yaml", "../../secret.yaml", "/etc/passwd", "/etc/none", "~/mine.yaml", "a\0.yaml", "./",
        "x" * 5000 + ".yaml", "\ud800.yaml", "best", "http:/x.yaml",
    ],
)  # fmt: skip
def test_files_that_are_not_there_and_files_that_may_not_be_read_look_alike(players: Policy, name: str) -> None:
    """The same words for all, whatever lies there."""
    if name == "best":
        assert players.player_file("battlesnake", name) is None  # a plain word is never a file
        return
    with pytest.raises(NotAllowedError) as refused:
        players.player_file("battlesnake", name)
    assert refused.value.message == f"player: there is no file '{name[:200]}' among the players of battlesnake."


def test_players_of_the_world_are_found(players: Policy) -> None:
    """By their path below its folder, at any depth."""
    for name in ("mine.yaml", "best/june.yml"):
        found = players.player_file("battlesnake", name)
        assert found is not None
        assert found.is_file()
    assert UNRESTRICTED.player_file("battlesnake", "anywhere.yaml") == Path("anywhere.yaml")


def test_listed_folders_end_where_links_lead_out(tmp_path: Path) -> None:
    """A path counts by where it leads; a repository is listed itself, not with all below it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    policy = Policy(paths=(str(tmp_path / "in"),), repositories=(str(tmp_path / "in"),))
    assert policy.allows(Names.PATH, str(tmp_path / "in" / "model"))
    assert not policy.allows(Names.PATH, str(tmp_path / "in" / "link" / "model"))
    assert not policy.allows(Names.PATH, str(tmp_path / "in" / ".." / "model"))
    assert policy.allows(Names.REPOSITORY, str(tmp_path / "in"))
    assert not policy.allows(Names.REPOSITORY, str(tmp_path / "in" / "below"))
    assert not policy.allows(Names.REPOSITORY, str(tmp_path / "in" / "link"))


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0",
        "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "ff02::1",
    ],
)  # fmt: skip
def test_a_name_does_not_lead_into_a_private_network(number: str) -> None:
    """Whoever answers for a listed name could let it lead to this machine, in whatever form of address."""
    assert permitted("snake.example", [number, "8.8.8.8"], ()) == ["8.8.8.8"]


def test_a_listed_network_may_be_reached_by_name() -> None:
    """And an address that was listed as such, and this machine as localhost."""
    assert permitted("snake", ["10.1.2.3", "10.9.9.9"], ["10.1.0.0/16"]) == ["10.1.2.3"]
    assert permitted("127.0.0.1", ["127.0.0.1"], ()) == ["127.0.0.1"]
    assert permitted("localhost", ["127.0.0.1", "::1", "10.0.0.1"], ()) == ["127.0.0.1", "::1"]
    assert permitted("snake", ["::ffff:10.1.2.3"], ["10.1.0.0/16"]) == ["::ffff:10.1.2.3"]


@given(st.text(max_size=60))
def test_an_address_is_read_in_one_way_or_not_at_all(text: str) -> None:
    """Whatever is taken for a URL or an address has a plain host and a port, and no disguise."""
    for found in (url_address(text), url_address(f"http://{text}"), host_port(text)):
        if found is not None:
            assert not set(found[0]) & set("@\\/?# \n\t")
            assert 0 < found[1] < 65536


def test_resolving_a_host_keeps_to_the_policy() -> None:
    """Localhost may be reached by that name, and by no other name that leads to it."""
    assert UNRESTRICTED.reached("localhost", 80)
    assert set(NOTHING_ALLOWED.reached("localhost", 80)) <= {"127.0.0.1", "::1"}
    name = socket.gethostname()
    own = {str(info[4][0]) for info in socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)}
    if not permitted(name, own, ()):
        with pytest.raises(OSError, match="private network"):
            NOTHING_ALLOWED.reached(name, 80)
