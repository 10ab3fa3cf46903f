from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import AdviserContext, Belief
from python_training.systems.tuner.adviser.adviser import Adviser
from python_training.systems.tuner.adviser.answer_schema import answer_schema
from python_training.systems.tuner.adviser.providers.base import Question, RefusedError, UnavailableError
from python_training.systems.tuner.adviser_config import AdviserConfig

Ask = Callable[..., AdviserContext]
SYSTEM = {"role": "system", "content": "You tune."}


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Any:
    """The tiny model at work."""
    return _loaded(str(tiny_model))


def _loaded(name: str, **changes: Any) -> Any:
    from python_training.systems.tuner.adviser.providers.local_model import LocalModel

    settings = {"model": name, "index": 0, "device": "cpu", "dtype": "auto", "threads": 1, "download": False}
    return LocalModel(settings | changes)


def _question(parameters: tuple[Parameter, ...], *users: str, **changes: Any) -> Question:
    prompts = [[SYSTEM, {"role": "user", "content": user}] for user in users or ("What now?",)]
    told: dict[str, Any] = {
        "prompts": prompts,
        "schema": answer_schema(parameters, 3),
        "seed": 1,
        "temperature": 1.5,
        "max_prompt_tokens": 1000,
        "max_new_tokens": 1000,
    }
    return Question(**(told | changes))


def _check(text: str, schema: Any) -> None:
    """Hold an answer to its schema; jsonschema divides floats, so it would say that 9.6 is no multiple of 0.1."""
    jsonschema.validate(json.loads(text), json.loads(re.sub(r', "multipleOf": [\d.e-]+', "", json.dumps(schema))))


def test_random_weights_write_valid_answers(model: Any, parameters: tuple[Parameter, ...]) -> None:
    """A model that knows nothing at all, at a high temperature, stays within the schema and its ranges every time."""
    texts = []
    for seed in range(8):
        generated = model.generate(_question(parameters, seed=seed))
        assert generated.complete
        _check(generated.text, answer_schema(parameters, 3))
        texts.append(generated.text)
    assert len(set(texts)) == 8


def test_without_the_grammar_it_writes_rubbish(tiny_model: Path, model: Any) -> None:
    """The same weights unconstrained: what makes answers valid is the grammar and nothing else."""
    tokens = model._tokenizer("What now?", return_tensors="pt", add_special_tokens=False)
    drawn = model._model.generate(input_ids=tokens["input_ids"], max_new_tokens=50, do_sample=True, pad_token_id=0)
    with pytest.raises(ValueError, match=r".*"):
        json.loads(model._tokenizer.decode(drawn[0]))


def test_only_what_was_generated_is_read(model: Any, parameters: tuple[Parameter, ...]) -> None:
    """A prompt full of answers leaves no trace in the text."""
    trap = '{"reason": "from the prompt", "changes": [{"parameter": "offset", "value": 7}]}'
    generated = model.generate(_question(parameters, trap * 3))
    assert "from the prompt" not in generated.text
    assert generated.text.startswith('{"reason":')
    assert generated.prompt_tokens > 3 * len(trap)


