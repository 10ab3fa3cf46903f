"""What sources of proposals are called: by programs, and by people."""

from __future__ import annotations

from python_training.systems.tuner.config import TunerConfig

PATTERN, LLM = "pattern", "llm"
"""Those that do not come from the search itself."""

_TITLES = {
    "response_surface": "Response surface",
    "spsa": "SPSA",
    "cma_es": "CMA-ES",
    "tpe": "TPE",
    LLM: "Language model",
    PATTERN: "Pattern network",
}


def source_title(name: str) -> str:
    """The name of a source for people."""
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def source_names(config: TunerConfig) -> list[str]:
    """All sources that a run with `config` has, the search's own first."""
    advisers = [*([LLM] if config.use_llm else []), *([PATTERN] if config.use_neural_net else [])]
    return list(dict.fromkeys([*config.search.sources, *advisers]))
