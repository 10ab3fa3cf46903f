from __future__ import annotations

from python_training.systems.neat.lineage import MAX_LINE, Birth, Lineage


def test_a_line_goes_back_through_the_better_parents() -> None:
    """Each birth has the better parent first, and the line follows it."""
    lineage = Lineage()
    lineage.note(1, {1: 10.0, 2: 30.0, 3: 20.0}, {})
    lineage.note(2, {2: 25.0, 4: 5.0, 5: 50.0}, {4: (1, 2), 5: (3, 3)})
    lineage.note(3, {6: 60.0}, {6: (4, 5)})
    assert lineage.of(6) == Birth(6, 3, 60.0, (5, 4))
    assert [birth.genome_id for birth in lineage.ancestors(6)] == [5, 3]
    assert lineage.of(5).parents == (3,)


def test_a_genome_that_lives_on_keeps_its_birth() -> None:
    """Elites fly again and again; when they were born, and how well they flew then, stays."""
    lineage = Lineage()
    lineage.note(1, {1: 10.0, 2: 20.0}, {})
    lineage.note(2, {2: 5.0}, {})
    assert lineage.of(2) == Birth(2, 1, 20.0, ())


def test_only_lines_of_the_living_are_kept() -> None:
    """What died out without descendants is forgotten, so that a long run does not grow without end."""
    lineage = Lineage()
    lineage.note(1, {1: 1.0, 2: 2.0, 3: 3.0}, {})
    lineage.note(2, {4: 1.0}, {4: (2, 3)})
    assert [birth.genome_id for birth in lineage] == [3, 4]


def test_a_long_line_is_cut() -> None:
    """Elite files show the newest ancestors only."""
    lineage = Lineage()
    lineage.note(1, {1: 1.0}, {})
    for generation in range(2, 400):
        lineage.note(generation, {generation: 1.0}, {generation: (generation - 1,)})
    line = lineage.ancestors(399)
    assert len(line) == MAX_LINE
    assert line[0].genome_id == 398


def test_a_restored_lineage_is_the_same() -> None:
    """Its births are all there is to it."""
    lineage = Lineage()
    lineage.note(1, {1: 1.0, 2: 2.0}, {})
    lineage.note(2, {3: 1.5}, {3: (1, 2)})
    assert list(Lineage(list(lineage))) == list(lineage)
