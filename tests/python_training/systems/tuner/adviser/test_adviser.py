from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import AdviserContext, Suggestion, Verdict
from python_training.systems.tuner.adviser.adviser import Adviser
from python_training.systems.tuner.adviser_config import AdviserConfig

Ask = Callable[..., AdviserContext]
Write = Callable[[str], str]

GOOD = """
class Own:
    def __init__(self, settings): self.settings = settings
    def describe(self): return {"model": "own"}
    def generate(self, question): return answer({"weights.space": float(question.seed % 900)}, "seed")
"""

HANGS_ONCE_ASKED = """
class Own:
    def __init__(self, settings): pass
    def describe(self): return {}
    def generate(self, question):
        print("this goes nowhere")
        time.sleep(600)
"""

SPINS = """
class Own:
    def __init__(self, settings): pass
    def describe(self): return {}
    def generate(self, question): return 7 ** 7 ** 99999999  # holds the interpreter's lock for ever
"""

CRASHES = """
class Own:
    def __init__(self, settings): pass
    def describe(self): return {}
    def generate(self, question):
        print("out of cheese", file=sys.stderr, flush=True)
        os.kill(os.getpid(), 9)
"""

CRASHES_ONCE = """
class Own:
    def __init__(self, settings): pass
    def describe(self): return {}
    def generate(self, question):
        if not os.path.exists(__file__ + ".died"):
            open(__file__ + ".died", "w").close()
            os.abort()
        return answer({"offset": 1.0})
"""

CANNOT_LOAD = """
class Own:
    def __init__(self, settings): raise UnavailableError("there is no such model.")
"""

REFUSES_FIRST = """
class Own:
    def __init__(self, settings): self.asked = 0
    def describe(self): return {}
    def generate(self, question):
        self.asked += 1
        if self.asked == 1:
            raise RefusedError("not now")
        return answer({"offset": 1.0})
"""

SPEAKS_NONSENSE = """
class Own:
    def __init__(self, settings): pass
    def describe(self): return {}
    def generate(self, question):
        os.write(1, b"to standard error\\n")  # standard output is not the pipe
        for number in range(3, 100):
            try:
                os.write(number, b"this is no line of the protocol\\n")
            except OSError:
                pass
        time.sleep(600)
"""


@contextmanager
def _adviser(parameters: tuple[Parameter, ...], *models: str, seed: int = 0, **settings: Any) -> Iterator[Adviser]:
    chosen = {"models": models, "lockstep": True, "niceness": 0, "answer_timeout_s": 30, **settings}
    with closing(Adviser(AdviserConfig.model_validate(chosen), parameters, seed)) as adviser:
        yield adviser


def _codes(adviser: Adviser) -> list[str]:
    return [notice.code for notice in adviser.notices()]


def _asked(adviser: Adviser, context: AdviserContext) -> tuple[Suggestion, ...]:
    assert adviser.ask(context)
    return adviser.arrived(context.decision)


def _children() -> list[psutil.Process]:
    found = []
    for each in psutil.Process().children():
        with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):  # what other tests started may be ending
            if "adviser.worker" in " ".join(each.cmdline()):
                found.append(each)
    return found


