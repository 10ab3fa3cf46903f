"""Ways to damage the files of one run, as disks, crashes, other programs and hands do.

`DAMAGES` holds them by name. Each is a function of the run's folder, which has a journal of a few points, labels, a
worker.json and a checkpoint.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from python_training.runtime.journal import JournalWriter
from python_training.runtime.run_folder import MAX_SPEC_BYTES, RunFolder, write_json
from python_training.runtime.segments import MAX_LINE_BYTES, segment_path

Damage = Callable[[RunFolder], None]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(path)
        make(path)

    return damage


def _bind(path: Path) -> None:
    """Put a socket there: it cannot be opened, not even by root, whom permissions do not keep out."""
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(path.parent)  # Unix allows a path of about 100 bytes
        try:
            bound.bind(path.name)
        finally:
            os.chdir(here)


_NO_FILE: Mapping[str, Callable[[Path], None]] = {
    "missing": _remove,
    "directory": _replaced(Path.mkdir),
    "symlink loop": _replaced(lambda path: path.symlink_to(path.name)),
    "named pipe": _replaced(os.mkfifo),
    "unreadable": _replaced(_bind),
}
"""What may be in place of a file."""


def _changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a JSON file; what Python's own writer accepts may be in it afterwards."""
    raw = json.loads(path.read_text())
    change(raw)
    path.write_text(json.dumps(raw))


def _nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def _json_damages(field: str, wrong: Any, number: str) -> dict[str, Callable[[Path], None]]:
    """Damages of a JSON file in which `field` holds text, `number` a number, and `wrong` fits none of them."""
    return {
        **_NO_FILE,
        "empty": lambda path: path.write_bytes(b"") and None,
        "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
        "no JSON": lambda path: path.write_text("once upon a time") and None,
        "a list": lambda path: path.write_text("[1, 2, 3]") and None,
        "null": lambda path: path.write_text("null") and None,
        "wrong types": lambda path: _changed(path, lambda raw: raw.update(dict.fromkeys(raw, wrong))),
        "wrong type of one": lambda path: _changed(path, lambda raw: raw.update({field: wrong})),
        "field missing": lambda path: _changed(path, lambda raw: raw.pop(field)),
        "NaN": lambda path: _changed(path, lambda raw: raw.update({number: float("nan")})),
        "infinity": lambda path: (
            path.write_text(path.read_text().replace("{", f'{{"{number}": 1e400, "x": ', 1)) and None
        ),
        "half of a surrogate pair": lambda path: _changed(path, lambda raw: raw.update({field: "x\ud800"})),
        "zero character": lambda path: _changed(path, lambda raw: raw.update({field: "x\x00"})),
        "huge number": lambda path: _changed(path, lambda raw: raw.update({number: 10**40})),
        "negative number": lambda path: _changed(path, lambda raw: raw.update({number: -(2**70)})),
        "deep nesting": lambda path: path.write_text(_nested(100_000)) and None,
        "some nesting": lambda path: _changed(path, lambda raw: raw.update({field: json.loads(_nested(300))})),
        "invalid UTF-8": lambda path: path.write_bytes(path.read_bytes().replace(b"{", b'{"\xff\xfe": 1,', 1)) and None,
        "huge": _enlarge,
    }


def _enlarge(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b" " * (MAX_SPEC_BYTES + 1))


def _line(seq: int, type: str, **data: Any) -> bytes:
    return json.dumps({"seq": seq, "t": 1.0, "type": type, **data}).encode() + b"\n"


def _point(seq: int, **point: Any) -> bytes:
    return _line(seq, "points", points=[{"step": 1, "t": 1.0, "values": {"value": 1.0}, **point}])


def _inserted(*rubble: bytes) -> Damage:
    """Put lines into the middle of the journal."""

    def damage(folder: RunFolder) -> None:
        path = segment_path(folder.path, 1)
        lines = path.read_bytes().splitlines(keepends=True)
        middle = len(lines) // 2
        path.write_bytes(b"".join([*lines[:middle], *rubble, *lines[middle:]]))

    return damage


