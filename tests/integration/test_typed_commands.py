"""Every command that somebody is told to type exists, parses, and names what is there.

The commands come from README and docs/ (shell blocks and code in the text), from the examples in every --help, from the
Makefile, the image, the Compose file and the systemd units. What prepares a run is really asked, up to the point where
it would train; other names are looked up where the command would look them up. Texts of the program itself (errors,
hints, pages) are searched for commands, too.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import gymnasium
import pytest
import yaml

from backend.cli import main
from backend.cli.bench import BENCHMARKS, benchmarks
from backend.cli.program import program
from backend.cli.serve import _system_and_preset
from backend.settings import Settings
from python_training import presets, registry
from python_training.contracts.errors import PaddockError
from python_training.simulators.battlesnake.play.contests import contestant

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = sorted([*REPOSITORY.glob("README.md"), *(REPOSITORY / "docs").rglob("*.md")])
SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
ANY_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
IN_TEXT = re.compile(r"`([^`]+)`")
VARIABLE = re.compile(r"([A-Z_]+)=(\$\(.*\)|\S*)\s*")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
NAMED_IN_A_STRING = re.compile(r"(?<![\w./~-])paddock ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)(?![\w:])")
OWN_PLACEHOLDER = re.compile(r"(my|your)[-_]", re.IGNORECASE)


class Typed(NamedTuple):
    """A command, and where somebody reads it."""

    source: str
    line: str


def shell_lines(text: str) -> Iterator[str]:
    """Commands of the shell blocks of a page: each line, those that go on joined, quotes that span lines kept whole."""
    for block in SHELL_BLOCK.findall(text):
        pending = ""
        for line in block.replace("\\\n", " ").splitlines():
            pending = f"{pending}\n{line}" if pending else line
            try:
                words = shlex.split(pending, comments=True)
            except ValueError:
                continue  # a quotation that the next line ends
            if words:
                yield from (part.strip() for part in re.split(r" (?:\||&&) ", pending))
            pending = ""
        assert not pending, f"a quotation does not end: {pending}"


def from_pages() -> Iterator[Typed]:
    """What README and docs/ show in shell blocks, and as code in their text where that begins like a command."""
    begins = re.compile(
        r"((\.venv/bin/)?(paddock|pytest) |(make|docker compose|systemctl|npm) [-a-z]|benchmarks/\w+\.py)"
    )
    for page in PAGES:
        name, text = str(page.relative_to(REPOSITORY)), page.read_text()
        yield from (Typed(name, line) for line in shell_lines(text))
        for code in IN_TEXT.findall(ANY_BLOCK.sub("", text)):
            line = " ".join(code.split())
            if begins.match(VARIABLE.sub("", line, count=1)):
                yield Typed(name, line)


def commands_of(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the program with the words that call it."""
    context = command.make_context(path[-1] if path else "paddock", [], resilient_parsing=True)
    yield path, command
    if hasattr(command, "get_command"):
        for name in command.list_commands(context):
            yield from commands_of(command.get_command(context, name), (*path, name))


def from_help() -> Iterator[Typed]:
    """The examples at the end of every --help."""
    for path, command in commands_of(program()):
        for line in (command.epilog or "").partition("Exit codes")[0].splitlines():
            example = line.strip()
            if VARIABLE.sub("", example).startswith("paddock "):
                yield Typed(f"paddock {' '.join(path)} --help", example)


