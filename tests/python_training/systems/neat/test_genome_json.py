from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.errors import ConfigError
from python_training.systems.neat import genome_json
from python_training.systems.neat.genome_json import decode, encode, from_dict, read_genome, sha256, write_genome
from python_training.systems.neat.genome_record import ConnectionRecord, GenomeRecord, NodeRecord
from python_training.systems.neat.network_view import network_of


def record(**changes: Any) -> GenomeRecord:
    """Two inputs, one hidden node, one output."""
    node: dict[str, Any] = {"response": 1.0, "activation": "tanh", "aggregation": "sum"}
    fields: dict[str, Any] = {
        "genome_id": 7,
        "fitness": 250_000.0,
        "inputs": 2,
        "outputs": 1,
        "recurrent": False,
        "nodes": (NodeRecord(key=0, bias=0.1 + 0.2, **node), NodeRecord(key=5, bias=-0.0, **node)),
        "connections": (
            ConnectionRecord(source=-2, target=5, weight=1e-308, enabled=True, innovation=3),
            ConnectionRecord(source=5, target=0, weight=1 / 3, enabled=True, innovation=4),
            ConnectionRecord(source=-1, target=0, weight=-7.0, enabled=False),
        ),
        "actions": {"kind": "box", "shape": [1], "low": [-1.0], "high": [1.0]},
        "metadata": {"env": "arena", "generation": 25, "alone": True, "spread": 0.5, "parent": None},
    }
    return GenomeRecord(**{**fields, **changes})


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    """The JSON of `record()` with one change."""
    document = json.loads(encode(record()))
    change(document)
    return json.dumps(document)


def test_a_genome_comes_back_bit_for_bit() -> None:
    """Every number keeps its bits, -0.0 its sign, genes their order; and the bytes are the same again."""
    read = decode(encode(record()))
    assert read == record()
    assert str(read.nodes[1].bias) == "-0.0"
    assert encode(read) == encode(record())


def test_the_file_is_for_people_and_version_control() -> None:
    """Sorted keys, one value a line, links with the words from and to."""
    document = json.loads(encode(record()))
    assert list(document) == sorted(document)
    assert document["connections"][1] == {"from": 5, "to": 0, "weight": 1 / 3, "enabled": True, "innovation": 4}
    assert (document["format"], document["version"]) == ("paddock-genome", 1)


def test_a_file_is_written_whole_and_known_by_its_hash(tmp_path: Path) -> None:
    """The hash is that of the file; an older file is replaced, and nothing else is left."""
    path = tmp_path / "genome_7.json"
    write_genome(path, record(fitness=None))
    digest = write_genome(path, record())
    assert digest == sha256(record()) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_genome(path) == record()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("format", lambda raw: raw.update(format="other")),
        ("version", lambda raw: raw.update(version=2)),
        ("colour", lambda raw: raw.update(colour=1)),
        ("recurrent", lambda raw: raw.pop("recurrent")),
        ("inputs", lambda raw: raw.update(inputs=True)),
        ("inputs", lambda raw: raw.update(inputs=0)),
        ("outputs", lambda raw: raw.update(outputs=10**9)),
        ("fitness", lambda raw: raw.update(fitness=float("nan"))),
        ("nodes", lambda raw: raw.update(nodes={})),
        ("nodes", lambda raw: raw["nodes"].pop(0)),
        ("nodes.1.bias", lambda raw: raw["nodes"][1].update(bias=float("nan"))),
        ("nodes.1.bias", lambda raw: raw["nodes"][1].update(bias=10**400)),
        ("nodes.1.bias", lambda raw: raw["nodes"][1].update(bias="1")),
        ("nodes.1.bias", lambda raw: raw["nodes"][1].update(bias=True)),
        ("nodes.1.key", lambda raw: raw["nodes"][1].update(key=0)),
        ("nodes.1.key", lambda raw: raw["nodes"][1].update(key=-1)),
        ("nodes.1.key", lambda raw: raw["nodes"][1].update(key=2**60)),
        ("nodes.1.activation", lambda raw: raw["nodes"][1].update(activation="swish")),
        ("nodes.1.aggregation", lambda raw: raw["nodes"][1].update(aggregation="tanh")),
        ("connections.1", lambda raw: raw["connections"].insert(1, raw["connections"][0])),
        ("connections.0.from", lambda raw: raw["connections"][0].update({"from": -3})),
        ("connections.0.to", lambda raw: raw["connections"][0].update({"to": -1})),
        ("connections.0.weight", lambda raw: raw["connections"][0].update(weight=float("-inf"))),
        ("connections.1.innovation", lambda raw: raw["connections"][1].update(innovation=3)),
        ("connections", lambda raw: raw["connections"][0].update({"from": 0})),
        ("actions", lambda raw: raw.update(actions={"kind": "box"})),
        ("actions", lambda raw: raw.update(actions={"kind": "discrete", "count": 2, "start": 0})),
        ("metadata", lambda raw: raw.update(metadata={str(key): key for key in range(101)})),
    ],
)
def test_a_wrong_value_is_named(field: str, change: Callable[[dict[str, Any]], object]) -> None:
    """The error carries the field, and its message begins with it."""
    with pytest.raises(ConfigError) as caught:
        decode(changed(change))
    assert caught.value.field == field
    assert caught.value.message.startswith(f"{field}: ")


JUNK: list[Any] = [
    None,
    True,
    -1,
    2**70,
    10**400,
    0.5,
    math.nan,
    math.inf,
    "",
    "tanh",
    "\ud800",
    [],
    [[]],
    {},
    {"a": 1},
]


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a JSON document."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def test_junk_anywhere_makes_a_config_error_or_a_genome() -> None:
    """Nothing else is ever raised, and what is taken can be written, drawn and compiled."""
    taken = 0
    for path in places(json.loads(encode(record()))):
        for junk in JUNK:
            document = json.loads(encode(record()))
            parent = document
            for key in path[:-1]:
                parent = parent[key]
            parent[path[-1]] = junk
            try:
                genome = from_dict(document)
            except ConfigError:
                continue
            taken += 1
            assert decode(encode(genome)) == genome
            assert network_of(genome).nodes
            assert genome.compile().inputs == genome.inputs
    assert taken > 50


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b'"x"', b"null", b"\xff", b"[" * 100_000, b"1" * 5_000, b"{}"])
def test_what_is_no_genome_is_refused(content: bytes) -> None:
    """Broken JSON, other JSON, endless nesting and endless numbers are one kind of error."""
    with pytest.raises(ConfigError):
        decode(content)


def test_a_file_that_is_too_large_or_missing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file."""
    with pytest.raises(ConfigError, match=r"gone\.json cannot be read"):
        read_genome(tmp_path / "gone.json")
    path = tmp_path / "large.json"
    write_genome(path, record())
    monkeypatch.setattr(genome_json, "MAX_BYTES", 100)
    with pytest.raises(ConfigError, match=r"large\.json: A genome has at most 100 bytes"):
        read_genome(path)


def test_user_functions_are_taken_where_they_are_known() -> None:
    """A run that has the function can read its own genomes."""
    content = changed(lambda raw: raw["nodes"][1].update(activation="swish"))
    assert decode(content, user_functions=("swish",)).nodes[1].activation == "swish"


def test_reading_genomes_is_light() -> None:
    """The web process draws networks and checks imports: neither needs numba, neat-python or a learner."""
    code = (
        "import sys, python_training.systems.neat.genome_json, python_training.systems.neat.network_view;"
        "print([name for name in ('numba', 'neat', 'tensorflow', 'ray') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