def test_asking_never_waits(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """Neither does looking whether there is an answer; a second question is refused while one is open."""
    with _adviser(parameters, own_providers(HANGS_ONCE_ASKED), lockstep=False) as adviser:
        began = time.monotonic()
        assert adviser.ask(context(1))
        assert not adviser.ask(context(2))
        for decision in range(100):
            assert adviser.arrived(decision) == ()
        assert time.monotonic() - began < 2


def test_advice_is_admitted_when_it_arrives(
    parameters: tuple[Parameter, ...], context: Ask, own_providers: Write
) -> None:
    """The decision at which it was asked and the one from which on it counts are both kept."""
    with _adviser(parameters, own_providers(GOOD), lockstep=False) as adviser:
        assert adviser.ask(context(3))
        decision, arrived = 4, ()
        deadline = time.monotonic() + 60
        while not arrived and time.monotonic() < deadline:
            decision, arrived = decision + 1, adviser.arrived(decision + 1)
        record = adviser.records()[0]
        assert (record["asked_at"], record["admitted_at"]) == (3, decision)
        assert arrived[0].key == record["key"] == "advice-1"
        assert adviser.arrived(decision + 1) == ()


def test_everything_about_a_suggestion_is_kept(
    parameters: tuple[Parameter, ...], context: Ask, own_providers: Write
) -> None:
    """Prompt, its version, answer, reason, cost, values, and later the verdict with its measured effect."""
    with _adviser(parameters, own_providers(GOOD)) as adviser:
        (suggestion,) = _asked(adviser, context(1))
        adviser.judged(suggestion.key, Verdict("accepted", 0.021, 0.008, 3400))
        adviser.judged("advice-99", Verdict("rejected"))
        (record,) = adviser.records()
    assert json.loads(json.dumps(record)) == record
    assert "weights.space: 5" in record["prompts"][0]["messages"][1]["content"]
    assert record["prompt_version"].startswith("v1-")
    assert record["answers"][0]["text"].startswith('{"reason": "seed"')
    assert record["answers"][0]["seconds"] > 0
    assert (record["prompt_tokens"], record["answer_tokens"]) == (10, 5)
    assert record["values"] == suggestion.values
    assert record["reason"] == suggestion.reason == "seed"
    assert record["verdict"] == {"outcome": "accepted", "effect": 0.021, "half_width": 0.008, "games": 3400}


def test_a_hanging_model_is_killed(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """Also one that holds the interpreter's lock; the run is told, and goes on without advice."""
    for source in (HANGS_ONCE_ASKED, SPINS):
        with _adviser(parameters, own_providers(source), answer_timeout_s=0.1) as adviser:
            assert _asked(adviser, context(1)) == ()
            assert _codes(adviser) == ["adviser_hung"]
            assert "not answered within 0.1 s" in str(adviser.records()[0]["answers"][0]["error"])
            assert _children() == []


def test_a_crash_is_told_and_made_good(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """After a wait the process is started again, and answers; the question that killed it is not put again."""
    with _adviser(parameters, own_providers(CRASHES_ONCE)) as adviser:
        assert _asked(adviser, context(1)) == ()
        assert _codes(adviser) == ["adviser_crashed"]
        assert "SIGABRT" in adviser.records()[0]["answers"][0]["error"]
        # Too early: it is answered at once that nobody is there.
        assert _asked(adviser, context(2)) == ()
        assert "not yet started again" in adviser.records()[1]["answers"][0]["error"]
        decision, arrived = 3, ()
        deadline = time.monotonic() + 60
        while not arrived and time.monotonic() < deadline:
            decision, arrived = decision + 1, _asked(adviser, context(decision))
        assert arrived[0].values == {"offset": 1.0}
        assert _codes(adviser) == ["adviser_recovered"]


def test_one_that_always_crashes_is_given_up(
    parameters: tuple[Parameter, ...], context: Ask, own_providers: Write
) -> None:
    """Its last words are told; after enough deaths nobody is asked any more, which is told once."""
    with _adviser(parameters, own_providers(CRASHES), max_deaths=1) as adviser:
        assert _asked(adviser, context(1)) == ()
        (notice,) = adviser.notices()
        assert notice.code == "adviser_crashed"
        assert "SIGKILL: out of cheese" in notice.message
        assert not adviser.ask(context(2))
        assert not adviser.ask(context(3))
        assert _codes(adviser) == ["adviser_ended"]


def test_an_absent_model_is_told(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """Trying again is vain, so nobody does; the run goes on."""
    with _adviser(parameters, own_providers(CANNOT_LOAD)) as adviser:
        assert _asked(adviser, context(1)) == ()
        (notice,) = adviser.notices()
        assert (notice.level, notice.code) == ("warning", "adviser_absent")
        assert "there is no such model." in notice.message
        assert not adviser.ask(context(2))


def test_a_missing_library_is_an_absent_model(
    parameters: tuple[Parameter, ...], context: Ask, own_providers: Write
) -> None:
    """Where the extra is not installed, the notice says how to install it."""
    with _adviser(parameters, own_providers("import torch_that_is_not_there\n")) as adviser:
        assert _asked(adviser, context(1)) == ()
        (notice,) = adviser.notices()
        assert notice.code == "adviser_absent"
        assert "make adviser" in notice.message


def test_nonsense_on_the_pipe_ends_the_conversation(
    parameters: tuple[Parameter, ...], context: Ask, own_providers: Write
) -> None:
    """What a library prints is no harm; what is written into the protocol is a crash."""
    with _adviser(parameters, own_providers(SPEAKS_NONSENSE)) as adviser:
        assert _asked(adviser, context(1)) == ()
        assert _codes(adviser) == ["adviser_crashed"]


def test_a_refusal_is_told_once(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """And so is the first answer after it."""
    with _adviser(parameters, own_providers(REFUSES_FIRST)) as adviser:
        assert _asked(adviser, context(1)) == ()
        assert _codes(adviser) == ["adviser_refused"]
        assert adviser.records()[0]["answers"][0]["error"] == "not now"
        assert adviser.records()[0]["verdict"]["outcome"] == "no_suggestion"
        assert len(_asked(adviser, context(2))) == 1
        assert _codes(adviser) == ["adviser_recovered"]


@pytest.mark.parametrize(
    ("generated", "error"),
    [
        ('Generated("space should be 7", 0, 1, 1, True)', "malformed: not JSON"),
        ('answer({"weights.space": 5000.0})', "malformed: changes[0].value: expected 0.1 to 1000"),
        ('answer({"weights.speed": 1.0})', "malformed: changes[0].parameter"),
        ('Generated(answer({"offset": 1.0}).text[:-5], 0, 1, 1, False)', "cut off"),
        ("Generated(7, 'a', None, -1, True)", "malformed"),
    ],
)
def test_what_is_malformed_is_no_suggestion(
    parameters: tuple[Parameter, ...], context: Ask, own_providers: Write, generated: str, error: str
) -> None:
    """It is kept with its fault, and nothing is salvaged from it."""
    source = GOOD.replace('answer({"weights.space": float(question.seed % 900)}, "seed")', generated)
    with _adviser(parameters, own_providers(source)) as adviser:
        assert _asked(adviser, context(1)) == ()
        assert error in adviser.records()[0]["answers"][0]["error"]


def test_several_models_vote(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """Two want more space, one less: it grows to the lower of the two; a member that is absent does not vote."""
    source = """
class Own:
    def __init__(self, settings):
        self.index = settings["index"]
        if self.index == 3:
            raise UnavailableError("absent")
    def describe(self): return {}
    def generate(self, question):
        return answer({"weights.space": [9.0, 7.0, 2.0][self.index], "offset": 1.0 * self.index}, f"m{self.index}")
"""
    name = own_providers(source)
    with _adviser(parameters, name, name, name, name) as adviser:
        (suggestion,) = _asked(adviser, context(1))
        assert suggestion.values == {"weights.space": 7.0, "offset": 1.0}
        assert suggestion.reason == "m0 / m1 / m2"
        assert suggestion.model.count(name) == 3
        assert len(adviser.records()[0]["answers"]) == 4
        assert _codes(adviser) == ["adviser_absent"]
        assert len(_asked(adviser, context(2))) == 1
        assert len(adviser.records()[1]["answers"]) == 3


def test_tokens_of_a_run_are_bounded(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """When they are spent, nobody is asked any more, and the run is told once."""
    with _adviser(parameters, own_providers(GOOD), max_total_tokens=30) as adviser:
        assert len(_asked(adviser, context(1))) == 1
        assert len(_asked(adviser, context(2))) == 1
        assert not adviser.ask(context(3))
        assert not adviser.ask(context(4))
        assert _codes(adviser) == ["adviser_ended"]


def test_questions_keep_their_distance(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """With ask_every 3, decisions 1, 4 and 7 are asked about."""
    with _adviser(parameters, own_providers(GOOD), ask_every=3) as adviser:
        asked = []
        for decision in range(1, 9):
            if adviser.ask(context(decision)):
                asked.append(decision)
                adviser.arrived(decision)
    assert asked == [1, 4, 7]


def test_a_restored_adviser_asks_the_open_question_again(
    parameters: tuple[Parameter, ...], context: Ask, own_providers: Write
) -> None:
    """From a state through JSON, with the same seeds: what comes is what would have come, then and later."""
    name = own_providers(GOOD)
    with _adviser(parameters, name, seed=5) as unbroken, _adviser(parameters, name, seed=5) as restored:
        _asked(unbroken, context(1))
        unbroken.judged("advice-1", Verdict("rejected", -0.01, 0.02, 400))
        unbroken.ask(context(2, win_rate=0.6))
        restored.restore(json.loads(json.dumps(unbroken.state())))
        assert restored.arrived(3) == unbroken.arrived(3) != ()
        assert _asked(restored, context(4)) == _asked(unbroken, context(4))
        assert _without_time(restored) == _without_time(unbroken)
        assert len(restored.records()) == 3
    with _adviser(parameters, name, seed=6) as other:
        assert _asked(other, context(1))[0].values != unbroken.records()[0]["values"]


def _without_time(adviser: Adviser) -> list[dict[str, Any]]:
    records = json.loads(json.dumps(adviser.records()))
    for record in records:
        del record["seconds"]
        for answer in record["answers"]:
            del answer["seconds"]
    return list(records)


def test_no_process_is_left(parameters: tuple[Parameter, ...], context: Ask, own_providers: Write) -> None:
    """None before the first question, none after the end, which may be told twice."""
    with _adviser(parameters, own_providers(GOOD)) as adviser:
        assert _children() == []
        _asked(adviser, context(1))
        (process,) = _children()
        assert os.getsid(process.pid) != os.getsid(0)  # Ctrl+C in the terminal is none of its business
        adviser.close()
        assert _children() == []


@pytest.mark.parametrize(
    ("source", "timeout_s", "stopped"),
    [(HANGS_ONCE_ASKED, 1000, False), (SPINS, 1, False), (SPINS, 1000, False), (HANGS_ONCE_ASKED, 1000, True)],
    ids=["waiting", "holding the interpreter's lock", "holding it for long", "stopped by a signal"],
)
def test_the_process_ends_with_the_run(
    own_providers: Write, tmp_path: Path, source: str, timeout_s: float, stopped: bool
) -> None:
    """However the run ends: after a SIGKILL in the midst of an answer, no adviser lives on."""
    asked = tmp_path / "asked"
    name = own_providers(
        source.replace("question):", f"question):\n        open({str(asked)!r}, 'w').close()\n       ")
    )
    run = f"""
import pathlib, psutil, time
from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import AdviserContext
from python_training.systems.tuner.adviser.adviser import Adviser
from python_training.systems.tuner.adviser_config import AdviserConfig
config = AdviserConfig(models=({name!r},), answer_timeout_s={timeout_s})
adviser = Adviser(config, (Parameter("a", 0, 1, 0, ""),), 0)
adviser.ask(AdviserContext(1, 0.5, {{"a": 0.0}}))
while not pathlib.Path({str(asked)!r}).exists():
    adviser.arrived(1)
    time.sleep(0.01)
print(psutil.Process().children()[0].pid, flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", run], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        worker = psutil.Process(int(process.stdout.readline()))
    assert worker.is_running()
    if stopped:
        worker.suspend()  # it sees neither the end of a pipe nor a clock
    process.kill()
    process.wait()
    worker.wait(timeout=30)
    assert not worker.is_running()
