from __future__ import annotations

import queue
import subprocess
import sys
from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.policy import ENVIRONMENT, NOTHING_ALLOWED
from python_training.systems.tuner.adviser.members import make_members, member_specs
from python_training.systems.tuner.adviser_config import AdviserConfig


def test_who_may_be_named() -> None:
    """The packaged model, names of the hub, paths, own classes, and servers: one process each, in order."""
    raw: dict[str, Any] = {
        "models": [
            "smollm2",
            "TinyLlama/TinyLlama-1.1B-Chat-v1.0@main",
            "./models/own",
            "~/m.gguf",
            "my.module:Adviser",
        ],
        "endpoints": [{"url": "http://localhost:8000/v1/", "model": "big"}],
    }
    specs = member_specs(validate(AdviserConfig, raw))
    assert [spec.name for spec in specs] == [*raw["models"], "big at http://localhost:8000/v1"]
    assert [spec.provider.rpartition(".")[2] for spec in specs] == [
        *["local_model:LocalModel"] * 4,
        "module:Adviser",
        "endpoint:Endpoint",
    ]
    assert [spec.settings.get("index") for spec in specs] == [0, 1, 2, 3, 4, None]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"models": ["gpt"]}, "models: .*'gpt': expected smollm2, owner/name, module:Class, or a path"),
        ({"models": ["../somewhere"]}, "expected smollm2"),
        ({"models": []}, "at least one model or endpoint"),
        (
            {"endpoints": [{"url": "http://x/v1", "model": "m", "api_key_env": "PADDOCK_TOKEN"}]},
            "endpoints.0.api_key_env",
        ),
        ({"endpoints": [{"url": "http://x/v1", "model": "m", "api_key": "k"}]}, "no such field"),
        ({"prompt": "../../etc/passwd"}, "prompt"),
        ({"max_new_tokens": 1}, "max_new_tokens"),
    ],
)
def test_what_is_wrong_is_named(raw: dict[str, Any], message: str) -> None:
    """The field, what was expected and what came."""
    with pytest.raises(ConfigError, match=message):
        validate(AdviserConfig, raw)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"models": ["my.module:Adviser"]}, "adviser.models"),
        ({"models": ["/etc/model"]}, "adviser.models"),
        ({"models": ["owner/name"]}, "adviser.models"),
        ({"endpoints": [{"url": "http://localhost:8000/v1", "model": "m"}]}, "adviser.endpoints"),
    ],
)
def test_what_came_through_the_server_names_no_code(
    raw: dict[str, Any], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a server of its own, which would be sent the key; the packaged model is nobody's code."""
    monkeypatch.setenv(ENVIRONMENT, NOTHING_ALLOWED.to_json())
    with pytest.raises(ConfigError, match="from the network") as refused:
        make_members(validate(AdviserConfig, raw), queue.SimpleQueue())
    assert refused.value.field == field
    assert len(make_members(AdviserConfig(), queue.SimpleQueue())) == 1


def test_the_trainer_s_process_stays_light() -> None:
    """The adviser and its config load neither torch nor transformers."""
    code = (
        "import sys; import python_training.systems.tuner.adviser.adviser; "
        "sys.exit(bool({'torch', 'transformers', 'llguidance', 'tensorflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