def test_seeds_decide(model: Any, parameters: tuple[Parameter, ...]) -> None:
    """Equal seeds draw the same, others not; greedy decoding asks no seed."""
    first, again, other = (model.generate(_question(parameters, seed=seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert len({model.generate(_question(parameters, seed=seed, temperature=0.0)).text for seed in (1, 2)}) == 1


def test_an_answer_that_is_cut_off_says_so(model: Any, parameters: tuple[Parameter, ...]) -> None:
    """At its limit of tokens it is incomplete."""
    generated = model.generate(_question(parameters, max_new_tokens=20))
    assert not generated.complete
    assert generated.answer_tokens == 20


def test_a_slow_answer_is_cut_off(model: Any, parameters: tuple[Parameter, ...]) -> None:
    """At its limit of time likewise."""
    assert not model.generate(_question(parameters, timeout_s=0.001)).complete


def test_the_longest_prompt_that_fits_is_asked(model: Any, parameters: tuple[Parameter, ...]) -> None:
    """Where none fits, the question is refused with its length."""
    long, short = "x" * 900, "x" * 50
    assert model.generate(_question(parameters, long, short)).prompt_index == 0
    assert model.generate(_question(parameters, long, short, max_prompt_tokens=500)).prompt_index == 1
    with pytest.raises(RefusedError, match=r"the prompt has \d+ tokens at least"):
        model.generate(_question(parameters, long, short, max_prompt_tokens=40))


@pytest.mark.parametrize(
    ("name", "fault"),
    [("/nowhere/at/all", "neither"), ("someone/model-that-is-not-here", "not on this machine")],
)
def test_a_model_that_is_not_there(torch_is_there: None, name: str, fault: str) -> None:
    """A missing folder, and a name of the hub that was never fetched, are told as such."""
    with pytest.raises(UnavailableError, match=fault):
        _loaded(name)


def test_pickled_weights_are_never_loaded(tiny_model: Path, tmp_path: Path) -> None:
    """A folder that has weights as a pickle alone is refused, whatever else it has."""
    import torch

    folder = tmp_path / "pickled"
    shutil.copytree(tiny_model, folder)
    next(folder.glob("*.safetensors")).unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(UnavailableError, match="safetensors"):
        _loaded(str(folder))


def test_code_of_a_model_is_never_run(tiny_model: Path, tmp_path: Path) -> None:
    """A folder that brings its own modelling code is refused, and the code does not run."""
    folder = tmp_path / "coded"
    shutil.copytree(tiny_model, folder)
    marker = tmp_path / "ran"
    (folder / "modeling_own.py").write_text(
        f"open({str(marker)!r}, 'w').close()\nclass Own: pass\nclass Config: pass\n"
    )
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "own",
        "auto_map": {"AutoConfig": "modeling_own.Config", "AutoModelForCausalLM": "modeling_own.Own"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        _loaded(str(folder))
    assert not marker.exists()


@pytest.mark.parametrize("damage", ["weights", "config"])
def test_a_damaged_model_is_unavailable(tiny_model: Path, tmp_path: Path, damage: str) -> None:
    """Half a file of weights, or a config that is none, is an error that people can read."""
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_model, folder)
    if damage == "weights":
        weights = next(folder.glob("*.safetensors"))
        weights.write_bytes(weights.read_bytes()[:1000])
    else:
        (folder / "config.json").write_text("[]")
    with pytest.raises(UnavailableError, match=re.escape(str(folder))):
        _loaded(str(folder))


def test_gpus_are_given_out_in_turn(torch_is_there: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four members on two GPUs; on a machine without, the CPU, unless a GPU was demanded."""
    import torch

    from python_training.systems.tuner.adviser.providers.local_model import choose_device, choose_dtype

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert [str(choose_device("auto", index)) for index in range(4)] == ["cuda:0", "cuda:1", "cuda:0", "cuda:1"]
    assert str(choose_device("cpu", 1)) == "cpu"
    assert choose_dtype("auto", torch.device("cuda", 0)) is torch.bfloat16
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert str(choose_device("auto", 1)) == "cpu"
    assert choose_dtype("auto", torch.device("cpu")) is torch.float32
    with pytest.raises(UnavailableError, match="no GPU"):
        choose_device("cuda", 0)


@pytest.mark.timeout(900)  # loading takes ten seconds on a machine that has nothing else to do
def test_smollm2_advises(torch_is_there: None, parameters: tuple[Parameter, ...], context: Ask) -> None:
    """The packaged model, in its own process and offline, suggests something within the ranges, with a reason."""
    config = AdviserConfig(lockstep=True, niceness=0, threads=2, temperature=0.3, max_changes=1, download=False)
    with closing(Adviser(config, parameters, 3)) as adviser:
        assert adviser.ask(context(1, beliefs={"weights.space": Belief(6.5, 1.0)}))
        suggestions = adviser.arrived(1)
        assert adviser.notices() == ()
        (record,) = adviser.records()
    (answer,) = record["answers"]
    assert answer["error"] is None or "changes nothing" in answer["error"]
    _check(answer["text"], answer_schema(parameters, 1))
    assert answer["prompt_tokens"] > 200
    assert 10 < answer["answer_tokens"] < 200
    if suggestions:
        assert suggestions[0].reason == json.loads(answer["text"])["reason"].strip()
