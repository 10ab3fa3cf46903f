"""The language model's panel: what it was asked, what it said and why, and what came of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from python_training.contracts.report import Record, Records, Tone

SHOWN = 100
"""Newest suggestions."""
LONGEST = 12_000
"""Letters of a text that is shown."""
_OUTCOMES = {
    "not_tried": "not tried: newer advice took its place, or it was like one that failed",
    "no_suggestion": "no suggestion: the members agreed on nothing",
    "no_difference": "no difference",
}


def adviser(document: Mapping[str, Any]) -> Records:
    """What the language model was asked and said, and what came of it, the newest first."""
    panel = document["adviser"]
    if panel is None:
        return Records((), "No language model was asked: use_llm is off.")
    return Records(tuple(_advice(record) for record in reversed(panel["records"][-SHOWN:])), "No advice yet.")


def _advice(record: Mapping[str, Any]) -> Record:
    outcome = (record.get("verdict") or {}).get("outcome")
    changes = ", ".join(f"{name} = {value:.4g}" for name, value in (record.get("values") or {}).items()) or "no change"
    tone: Tone = "now" if outcome is None else "good" if outcome == "accepted" else "past"
    facts = tuple((title, text[:LONGEST]) for title, text in _facts(record) if text)
    return Record(f"{changes}: {_verdict(record)}", facts, tone)


def _facts(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Titles and texts, in the order in which things happened."""
    yield "Asked", f"after decision {record['asked_at']}, answered by decision {record['admitted_at']}"
    for prompt in record["prompts"]:
        for message in prompt["messages"]:
            yield f"Prompt {record['prompt_version']}, {message['role']}", message["content"]
    for answer in record["answers"]:
        cost = f"{answer['answer_tokens']:,} tokens in {answer['seconds']:.1f} s, seed {answer['seed']}"
        yield f"Answer of {answer['member']} ({cost})", str(answer["text"] or "")
        yield f"Fault of {answer['member']}", str(answer["error"] or "")
    yield "Vote", _vote(record["vote"])
    yield "Reason", record["reason"]
    yield "Cost", f"{record['prompt_tokens']:,} tokens read, {record['answer_tokens']:,} written"
    yield "Verdict", _verdict(record)


def _vote(vote: Mapping[str, Any]) -> str:
    """A line for each parameter that any member wanted to change; "" where there was one voter."""
    if vote["voters"] < 2:
        return ""
    lines = []
    for name, ways in vote["support"].items():
        taken = f"taken: {vote['values'][name]:.4g}" if name in vote["values"] else "not taken"
        lines.append(f"{name}: {ways['up']} up, {ways['down']} down of {vote['voters']}, {taken}")
    return "\n".join(lines)


def _verdict(record: Mapping[str, Any]) -> str:
    verdict = record.get("verdict")
    if not verdict:
        return "not judged yet"
    outcome = _OUTCOMES.get(verdict["outcome"], verdict["outcome"])
    if verdict["effect"] is None:
        return str(outcome)
    width = "" if verdict["half_width"] is None else f" ± {verdict['half_width']:.2%}"
    return f"{outcome}, {verdict['effect']:+.2%}{width} in {verdict['games']:,} games"
