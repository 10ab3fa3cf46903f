"""What a run of the tuner measures. Light to import."""

from __future__ import annotations

from python_training.contracts.config import SystemConfig
from python_training.contracts.metrics import MetricSpec
from python_training.systems.tuner.config import TunerConfig, of_tuner
from python_training.systems.tuner.source_names import source_names, source_title

_PROVED = (
    MetricSpec(
        "win_rate",
        "Proved win rate",
        "Expected score of the incumbent against the start, by the games of confirmations alone.",
        panel="Proved win rate",
        better="higher",
        aggregate="last",
        primary=True,
    ),
    MetricSpec(
        "win_rate_low",
        "Lower limit",
        "Lower end of the 95% interval of the proved win rate.",
        panel="Proved win rate",
        aggregate="last",
    ),
    MetricSpec(
        "win_rate_high",
        "Upper limit",
        "Upper end of the 95% interval of the proved win rate.",
        panel="Proved win rate",
        aggregate="last",
    ),
    MetricSpec(
        "recommended_win_rate",
        "Recommended, believed",
        "What the recommendation is believed to score against the start: the proved win rate, and beyond it that share "
        "of what the search expects which tests of earlier candidates found to be there; nothing has proved that.",
        panel="Proved win rate",
        better="higher",
        aggregate="last",
    ),
)
_TESTED = ("decision", "stage")
"""What tells of which candidate, and of which of its tests, a value is."""
_CANDIDATE = (
    MetricSpec(
        "llr",
        "Log-likelihood ratio",
        "Of the oldest candidate's test at its present stage: at the upper bound it has passed, at the lower it has "
        "failed.",
        panel="Test of the candidate",
        aggregate="last",
        begins_anew_with=_TESTED,
    ),
    MetricSpec(
        "llr_lower",
        "Lower bound",
        "Where that test ends with a rejection.",
        panel="Test of the candidate",
        aggregate="last",
        begins_anew_with=_TESTED,
    ),
    MetricSpec(
        "llr_upper",
        "Upper bound",
        "Where that test ends with a pass.",
        panel="Test of the candidate",
        aggregate="last",
        begins_anew_with=_TESTED,
    ),
    MetricSpec(
        "candidate_score",
        "Candidate's score",
        "Mean score of that candidate against the incumbent in its present stage; against the pool, one half and how "
        "much more it scores than the incumbent.",
        panel="Candidate's score",
        better="higher",
        aggregate="last",
        begins_anew_with=_TESTED,
    ),
    MetricSpec("decision", "Decision", "Index of that test in the run.", aggregate="last"),
    MetricSpec("stage", "Stage", "Its stage: 1 is the first test, 2 the confirmation, 3 the pool.", aggregate="last"),
)
_COUNTS = (
    MetricSpec("iteration", "Decisions", "Candidates judged so far.", panel="Decisions", aggregate="last"),
    MetricSpec(
        "accepted", "Accepted", "Candidates accepted so far.", panel="Decisions", better="higher", aggregate="last"
    ),
    MetricSpec(
        "since_acceptance",
        "Since the last acceptance",
        "Candidates judged since the last acceptance.",
        panel="Stagnation",
        better="lower",
        aggregate="last",
    ),
    MetricSpec("search_games", "Search games", "Games played by the search so far.", panel="Games", aggregate="last"),
    MetricSpec(
        "decision_games", "Test games", "Games played on candidates' tests so far.", panel="Games", aggregate="last"
    ),
    MetricSpec(
        "other_games",
        "Baseline and tournament games",
        "Games of the baseline and of the tournament so far.",
        panel="Games",
        aggregate="last",
    ),
)
_BASELINE = MetricSpec(
    "baseline_score",
    "Baseline",
    "Mean score of the start against the fixed opponents, as far as it has been measured.",
    panel="Baseline",
    aggregate="last",
)
_FAILED = MetricSpec(
    "failed_trials",
    "Failed trials",
    "Trials so far, of either side, that brought no score: they count as lost.",
    better="lower",
    aggregate="last",
)
_SPEED = MetricSpec(
    "games_per_s",
    "Speed",
    "Games played per second of the clock, thinking included.",
    unit="1/s",
    panel="Speed",
    better="higher",
    deterministic=False,
)


def metrics(config: SystemConfig) -> tuple[MetricSpec, ...]:
    """The metrics that a run with `config` may emit: two counts for each source of proposals among them."""
    config = of_tuner(config)
    return (*_PROVED, *_CANDIDATE, *_COUNTS, _FAILED, *_of_sources(config), _BASELINE, _SPEED)


def source_metric(kind: str, source: str) -> str:
    """The name of a source's metric; kind is judged or accepted."""
    return f"{kind}_{source}"


def _of_sources(config: TunerConfig) -> list[MetricSpec]:
    specs = []
    for name in source_names(config):
        title = source_title(name)
        for kind in ("judged", "accepted"):
            doc = f"Candidates of this source that were {kind} so far."
            panel = f"Candidates {kind}, by source"
            specs.append(MetricSpec(source_metric(kind, name), f"{title}, {kind}", doc, panel=panel, aggregate="last"))
    return specs
