from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from python_training.contracts.report import (
    Bar,
    Bars,
    Column,
    Comparison,
    Interval,
    Level,
    Line,
    Lines,
    LiveMetrics,
    Part,
    Record,
    Records,
    Report,
    Section,
    Setting,
    Table,
    Text,
)
from python_training.report_page.blocks import drawn
from python_training.report_page.page import report_page
from python_training.report_page.svg import ticks

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>&\"'"


def everything(word: str) -> Report:
    """A report of every kind of block, in which every text is `word`."""
    comparison = Comparison(
        (Setting(word, 0.0, 10.0, word), Setting("same", 0.0, 1.0, word)),
        {"one": {word: 2.0, "same": 0.5}, word: {word: 7.0, "same": 0.5}},
        "one",
        word,
    )
    lines = Lines(
        word,
        word,
        word,
        (Line(word, ((0.0, 0.1), (5.0, 0.4))),),
        (Level(0.5, word),),
        (Interval(3.0, 0.3, 0.2, 0.6, word),),
        percent=True,
    )
    blocks = (
        Text(word),
        LiveMetrics((word,), word),
        lines,
        Bars(word, (Bar(word, (Part(1.0), Part(2.0, "bad")), word),)),
        Table((Column(word), Column(word, True)), ((word, "7"),)),
        comparison,
        Records((Record(word, ((word, word),), "good"),)),
        Lines(word, word, word),
        Table((Column(word),), (), word),
        Records((), word),
    )
    return Report(word, (Section(word, blocks),))


def test_every_block_is_drawn() -> None:
    """The values stand in the page, and what only a live page could show is left out."""
    page = report_page(everything("word"), "A run")
    assert page.count("<svg") == 3
    assert "+50.0%" in page, "7 less 2, of a range of 10"
    assert "50.0%</text>" in page, "the y axis of shares is in per cent"
    assert page.count('class="bad"') == 1
    assert '<details class="good">' in page


def test_no_text_of_a_report_can_do_anything() -> None:
    """Whatever a language model or a file says stays text, in the page and in the data of its script."""
    page = report_page(everything(EVIL), EVIL)
    tame = report_page(everything("word"), "word")

    def tags(text: str) -> list[Any]:
        return re.findall(r"<(/?[a-z]+)", text)

    assert tags(page) == tags(tame)
    assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;|\\u003c.*?>", "", page)


def test_the_page_loads_nothing() -> None:
    """No address, font or file is named in it."""
    page = report_page(everything("word"), "A run")
    for outside in ("http://", "https://", "src=", "@import", "url("):
        assert outside not in page


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-1.15, 1.15, [-1.0, -0.5, 0.0, 0.5, 1.0]),
        (90.0, 1000.0, [200.0, 400.0, 600.0, 800.0, 1000.0]),
    ],
)
def test_axes_have_round_numbers(low: float, high: float, expected: list[float]) -> None:
    """A handful of them, within the range."""
    assert ticks(low, high) == pytest.approx(expected)


def test_lines_of_their_own_have_a_colour_and_a_name_each() -> None:
    """Courses of several parameters must not look like one; those that only have a tone need no legend."""
    courses = [Line(name, ((0.0, 0.0), (1.0, at))) for at, name in enumerate(("w1", "w2"))]
    own = drawn(Lines("Paths", "acceptance", "place", tuple(replace(line, tone="own") for line in courses)))
    assert own.count('class="line own-0"') == own.count('class="line own-1"') == 1
    assert '<span class="swatch own-1"></span>w2' in own
    assert "legend" not in drawn(Lines("Tests", "pairs", "share", tuple(courses)))
