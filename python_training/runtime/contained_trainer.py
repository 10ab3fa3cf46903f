"""A trainer as the worker calls it: whatever foreign code does in there, it cannot end the process."""

from __future__ import annotations

from pathlib import Path

from python_training.contracts.config import SystemConfig
from python_training.contracts.trainer import Progress, Trainer, TrainerFactory
from python_training.contracts.view import ViewFrame
from python_training.foreign_code import contained


class ContainedTrainer:
    """A Trainer whose every call may raise an Exception, but nothing else (`foreign_code.contained`)."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    @classmethod
    def built(cls, factory: TrainerFactory, config: SystemConfig, *, threads: int) -> ContainedTrainer:
        """The trainer that `factory` builds; worlds, objectives and modules of users are opened in there."""
        with contained("the start of training"):
            return cls(factory(config, threads=threads))

    @contained("training")
    def advance(self) -> Progress:
        """Advance."""
        return self._trainer.advance()

    @contained("a change of the config")
    def configure(self, config: SystemConfig) -> None:
        """Adopt `config`."""
        self._trainer.configure(config)

    @contained("the writing of a checkpoint")
    def save(self, folder: Path) -> None:
        """Write the state."""
        self._trainer.save(folder)

    @contained("the loading of a checkpoint")
    def load(self, folder: Path) -> None:
        """Read the state."""
        self._trainer.load(folder)

    @contained("the drawing of training")
    def view(self) -> ViewFrame | None:
        """Draw."""
        return self._trainer.view()

    @contained("the end of training")
    def close(self) -> None:
        """Release."""
        self._trainer.close()