def _renumbered(change: Callable[[int], int]) -> Damage:
    """Give the later half of the journal's events other numbers."""

    def damage(folder: RunFolder) -> None:
        path = segment_path(folder.path, 1)
        lines = [json.loads(line) for line in path.read_bytes().splitlines()]
        for raw in lines[len(lines) // 2 :]:
            raw["seq"] = change(raw["seq"])
        path.write_text("".join(json.dumps(raw) + "\n" for raw in lines))

    return damage


def _first_segment_lost(folder: RunFolder) -> None:
    """Split the journal in three segments and lose the one in the middle."""
    path = segment_path(folder.path, 1)
    lines = path.read_bytes().splitlines(keepends=True)
    third = len(lines) // 3
    path.write_bytes(b"".join(lines[:third]))
    segment_path(folder.path, 3).write_bytes(b"".join(lines[2 * third :]))


def _moved_far(folder: RunFolder) -> None:
    segment_path(folder.path, 1).rename(segment_path(folder.path, 999_999))


_N = 7  # the seq of an event in the middle of the journals that tests damage

_JOURNAL: dict[str, Damage] = {
    **{name: lambda folder, do=do: do(segment_path(folder.path, 1)) for name, do in _NO_FILE.items()},  # type: ignore[misc]  # mypy cannot infer a default's type
    "empty": lambda folder: os.truncate(segment_path(folder.path, 1), 0),
    "truncated": lambda folder: os.truncate(
        segment_path(folder.path, 1), segment_path(folder.path, 1).stat().st_size // 2
    ),
    "garbage in the middle": _inserted(b"\x00\xff garbage \x01\n", b"}{\n"),
    "zeros in the middle": _inserted(b"\x00" * 70_000 + b"\n"),
    "same seq twice": _inserted(_point(3), _point(3)),
    "seq falls back": _renumbered(lambda seq: seq - 4),
    "seq jumps": _renumbered(lambda seq: seq + 1_000),
    "seq jumps far": _renumbered(lambda seq: seq + 2**52),
    "seq beyond all numbers": _inserted(_point(10**40)),
    "seq is text": _inserted(_line(_N, "log", message="x").replace(b'"seq": 7', b'"seq": "7"')),
    "huge line": _inserted(b"x" * (MAX_LINE_BYTES + 100) + b"\n"),
    "huge line without an end": _inserted(b"x" * (MAX_LINE_BYTES + 100)),
    "unknown type": _inserted(_line(_N, "prophecy", message="x")),
    "unknown status": _inserted(_line(_N, "status", status="asleep")),
    "status is a list": _inserted(_line(_N, "status", status=["running"])),
    "pid is text": _inserted(_line(_N, "status", status="running", pid="one")),
    "pid is negative": _inserted(_line(_N, "status", status="running", pid=-1)),
    "delay is endless": _inserted(_line(_N, "status", status="running", delay_s=1e308)),
    "value is text": _inserted(_point(_N, values={"value": "high"})),
    "value is a list": _inserted(_point(_N, values={"value": [1.0]})),
    "value is no summary": _inserted(_point(_N, values={"value": {"mean": 1.0}})),
    "values are a list": _inserted(_point(_N, values=[1.0])),
    "value is 1e400": _inserted(_point(_N, values={"value": 7.25}).replace(b"7.25", b"1e400")),
    "value is NaN": _inserted(_point(_N, values={"value": float("nan")})),
    "value is a huge whole number": _inserted(_point(_N, values={"value": 10**400})),
    "metric has a long name": _inserted(_point(_N, values={"v" * 5000: 1.0})),
    "metric is no text": _inserted(_point(_N, values={"\ud800\x00": 1.0})),
    "step is negative": _inserted(_point(_N, step=-5)),
    "step is huge": _inserted(_point(_N, step=10**40)),
    "step is a fraction": _inserted(_point(_N, step=1.5)),
    "step is missing": _inserted(_line(_N, "points", points=[{"t": 1.0, "values": {}}])),
    "time is null": _inserted(_point(_N, t=None)),
    "time of the event is 1e400": _inserted(_point(_N).replace(b'"t": 1.0', b'"t": 1e400', 1)),
    "points are an object": _inserted(_line(_N, "points", points={"step": 1})),
    "points are none": _inserted(_line(_N, "points", points=[])),
    "change of a wrong type": _inserted(_line(_N, "set", step=1, changes={"total_steps": "many"})),
    "changes are a list": _inserted(_line(_N, "set", step=1, changes=["total_steps"])),
    "changes are nested deep": _inserted(
        b'{"seq":7,"t":1.0,"type":"set","step":1,"changes":' + _nested(700).encode() + b"}\n"
    ),
    "rewound to a text": _inserted(_line(_N, "rewound", to_step="start")),
    "checkpoint without a step": _inserted(_line(_N, "checkpoint", name="5")),
    "checkpoint of a huge step": _inserted(_line(_N, "checkpoint", step=2**80)),
    "health of no level": _inserted(_line(_N, "health", level=5, code=[], message={})),
    "message is no text": _inserted(_line(_N, "log", level="info", message="\ud800 \x00")),
    "message is invalid UTF-8": _inserted(b'{"seq":7,"t":1.0,"type":"log","level":"info","message":"\xff"}\n'),
    "a list for an event": _inserted(b"[]\n", b"1\n", b'"x"\n'),
    "brackets without end": _inserted(b"[" * 200_000 + b"\n"),
    "segment missing": _first_segment_lost,
    "segment of a far number": _moved_far,
}


def _at(path: Callable[[RunFolder], Path], damages: Mapping[str, Callable[[Path], None]]) -> dict[str, Damage]:
    def damage(do: Callable[[Path], None]) -> Damage:
        return lambda folder: do(path(folder))

    return {name: damage(do) for name, do in damages.items()}


def _manifest(folder: RunFolder) -> Path:
    return next(path for path in folder.checkpoints_path.iterdir() if path.name.isdigit()) / "manifest.json"


_PARTS: Mapping[str, Mapping[str, Damage]] = {
    "run.json": {
        **_at(lambda folder: folder.spec_path, _json_damages("name", [5], "created")),
        "of another run": lambda folder: _changed(folder.spec_path, lambda raw: raw.update(id="ppo-1")),
        "unknown system": lambda folder: _changed(folder.spec_path, lambda raw: raw.update(system="astrology")),
        "metrics are texts": lambda folder: _changed(folder.spec_path, lambda raw: raw.update(metrics=["value"])),
        "config of wrong types": lambda folder: _changed(
            folder.spec_path, lambda raw: raw.update(config={"env": 5, "total_steps": "many", "seed": None})
        ),
    },
    "labels.json": _at(lambda folder: folder.path / "labels.json", _json_damages("notes", [5], "pinned")),
    "worker.json": _at(lambda folder: folder.worker_path, _json_damages("socket", [5], "pid")),
    "manifest.json": _at(_manifest, _json_damages("reason", [5], "t")),
    "journal": _JOURNAL,
    "journal.lock": _at(lambda folder: folder.path / "journal.lock", _NO_FILE),
    "worker.log": _at(lambda folder: folder.log_path, _NO_FILE),
    "tb": _at(
        lambda folder: folder.tensorboard_path,
        {**_NO_FILE, "file": _replaced(lambda path: path.write_text("x"))},
    ),
    "checkpoints": _at(
        lambda folder: folder.checkpoints_path,
        {**_NO_FILE, "file": _replaced(lambda path: path.write_text("x"))},
    ),
}

DAMAGES: Mapping[str, Damage] = {
    f"{part}: {name}": damage for part, damages in _PARTS.items() for name, damage in damages.items()
}

_HARMLESS = frozenset(
    {
        "labels.json: missing",
        "labels.json: field missing",
        "run.json: unknown system",
        "run.json: config of wrong types",
        "journal: truncated",
        "journal: segment of a far number",
        "journal: delay is endless",
        "journal: metric is no text",
        "journal: message is no text",
        "journal: change of a wrong type",
    }
)
"""Ways that a server may pass over without a word: it knows how to take them."""


def is_told(name: str) -> bool:
    """Whether a server that sees such a run for the first time is sure to show it as damaged."""
    return name.startswith(("run.json:", "labels.json:", "journal:")) and name not in _HARMLESS


def _write_state(folder: Path) -> None:
    (folder / "state.json").write_text("{}")


def fill(folder: RunFolder) -> None:
    """Give a run without a worker the files that it lacks to be damaged: checkpoint, worker.json, log, tb."""
    folder.checkpoints().save(
        5,
        _write_state,
        reason="periodic",
        metrics={"value": 1.0},
        config=dict(folder.spec().config),
        system=folder.spec().system,
    )
    write_json(folder.worker_path, {"pid": 2**31 - 1, "started": 1.0, "host": "supervisor", "socket": "/nowhere"})
    folder.log_path.write_text("printed\n")
    folder.tensorboard_path.mkdir()
    JournalWriter(folder.path).close()
