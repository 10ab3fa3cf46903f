"""The adviser as the tuner sees it: asked when there is something to tell, read when an answer is there.

Neither a hang nor a crash of what is asked reaches the run: each member is a process of its own, and nothing here waits
for it, unless the run is in lockstep.
"""

from __future__ import annotations

import contextlib
import queue
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from python_training.contracts.objective import Parameter
from python_training.contracts.trainer import Notice
from python_training.systems.tuner.adviser.advice import AdviserContext, Suggestion, Verdict
from python_training.systems.tuner.adviser.answer_schema import answer_schema
from python_training.systems.tuner.adviser.consultation import Consultation, conclude, sampling_seed
from python_training.systems.tuner.adviser.member_process import Heard
from python_training.systems.tuner.adviser.members import make_members
from python_training.systems.tuner.adviser.prompt import PromptVersion
from python_training.systems.tuner.adviser.providers.base import Question
from python_training.systems.tuner.adviser_config import AdviserConfig

_LISTEN_S = 0.2  # between two looks at the clock, in lockstep


class Adviser:
    """Asks the members of an ensemble, one question at a time, and keeps what they said and what came of it.

    One thread calls. The first question starts the processes, which may take minutes to load their models.

    Args:
        config: who is asked, how, and at what cost.
        parameters: what may be changed.
        seed: of the run; equal seeds, questions and machines give equal answers.

    Raises:
        UnknownNameError: there is no such version of the prompt.
    """

    def __init__(self, config: AdviserConfig, parameters: Sequence[Parameter], seed: int) -> None:
        self._config = config
        self._parameters = tuple(parameters)
        self._seed = seed
        self._prompt = PromptVersion.named(config.prompt)
        self._schema = answer_schema(self._parameters, config.max_changes)
        self._inbox: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._members = make_members(config, self._inbox)
        self._asked = 0
        self._asked_at: int | None = None
        self._tokens = 0
        self._pending: Consultation | None = None
        self._polled: tuple[int, ...] = ()
        self._records: deque[dict[str, Any]] = deque(maxlen=config.keep_records)
        self._notices: list[Notice] = []
        self._ended: str | None = None

    def ask(self, context: AdviserContext) -> bool:
        """Put a question, unless one is open, the last one is too near, or nobody is left to ask; never waits."""
        if self._pending is not None or self._over() or self._too_soon(context.decision):
            return False
        self._asked, self._asked_at = self._asked + 1, context.decision
        prompts = self._prompt.render(context, self._parameters, self._config.max_changes)
        self._put(Consultation(self._asked, context.decision, self._prompt.version, prompts, dict(context.incumbent)))
        return True

    def arrived(self, decision: int) -> tuple[Suggestion, ...]:
        """Admit what has arrived: from this decision on it counts. In lockstep, wait until the question is answered."""
        self._listen()
        while self._config.lockstep and self._pending is not None and not self._answered():
            with contextlib.suppress(queue.Empty):
                self._hear(self._inbox.get(timeout=_LISTEN_S))
            self._listen()
        if self._pending is None or not self._answered():
            return ()
        asked, self._pending = self._pending, None
        replies = [
            (self._members[index].spec.name, sampling_seed(self._seed, asked.number, index), self._members[index].reply)
            for index in self._polled
        ]
        record, suggestion = conclude(
            asked, [(name, seed, reply) for name, seed, reply in replies if reply], self._parameters, self._config
        )
        record["admitted_at"] = decision
        self._tokens += record["prompt_tokens"] + record["answer_tokens"]
        self._records.append(record)
        return () if suggestion is None else (suggestion,)

    def judged(self, key: str, verdict: Verdict) -> None:
        """Note what came of a suggestion; one whose record is no longer kept is passed over."""
        for record in self._records:
            if record["key"] == key:
                record["verdict"] = verdict.to_dict()

    def records(self) -> tuple[Mapping[str, Any], ...]:
        """The newest suggestions as plain data, oldest first: prompt, answers, cost, values, reason and verdict."""
        return tuple(dict(record) for record in self._records)

    def standing(self) -> Mapping[str, Any]:
        """Who is asked, and what it has cost, as plain data."""
        return {
            "members": [
                {"name": member.spec.name, "given_up": member.given_up, "description": dict(member.description)}
                for member in self._members
            ],
            "prompt_version": self._prompt.version,
            "asked": self._asked,
            "open": self._pending is not None,
            "total_tokens": self._tokens,
        }

    def notices(self) -> tuple[Notice, ...]:
        """What people should be told since the last call: a member is absent, has crashed, answers again."""
        told = [notice for member in self._members for notice in member.notices()]
        told, self._notices = [*told, *self._notices], []
        return tuple(told)

    def state(self) -> dict[str, Any]:
        """All that has to be kept, as plain data; an open question is part of it."""
        return {
            "asked": self._asked,
            "asked_at": self._asked_at,
            "total_tokens": self._tokens,
            "pending": None if self._pending is None else self._pending.to_dict(),
            "records": [dict(record) for record in self._records],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` described; an open question is put again, with the same seeds."""
        self._asked, self._asked_at, self._tokens = state["asked"], state["asked_at"], state["total_tokens"]
        self._records.clear()
        self._records.extend(dict(record) for record in state["records"])
        self._pending = None
        if state["pending"] is not None and not self._over():
            self._put(Consultation.from_dict(state["pending"]))

    def close(self) -> None:
        """End the processes. Safe twice."""
        for member in self._members:
            member.close()

    def _put(self, asked: Consultation) -> None:
        self._pending = asked
        self._polled = tuple(index for index, member in enumerate(self._members) if not member.given_up)
        for index in self._polled:
            self._members[index].ask(asked.number, self._question(asked, index))

    def _question(self, asked: Consultation, member: int) -> Question:
        config = self._config
        return Question(
            prompts=[prompt.messages() for prompt in asked.prompts],
            schema=self._schema,
            seed=sampling_seed(self._seed, asked.number, member),
            temperature=config.temperature,
            max_prompt_tokens=config.max_prompt_tokens,
            max_new_tokens=config.max_new_tokens,
            # In lockstep only tokens bound an answer: where a clock would cut it off, no run repeats.
            timeout_s=None if config.lockstep else config.answer_timeout_s,
        )

    def _answered(self) -> bool:
        return all(self._members[index].reply is not None for index in self._polled)

    def _listen(self) -> None:
        while not self._inbox.empty():
            self._hear(self._inbox.get())
        for member in self._members:
            member.tick()

    def _hear(self, heard: Heard) -> None:
        for member in self._members:
            member.hear(heard)

    def _too_soon(self, decision: int) -> bool:
        return self._asked_at is not None and 0 <= decision - self._asked_at < self._config.ask_every

    def _over(self) -> bool:
        """Whether nobody will be asked any more; says so once."""
        limit = self._config.max_total_tokens
        ended = None
        if all(member.given_up for member in self._members):
            ended = "no member is left"
        elif limit is not None and self._tokens >= limit:
            ended = f"{self._tokens} tokens are spent, of {limit}"
        if ended is not None and self._ended is None:
            self._notices.append(
                Notice(
                    "warning", "adviser_ended", f"The adviser is asked no more: {ended}. The run goes on without it."
                )
            )
        self._ended = ended
        return ended is not None
