"""A multilayer perceptron in plain NumPy: what acts, in training and after it, without TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Layer: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Kernel (inputs, outputs) and bias (outputs,)."""


def forward(layers: Sequence[Layer], inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Outputs (N, outputs) for inputs (N, inputs): tanh after every layer but the last."""
    *hidden, (kernel, bias) = layers
    for hidden_kernel, hidden_bias in hidden:
        inputs = inputs @ hidden_kernel
        inputs += hidden_bias
        np.tanh(inputs, out=inputs)
    return inputs @ kernel + bias


def orthogonal_layers(
    random: np.random.Generator, inputs: int, hidden: Sequence[int], outputs: int, *, last_gain: float
) -> tuple[Layer, ...]:
    """Fresh layers with orthogonal kernels and zero biases.

    Gain sqrt(2) in hidden layers and a small one in the policy's last layer, so that training begins with the same
    near-zero preference everywhere: details 2 and 3 of Huang et al., "The 37 implementation details of PPO" (2022).
    """
    widths = (inputs, *hidden, outputs)
    gains = (*(np.sqrt(2.0) for _ in hidden), last_gain)
    return tuple(
        (_orthogonal(random, widths[index], widths[index + 1], gain), np.zeros(widths[index + 1], np.float32))
        for index, gain in enumerate(gains)
    )


def _orthogonal(random: np.random.Generator, rows: int, columns: int, gain: float) -> NDArray[np.float32]:
    normal = random.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(normal)
    q *= np.sign(np.diagonal(r))  # makes the draw uniform over orthogonal matrices (Mezzadri 2007)
    return np.ascontiguousarray(gain * (q if rows >= columns else q.T), dtype=np.float32)
