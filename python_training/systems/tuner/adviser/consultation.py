"""One question to all members, from its prompts to what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import Suggestion
from python_training.systems.tuner.adviser.answer import Answer, MalformedAnswerError, read_answer
from python_training.systems.tuner.adviser.ballot import count_votes
from python_training.systems.tuner.adviser.member import Reply
from python_training.systems.tuner.adviser.prompt import Prompt
from python_training.systems.tuner.adviser_config import AdviserConfig


@dataclass(frozen=True, slots=True)
class Consultation:
    """What the members are asked.

    Attributes:
        number: counts the questions of the run from 1.
        decision: at which decision it was asked.
        prompt_version: the template.
        prompts: the prompt in several lengths.
        incumbent: the setting that is to change.
    """

    number: int
    decision: int
    prompt_version: str
    prompts: tuple[Prompt, ...]
    incumbent: Mapping[str, float]

    @property
    def key(self) -> str:
        """Names the suggestion that may come of it."""
        return f"advice-{self.number}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, from which `from_dict` makes the same."""
        return {
            "number": self.number,
            "decision": self.decision,
            "prompt_version": self.prompt_version,
            "prompts": [[prompt.system, prompt.user] for prompt in self.prompts],
            "incumbent": dict(self.incumbent),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Consultation:
        """What `to_dict` wrote."""
        prompts = tuple(Prompt(system, user) for system, user in raw["prompts"])
        return cls(raw["number"], raw["decision"], raw["prompt_version"], prompts, dict(raw["incumbent"]))


def sampling_seed(seed: int, number: int, member: int) -> int:
    """The seed of one member's answer to one question, below 2**31; it depends on nothing else."""
    digest = hashlib.sha256(f"{seed} {number} {member}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def conclude(
    asked: Consultation,
    replies: Sequence[tuple[str, int, Reply]],
    parameters: Sequence[Parameter],
    config: AdviserConfig,
) -> tuple[dict[str, Any], Suggestion | None]:
    """Read and count the replies (member, seed, reply); returns the record, and the suggestion if they agree on one.

    The record is plain data: everything that was said and what it cost. Its verdict is None until there is one.
    """
    answers: list[tuple[str, Answer]] = []
    told = []
    for member, seed, reply in replies:
        entry: dict[str, Any] = {"member": member, "seed": seed, **reply.to_dict(), "values": None, "reason": None}
        if reply.text is not None and reply.error is None:
            try:
                answer = read_answer(reply.text, parameters, asked.incumbent, config.max_changes)
            except MalformedAnswerError as error:
                entry["error"] = f"malformed: {error}"
            else:
                entry |= {"values": dict(answer.values), "reason": answer.reason}
                answers.append((member, answer))
        told.append(entry)
    vote = count_votes([answer for _, answer in answers], asked.incumbent, config.quorum, config.max_changes)
    agreeing = [(member, answer) for member, answer in answers if set(answer.values) & set(vote.values)]
    reason = " / ".join(answer.reason for _, answer in agreeing)
    used = sorted(
        {reply.prompt_index for _, _, reply in replies if reply.text is not None} & set(range(len(asked.prompts)))
    )
    record = {
        "key": asked.key,
        "asked_at": asked.decision,
        "admitted_at": None,
        "prompt_version": asked.prompt_version,
        "prompts": [{"index": index, "messages": asked.prompts[index].messages()} for index in used or [0]],
        "answers": told,
        "vote": vote.to_dict(),
        "values": dict(vote.values),
        "reason": reason,
        "prompt_tokens": sum(reply.prompt_tokens for _, _, reply in replies),
        "answer_tokens": sum(reply.answer_tokens for _, _, reply in replies),
        "seconds": sum(reply.seconds for _, _, reply in replies),
        "verdict": None,
    }
    if not vote.values:
        record["verdict"] = {"outcome": "no_suggestion", "effect": None, "half_width": None, "games": 0}
        return record, None
    return record, Suggestion(asked.key, vote.values, reason, " + ".join(member for member, _ in agreeing))
