"""Compiles what training calls, before anybody waits for it."""

from __future__ import annotations

from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.trainer import NEATTrainer


def warm_up() -> None:
    """Breed and fly two small generations, which compiles or loads all kernels of NEAT."""
    few = {"pop_size": 4, "bouts": 1, "trial_bouts": 1, "held_out_bouts": 1, "sim_duration": 1.0}
    trainer = NEATTrainer(NEATConfig.model_validate(few), threads=1)
    try:
        trainer.advance()
        trainer.advance()
    finally:
        trainer.close()