def from_deployment() -> Iterator[Typed]:
    """What the Makefile, the image, Compose and systemd run, and what the comments in these files tell to type."""
    for line in re.findall(r"^\t\$\(BIN\)/(paddock .*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE):
        yield Typed("Makefile", line.replace("$(PORT)", "5000"))
    dockerfile = (REPOSITORY / "deploy" / "Dockerfile").read_text()
    default = re.search(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert default
    yield Typed("Dockerfile", shlex.join(["paddock", *json.loads(default[1])]))
    for name, service in yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"].items():
        if service["image"] == "paddock:latest" and "command" in service:
            words = [re.sub(r"\$\{\w+:-(.*?)\}", r"\1", word) for word in service["command"]]
            yield Typed(f"docker-compose.yml: {name}", shlex.join(["paddock", *words]))
    for unit in sorted((REPOSITORY / "deploy").glob("*.service")):
        for command in re.findall(r"^ExecStart=/opt/paddock/\.venv/bin/(.*)$", unit.read_text(), re.MULTILINE):
            yield Typed(unit.name, re.sub(r" \$\w+", "", command))
        for options in re.findall(r'"TUNER_OPTIONS=(.+)"', unit.read_text()):
            yield Typed(unit.name, f"paddock train tuner --forever {options}")
    for file in (REPOSITORY / "docker-compose.yml", *sorted((REPOSITORY / "deploy").iterdir())):
        told = r"^#\s+((?:make|docker compose|systemctl|cp|chown) .*)$"
        for comment in re.findall(told, file.read_text(), re.MULTILINE):
            for line in comment.split(" && "):
                yield Typed(file.name, re.split(r"\s{3,}", line)[0])


def strings_of_the_program() -> Iterator[Typed]:
    """Commands in strings of the code (hints, errors, help) and in texts of the dashboard."""
    for folder in ("backend", "python_training", "benchmarks"):
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for words in NAMED_IN_A_STRING.findall(node.value):
                        yield Typed(str(path.relative_to(REPOSITORY)), f"paddock {words}")
    for path in sorted((REPOSITORY / "frontend" / "src").rglob("*.*")):
        if path.suffix in (".ts", ".html") and not path.name.endswith(".spec.ts"):
            for words in NAMED_IN_A_STRING.findall(path.read_text()):
                yield Typed(str(path.relative_to(REPOSITORY)), f"paddock {words}")


NOT_TYPED = {Typed("backend/api/logins.py", "paddock login")}
"""Words of the program that are no command: what a login's signature is made of."""

ALL = list({each.line: each for each in (*from_pages(), *from_help(), *from_deployment())}.values())
"""Each command once, whatever the number of places that show it."""


@dataclass(frozen=True)
class Parsed:
    """A `paddock` command as it was understood: the words that call it, its arguments by name, and all words after."""

    path: str
    given: Mapping[str, Any]
    rest: tuple[str, ...]
    words: list[str]


def parse(line: str) -> Parsed:
    """What a `paddock` line means, --help left out; raises what the parser raises."""
    words = shlex.split(line, comments=True)[1:]
    if words and words[-1] == "--help" and "--" not in words:
        words.pop()
    command: Any = program()
    context = command.make_context("paddock", [], resilient_parsing=True)
    while hasattr(command, "get_command"):
        if not words:
            return Parsed(context.command_path, {}, (), [])
        name, command, words = command.resolve_command(context, words)
        context = command.make_context(name, list(words), parent=context, resilient_parsing=True)
    context = command.make_context(context.info_name, list(words), parent=context.parent)
    typed = [name for name in context.params if context.get_parameter_source(name).name == "COMMANDLINE"]
    given = {name: context.params[name] for name in typed}
    return Parsed(context.command_path.removeprefix("paddock "), given, tuple(context.args), words)


def paddock_problem(line: str) -> str | None:
    """What is wrong with a `paddock` line: its name, options, arguments or a name among them; None if nothing is."""
    try:
        parsed = parse(line)
        return next(unresolved(parsed), None)
    except PaddockError as error:
        return f"{error.message} {error.hint or ''}"
    except Exception as error:  # whatever the parser raises is the finding
        # A command may be mentioned by its name alone, or its help be asked for.
        is_mention = type(error).__name__ == "MissingParameter" and (line.endswith(" --help") or " -" not in line)
        return None if is_mention else f"{type(error).__name__}: {error}"


def unresolved(parsed: Parsed) -> Iterator[str]:
    """Names in a command that are not there. Runs, files of the reader's and servers elsewhere may be any."""
    given = parsed.given
    if parsed.path == "train" and "resume" not in given:
        yield from of_a_run(parsed)
    if parsed.path == "serve" and "ensure_run" in given:
        _system_and_preset(given["ensure_run"])
    if parsed.path.startswith("config ") and "name" in given and given["name"] != "server":
        config = registry.system(given["name"]).config_class()
        assignments = [part for each in given.get("assignments") or () for part in ("--set", each)]
        preset = ["--preset", given["preset"]] if "preset" in given else []
        assert config
        if parsed.path == "config init":
            yield from refused("config", "init", given["name"], *preset, *assignments)
    if parsed.path == "bench":
        script = benchmarks().get(given["name"])
        if script is None:
            yield f"There is no benchmark named {given['name']}."
        else:
            yield from unknown_options(script, parsed.rest)
    if parsed.path == "render":
        world = registry.world(given.get("run") or "")
        worlds = [world] if world else list(registry.WORLDS.values())
        players = {"policy", *(name for each in worlds for name in each.players)}
        if given.get("player", "policy") not in players:
            yield f"{given['player']} plays in no such world."
    if parsed.path == "runs export" and "metrics" in given:
        yield from (f"No system has a metric {name}." for name in given["metrics"].split(",") if name not in metrics())
    if parsed.path.startswith("battlesnake "):
        yield from of_battlesnake(parsed)


def of_a_run(parsed: Parsed) -> Iterator[str]:
    """What a run would not begin with: the config is really made, of presets, files, settings and options."""
    words = [word for word in parsed.words if word not in ("--forever", "--continue", "--json")]
    assignments = parsed.given.get("assignments") or ()
    of_readers_world = any(
        name == "env" and OWN_PLACEHOLDER.match(value)
        for name, _, value in (each.partition("=") for each in assignments)
    )
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        if of_readers_world and (name == "env" or name.startswith("env_config.")):
            words.remove("--set")
            words.remove(assignment)
        elif name == "env" and not is_world(value):
            yield f"There is no world named {value}."
    if "config" in parsed.given:
        file = words.pop(words.index("--config") + 1)
        words.remove("--config")
        if not OWN_PLACEHOLDER.match(file) and not any(is_written(file, each.line) for each in ALL):
            yield f"No document says how {file} comes to be."
    if parsed.given.get("system") and "save_config" not in parsed.given:
        yield from refused("train", *words, "--save-config", os.devnull)


def is_written(file: str, line: str) -> bool:
    """Whether a command writes that file."""
    return re.search(rf"(--save-config|--output) {re.escape(file)}( |$)", line) is not None


def refused(*words: str) -> Iterator[str]:
    """Why the program refuses a command that trains nothing."""
    done = main(words)
    if done != 0:
        yield f"paddock {shlex.join(words)} ends with {done}"


def is_world(name: str) -> bool:
    """Whether a run could train in that world: one of ours, one of Gymnasium's, or one of a module that is there."""
    module, _, _ = name.rpartition(":")
    return bool(registry.world(name)) or name in gymnasium.registry or bool(module and importlib.util.find_spec(module))


@functools.cache
def metrics() -> set[str]:
    """Names of the metrics of all systems, in every world that they have a preset for."""
    found: set[str] = set()
    for system in registry.SYSTEMS.values():
        for preset in (None, *(each.name for each in presets.presets(system.name))):
            config = system.config_class()(**presets.resolve(system.name, {}, preset))
            found |= {spec.name for spec in system.metric_specs(config)}
    return found


def of_battlesnake(parsed: Parsed) -> Iterator[str]:
    """Players and settings that the Battlesnake commands do not know."""
    given = parsed.given
    named = [given[key] for key in ("a", "b", "name", "player", "against") if given.get(key)]
    named += [*(given.get("players") or ()), *(given.get("configs") or ())]
    for name in named:
        if ":" not in name and not name.endswith(".yaml"):  # servers, what runs have tuned, files of the reader's
            contestant(name)
    fields = registry.load(registry.WORLDS["battlesnake"].config).model_fields
    for setting in given.get("settings") or ():
        if setting.partition("=")[0].partition(".")[0] not in fields:
            yield f"Battlesnake has no setting {setting}."


def unknown_options(script: Path, words: tuple[str, ...]) -> Iterator[str]:
    """Options that stand nowhere in a benchmark's source."""
    source = script.read_text()
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    yield from (f"{script.name} has no option {option}." for option in options if f'"{option}"' not in source)


def problem_of(line: str) -> str | None:
    """What is wrong with a line, whatever program it calls; None if nothing is. A program that none checks is wrong."""
    variables, words = without_variables(line)
    known = {f"PADDOCK_{name.upper()}" for name in Settings.model_fields} | {"DATABASE_URL", "BATTLESNAKE_CONFIG"}
    known |= {"PADDOCK_PROFILE", "PADDOCK_CONFIG_DIR"}
    if wrong := [name for name in variables if name not in known and name not in ("PYTHON", "PORT")]:
        return f"No setting is called {wrong[0]}."
    if not words:
        return None
    match words[0].removeprefix(".venv/bin/"):
        case "paddock":
            return paddock_problem(shlex.join(["paddock", *words[1:]]))
        case "make":
            targets = set(TARGET.findall((REPOSITORY / "Makefile").read_text()))
            named = [word for word in words[1:] if "=" not in word]
            return next((f"There is no target {word}." for word in named if word not in targets), None)
        case "docker":
            return of_compose(words[2:])
        case "systemctl":
            units = {path.stem for path in (REPOSITORY / "deploy").glob("*.service")}
            return None if words[-1] in units else f"There is no unit {words[-1]}."
        case "pytest" | "cp" | "cat":
            file = next(word for word in words[1:] if not word.startswith("-"))
            is_there = (REPOSITORY / file).exists() or is_made(file)
            return None if is_there else f"There is no file {file}."
        case "npm":
            scripts = json.loads((REPOSITORY / "frontend" / "package.json").read_text())["scripts"]
            return None if words[-1] in scripts else f"package.json has no script {words[-1]}."
        case "curl":
            return of_curl(words)
        case "systemd-sysusers":
            file = REPOSITORY / "deploy" / words[-1].replace(".conf", ".sysusers.conf")
            return None if file.is_file() else f"There is no {file}."
        case "chown" | "mkdir" | "jq":
            return None
        case script if script.startswith("benchmarks/"):
            path = REPOSITORY / script
            return next(unknown_options(path, tuple(words[1:])), None) if path.is_file() else f"There is no {script}."
        case unknown:
            return f"No test knows how to check {unknown}."


def without_variables(line: str) -> tuple[list[str], list[str]]:
    """Names of the variables that a line sets, exported or before a command, and its words without redirections."""
    line = re.sub(r" [<>] \S+", "", line).strip().removeprefix("export ")
    names = []
    while found := VARIABLE.match(line):
        names.append(found[1])
        line = line[found.end() :]
    words = shlex.split(line, comments=True)
    if words and words[0] == "make":
        names += [word.partition("=")[0] for word in words if "=" in word]
    return names, words


def is_made(file: str) -> bool:
    """Whether the reader has the file by then: another command writes it, or it is the reader's own."""
    return bool(OWN_PLACEHOLDER.match(Path(file).name)) or file in ("transitions.jsonl", "run/token")


def of_compose(words: list[str]) -> str | None:
    """What is wrong with `docker compose WORDS`."""
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    profiles = {profile for service in services.values() for profile in service.get("profiles", ())}
    while words and words[0].startswith("-"):
        if words[0] == "--profile" and words[1] not in profiles:
            return f"Compose has no profile {words[1]}."
        words = words[2:] if words[0] == "--profile" else words[1:]
    if words[0] in ("logs", "exec") and len(words) > 1:
        if words[1] not in services:
            return f"Compose has no service {words[1]}."
        return problem_of(shlex.join(words[2:]))
    if words[0] == "cp":
        service, _, path = next(word for word in words[1:] if ":" in word).partition(":")
        mounts = [volume.split(":")[1] for volume in services[service]["volumes"]]
        return None if any(path.startswith(mount) for mount in mounts) else f"{path} is in no volume."
    return None if words[0] in ("up", "down", "stop", "logs", "exec") else f"No test knows docker compose {words[0]}."


def of_curl(words: list[str]) -> str | None:
    """What is wrong with a request: path and method, names in its query and body."""
    paths = json.loads((REPOSITORY / "docs" / "openapi.json").read_text())["paths"]
    url = urlsplit(next(word for word in words if word.startswith("http://localhost:5000/")))
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    pattern = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in paths}
    described = next((paths[path] for path, fits in pattern.items() if fits.fullmatch(url.path)), {})
    if method.lower() not in described:
        return f"The API has no {method} {url.path}."
    takes = {parameter["name"] for parameter in described[method.lower()].get("parameters", ())}
    query = dict(parse_qsl(url.query))
    if unknown := set(query) - takes:
        return f"{url.path} takes no {sorted(unknown)}."
    if wrong := set(query["names"].split(",")) - metrics() if "names" in query else set():
        return f"No system has metrics named {sorted(wrong)}."
    if "-d" not in words or words[words.index("-d") + 1].startswith("@"):
        return None
    body = json.loads(words[words.index("-d") + 1])
    if "preset" in body or "system" in body:
        system, config = body.get("system", "ppo"), body.get("config", {})
        registry.system(system).config_class()(**presets.resolve(system, config, body.get("preset")))
    world = registry.world(body.get("world", "arena"))
    assert world, body["world"]
    named = [body.get("player"), *(seat["pilot"].get("name") for seat in body.get("seats", ()))]
    return next((f"{name} plays in no such world." for name in named if name and name not in world.players), None)


def test_commands_are_found() -> None:
    """Each source of commands gives some."""
    assert len(list(from_pages())) >= 150
    assert len(list(from_help())) >= 30
    assert len(list(from_deployment())) >= 10


@pytest.mark.parametrize(("source", "line"), ALL, ids=[f"{each.source}: {each.line}" for each in ALL])
def test_a_command_is_what_it_says(
    source: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exists, takes the options and values shown, and every name in it is there."""
    monkeypatch.setenv("PADDOCK_ROOT", str(tmp_path))
    assert problem_of(line) is None, f"{source}: {line}\n{capsys.readouterr()}"


@pytest.mark.parametrize(
    "line",
    [
        "paddock trian",
        "paddock train ppo --sede 3",
        "paddock train pop",
        "paddock train ppo --set learning_rte=0.1",
        "paddock train ppo --set learning_rate=high",
        "paddock train ppo --set env=CartPole-v999",
        "paddock train ppo --preset arenas",
        "paddock train ppo --config nowhere.yaml",
        "paddock serve --port high",
        "paddock serve --ensure-run lunabotics",
        "paddock config init ppo --preset no-such",
        "paddock bench arenas",
        "paddock render lunabotics --player ace_of_nothing",
        "paddock runs export newest --metrics loss,lost",
        "paddock battlesnake play default nobody",
        "make stat",
        "docker compose exec apps paddock stop --all",
        "docker compose exec app paddock stop --everything",
        "docker compose --profile mysql up",
        "systemctl stop paddocks",
        "PADDOCK_PROT=1 paddock serve",
        "curl -s http://localhost:5000/api/v1/run",
        "curl -s 'http://localhost:5000/api/v1/runs/RUN/metrics?names=lost'",
        'curl -s -X POST http://localhost:5000/api/v1/runs -d \'{"system": "ppo", "preset": "none"}\'',
        "benchmarks/none.py",
        "wget http://localhost",
    ],
)
def test_a_wrong_command_would_be_noticed(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that parses and does not resolve is a fault like one that does not parse."""
    monkeypatch.setenv("PADDOCK_ROOT", str(tmp_path))
    try:
        found = problem_of(line)
    except Exception as error:  # refused by what would read it
        found = str(error)
    assert found


def test_texts_of_the_program_name_commands_that_exist() -> None:
    """Hints, errors, help and pages send nobody to a command that is not there."""
    known = {" ".join(path) for path, _ in commands_of(program())}
    groups = {name.partition(" ")[0] for name in known if " " in name}
    wrong = []
    found = set(strings_of_the_program())
    assert len(found) >= 20
    for source, line in found - NOT_TYPED:
        first, _, second = line.removeprefix("paddock ").partition(" ")
        if first not in known or (first in groups and second and f"{first} {second}" not in known):
            wrong.append((source, line))
    assert wrong == []


def test_benchmarks_can_be_asked_for_help() -> None:
    """`paddock bench NAME -- --help`, which the help tells to type, answers for each."""
    assert benchmarks()
    for script in benchmarks().values():
        assert script.parent == BENCHMARKS
        assert "argparse" in script.read_text() or "ArgumentParser" in script.read_text(), script
    done = subprocess.run(
        [sys.executable, benchmarks()["tuner"], "--help"], capture_output=True, text=True, timeout=120, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr
