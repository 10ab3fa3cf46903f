from __future__ import annotations

from typing import Any

from python_training.systems.tuner.report.advice import adviser

PROMPT = {
    "index": 0,
    "messages": [{"role": "system", "content": "You tune."}, {"role": "user", "content": "Score 50%."}],
}


def record(**changes: Any) -> dict[str, Any]:
    """What the adviser keeps of one question to two members."""
    answers = [
        {"member": name, "seed": 7, "text": text, "error": error, "answer_tokens": 20, "seconds": 1.5}
        for name, text, error in (("one", '{"reason": "room"}', None), ("two", None, "it died"))
    ]
    return {
        "key": "advice-1",
        "asked_at": 3,
        "admitted_at": 5,
        "prompt_version": "v1-abc",
        "prompts": [PROMPT],
        "answers": answers,
        "vote": {
            "values": {"space": 2.0},
            "support": {"space": {"up": 2, "down": 0}, "food": {"up": 1, "down": 1}},
            "voters": 2,
        },
        "values": {"space": 2.0},
        "reason": "room",
        "prompt_tokens": 1200,
        "answer_tokens": 40,
        "verdict": {"outcome": "rejected", "effect": 0.0025, "half_width": 0.017, "games": 3800},
        **changes,
    }


def test_a_record_tells_question_answers_vote_reason_and_what_came_of_it() -> None:
    """In words for people, the newest first; a member's fault is told, and nothing is told twice."""
    shown = adviser({"adviser": {"records": [record(), record(key="advice-2", verdict=None)]}})
    newest, oldest = shown.records
    assert newest.title == "space = 2: not judged yet"
    assert oldest.title == "space = 2: rejected, +0.25% ± 1.70% in 3,800 games"
    facts = dict(oldest.facts)
    assert facts["Asked"] == "after decision 3, answered by decision 5"
    assert facts["Prompt v1-abc, user"] == "Score 50%."
    assert facts["Answer of one (20 tokens in 1.5 s, seed 7)"] == '{"reason": "room"}'
    assert facts["Fault of two"] == "it died"
    assert "Fault of one" not in facts
    assert facts["Vote"].splitlines() == ["space: 2 up, 0 down of 2, taken: 2", "food: 1 up, 1 down of 2, not taken"]
    assert facts["Reason"] == "room"
    assert facts["Verdict"] == "rejected, +0.25% ± 1.70% in 3,800 games"


def test_what_was_not_tried_says_why() -> None:
    """Advice that newer advice replaced, and an ensemble that did not agree."""
    nothing = {"effect": None, "half_width": None, "games": 0}
    dropped = record(verdict={"outcome": "not_tried", **nothing})
    split = record(values={}, verdict={"outcome": "no_suggestion", **nothing})
    titles = [each.title for each in adviser({"adviser": {"records": [dropped, split]}}).records]
    assert titles[0].startswith("no change: no suggestion")
    assert "newer advice" in titles[1]
    assert adviser({"adviser": None}).records == ()
