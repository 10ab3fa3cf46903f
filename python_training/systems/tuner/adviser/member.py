"""One member of the adviser: keeps a process for it alive, and gets each question answered, be it with an excuse."""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from python_training.contracts.trainer import Notice
from python_training.systems.tuner.adviser import protocol
from python_training.systems.tuner.adviser.backoff import Backoff
from python_training.systems.tuner.adviser.member_process import Heard, MemberProcess
from python_training.systems.tuner.adviser.protocol import MemberSpec
from python_training.systems.tuner.adviser.providers.base import Question

GRACE_S = 5.0
"""An answer that was cut off at its limit of time gets at most so many seconds more to arrive."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question came to.

    Attributes:
        text: generated text, None if there is none.
        error: why there is none, or why the text is not whole.
        prompt_index: which length of the prompt was asked.
        prompt_tokens, answer_tokens, seconds: what it cost.
    """

    text: str | None
    error: str | None = None
    prompt_index: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


class Member:
    """Asks one model. Nothing here waits; `tick` and `hear` have to be called now and then.

    Args:
        spec: who it is.
        inbox: where its process's words arrive; whoever reads it calls `hear`.
        threads: cores of its process.
        answer_timeout_s: after so long an answer is given up, and the process killed.
        max_deaths: deaths in a row after which the member is given up.
    """

    def __init__(
        self,
        spec: MemberSpec,
        inbox: queue.SimpleQueue[Heard],
        *,
        threads: int,
        answer_timeout_s: float,
        max_deaths: int,
    ) -> None:
        self.spec = spec
        self.description: Mapping[str, Any] = {}
        self._inbox = inbox
        self._threads = threads
        self._answer_timeout_s = answer_timeout_s
        self._backoff = Backoff(max_deaths)
        self._hopeless = False
        self._process: MemberProcess | None = None
        self._ready = False
        self._deadline = 0.0
        self._question: tuple[int, Question] | None = None
        self._reply: Reply | None = None
        self._notices: list[Notice] = []
        self._ill = False

    @property
    def given_up(self) -> bool:
        """Whether it will never answer again."""
        return self._hopeless or self._backoff.given_up

    @property
    def reply(self) -> Reply | None:
        """What the last question came to; None while it is being answered."""
        return self._reply

    def ask(self, number: int, question: Question) -> None:
        """Have a question answered; one that cannot be now is answered with an excuse at once."""
        self._question, self._reply = (number, question), None
        now = time.monotonic()
        if self._process is None and not self._backoff.allows(now):
            self._excuse("it has been given up" if self.given_up else "it died, and is not yet started again")
            return
        if self._process is None:
            self._start(now)
        elif self._ready:
            self._put(now)

    def tick(self) -> None:
        """Kill a process that takes too long."""
        if self._process is None or (self._ready and self._question is None) or time.monotonic() < self._deadline:
            return
        what = "answered" if self._ready else "became ready"
        limit = self._answer_timeout_s if self._ready else self.spec.start_timeout_s
        self._process.end()
        self._died("adviser_hung", f"it has not {what} within {limit:g} s and was killed")

    def hear(self, heard: Heard) -> None:
        """Take in what a process said; one that is another member's, or of an earlier life, is none of ours."""
        if heard.life is not self._process or self._process is None:
            return
        said = heard.said
        if said is None:
            self._died("adviser_crashed", f"its process ended ({self._process.ending()})")
        elif said["type"] == "ready":
            self._ready, self.description = True, said.get("description", {})
            self._put(time.monotonic())
        elif said["type"] == "failed":
            self._absent(str(said.get("message", "")))
        elif self._question is not None and said.get("number") == self._question[0]:
            self._answered(said)

    def notices(self) -> tuple[Notice, ...]:
        """What people should be told since the last call."""
        told, self._notices = tuple(self._notices), []
        return told

    def close(self) -> None:
        """End the process. Safe twice."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _start(self, now: float) -> None:
        self._ready, self._deadline = False, now + self.spec.start_timeout_s
        try:
            self._process = MemberProcess(self.spec, self._inbox, self._threads)
        except OSError as error:
            self._died("adviser_crashed", f"its process cannot be started ({error.strerror})")

    def _put(self, now: float) -> None:
        if self._question is None or self._process is None:
            return
        grace = min(GRACE_S, self._answer_timeout_s)
        self._deadline = now + self._answer_timeout_s + grace
        # Should this run be gone by then, the process ends itself.
        self._process.send(protocol.encode_question(*self._question, self._answer_timeout_s + 2 * grace))

    def _answered(self, said: Mapping[str, Any]) -> None:
        refused = said["type"] == "refused"
        self._reply, self._question = _read_reply(said), None
        self._backoff.lived()
        if refused and not self._ill:
            self._tell("warning", "adviser_refused", f"it gave no answer: {self._reply.error}")
        elif not refused and self._ill:
            self._tell("info", "adviser_recovered", "it answers again")
        self._ill = refused

    def _absent(self, why: str) -> None:
        self._hopeless = True
        self.close()
        self._tell("warning", "adviser_absent", f"{why} The run goes on without it.")
        self._excuse(why)

    def _died(self, code: str, how: str) -> None:
        self._process = None
        wait = self._backoff.died(time.monotonic())
        then = "given up after that many deaths" if self.given_up else f"it may start again in {wait:g} s"
        self._tell("warning", code, f"{how}; {then}. The run goes on.")
        self._ill = True
        self._excuse(how)

    def _excuse(self, why: str) -> None:
        if self._question is not None:
            self._question, self._reply = None, Reply(None, why)

    def _tell(self, level: Any, code: str, message: str) -> None:
        self._notices.append(Notice(level, code, f"Adviser {self.spec.name}: {message}"))


def _read_reply(said: Mapping[str, Any]) -> Reply:
    """The reply in a line of the protocol. What is wrong in it is the provider's fault, who may be anybody's."""
    if said["type"] == "refused":
        return Reply(None, str(said.get("message"))[:1000], seconds=_number(said, "seconds"))
    return Reply(
        text=str(said.get("text")),
        error=None if said.get("complete") else "cut off at the limit of tokens or time",
        prompt_index=int(_number(said, "prompt_index")),
        prompt_tokens=int(_number(said, "prompt_tokens")),
        answer_tokens=int(_number(said, "answer_tokens")),
        seconds=_number(said, "seconds"),
    )


def _number(said: Mapping[str, Any], name: str) -> float:
    value = said.get(name)
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e12 else 0.0
