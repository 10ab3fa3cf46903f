"""A denoising autoencoder of settings that also knows whether they won (Keras), and its forward pass in NumPy.

What a setting looks like as a winner, less what it looks like as a loser, is what the network has learnt of winning.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.systems.tuner.pattern_config import PatternConfig

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Kernels and biases, float32, in the order encoder (D, H), (H, C), decoder (C+1, H), (H, D)."""

    arrays: tuple[NDArray[np.float32], ...]

    def reconstruct(self, settings: Rows, won: float) -> Rows:
        """Settings (N, D) of the unit cube as the network draws them from its code, as winners (1) or as losers (0)."""
        layers = [each.astype(np.float64) for each in self.arrays]
        hidden = np.tanh((settings - 0.5) @ layers[0] + layers[1])
        code = np.tanh(hidden @ layers[2] + layers[3])
        label = np.full((len(code), 1), 2 * won - 1)
        hidden = np.tanh(np.hstack((code, label)) @ layers[4] + layers[5])
        return np.asarray(1 / (1 + np.exp(-(hidden @ layers[6] + layers[7]))))

    def likeness(self, settings: Rows) -> Rows:
        """By how much settings (N, D) are drawn better as winners than as losers (N,): more is more like a winner."""
        errors = [np.mean((settings - self.reconstruct(settings, won)) ** 2, axis=1) for won in (1.0, 0.0)]
        return np.asarray(errors[1] - errors[0])


class Autoencoder:
    """The Keras model, built once and trained anew each time, so that neither graphs nor memory pile up.

    Args:
        dimensions: parameters of a setting, D.
        config: its size, and how it is trained.
    """

    def __init__(self, dimensions: int, config: PatternConfig) -> None:
        self._config = config
        self._dimensions = dimensions
        self._rows = 2 * config.max_winning_patterns
        keras = _keras()
        setting, label = keras.Input((dimensions,)), keras.Input((1,))
        hidden = keras.layers.Dense(config.hidden, activation="tanh")(setting)
        code = keras.layers.Dense(config.code, activation="tanh")(hidden)
        known = keras.layers.Concatenate()([code, label])
        hidden = keras.layers.Dense(config.hidden, activation="tanh")(known)
        drawn = keras.layers.Dense(dimensions, activation="sigmoid")(hidden)
        self._model = keras.Model([setting, label], drawn)
        self._model.compile(
            optimizer=keras.optimizers.Adam(config.learning_rate), loss="mean_squared_error", jit_compile=False
        )
        self._optimizer = self._model.optimizer
        self._optimizer.build(self._model.trainable_variables)
        self._fresh = [each.numpy().copy() for each in self._optimizer.variables]

    def train(self, winners: Rows, losers: Rows, seed: int) -> Weights:
        """Learn winners (W, D) and losers (L, D), half the weight each, from fresh weights: a pure function.

        Batches always have the same shape, with rows of no weight in the end, so that nothing is traced twice.
        """
        random = np.random.default_rng(seed)
        self._begin(random)
        count = len(winners) + len(losers)
        settings, labels = (
            np.full((self._rows, self._dimensions), 0.5, np.float32),
            np.zeros((self._rows, 1), np.float32),
        )
        weights = np.zeros(self._rows, np.float32)
        settings[:count] = np.concatenate((winners, losers))
        labels[:count, 0] = [1.0] * len(winners) + [-1.0] * len(losers)
        weights[:count] = [0.5 / len(winners)] * len(winners) + [0.5 / len(losers)] * len(losers)
        weights *= self._rows
        for _ in range(self._config.epochs):
            noise = random.normal(0, self._config.noise, settings.shape).astype(np.float32)
            self._model.train_on_batch([settings - 0.5 + noise, labels], settings, sample_weight=weights)
        return Weights(tuple(np.array(each) for each in self._model.get_weights()))

    def _begin(self, random: np.random.Generator) -> None:
        """Fresh weights (Glorot & Bengio 2010, uniform) and a fresh optimiser."""
        fresh = []
        for array in self._model.get_weights():
            bound = np.sqrt(6 / sum(array.shape)) if array.ndim == 2 else 0.0
            fresh.append(random.uniform(-bound, bound, array.shape).astype(np.float32))
        self._model.set_weights(fresh)
        for variable, value in zip(self._optimizer.variables, self._fresh, strict=True):
            variable.assign(value)


def _keras() -> Any:
    """Keras 3 on TensorFlow: seconds at the first call."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # no faster at these sizes, and it announces that sums vary
    return importlib.import_module("keras")
