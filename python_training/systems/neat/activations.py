"""The activation functions that neat-python 2.0 ships, compiled.

Each does what its namesake in `neat.activations` does, down to what becomes of NaN. One thing differs: where Python
raises OverflowError (square and cube of large numbers), the value here is infinite.
"""

from __future__ import annotations

import math

from python_training.compiled.kernel import inlined
from python_training.systems.neat.functions import ACTIVATION_CODES

_TANH = ACTIVATION_CODES["tanh"]
_SIGMOID = ACTIVATION_CODES["sigmoid"]
_RELU = ACTIVATION_CODES["relu"]
_IDENTITY = ACTIVATION_CODES["identity"]
_CLAMPED = ACTIVATION_CODES["clamped"]
_SIN = ACTIVATION_CODES["sin"]
_GAUSS = ACTIVATION_CODES["gauss"]
_ELU = ACTIVATION_CODES["elu"]
_LELU = ACTIVATION_CODES["lelu"]
_SELU = ACTIVATION_CODES["selu"]
_SOFTPLUS = ACTIVATION_CODES["softplus"]
_ABS = ACTIVATION_CODES["abs"]
_HAT = ACTIVATION_CODES["hat"]
_SQUARE = ACTIVATION_CODES["square"]
_CUBE = ACTIVATION_CODES["cube"]
_INV = ACTIVATION_CODES["inv"]
_LOG = ACTIVATION_CODES["log"]

_LEAK = 0.005
_SELU_LAMBDA = 1.0507009873554804934193349852946
_SELU_ALPHA = 1.6732632423543772848170429916717


@inlined
def _bounded(z: float, bound: float) -> float:
    """Python's max(-bound, min(bound, z)), in which NaN becomes `bound`."""
    below = z if z < bound else bound
    return below if below > -bound else -bound


@inlined
def activation(code: int, z: float) -> float:
    """The activation function with this code, of z."""
    if code == _TANH:
        return math.tanh(_bounded(2.5 * z, 60.0))
    if code == _SIGMOID:
        return 1.0 / (1.0 + math.exp(-_bounded(5.0 * z, 60.0)))
    if code == _RELU:
        return z if z > 0.0 else 0.0
    if code == _IDENTITY:
        return z
    if code == _CLAMPED:
        return _bounded(z, 1.0)
    if code == _SIN:
        return math.sin(_bounded(5.0 * z, 60.0))
    if code == _GAUSS:
        near = _bounded(z, 3.4)
        return math.exp(-5.0 * (near * near))
    if code == _ELU:
        return z if z > 0.0 else math.exp(z) - 1.0
    if code == _LELU:
        return z if z > 0.0 else _LEAK * z
    if code == _SELU:
        return _SELU_LAMBDA * z if z > 0.0 else _SELU_LAMBDA * _SELU_ALPHA * (math.exp(z) - 1.0)
    if code == _SOFTPLUS:
        return 0.2 * math.log(1.0 + math.exp(_bounded(5.0 * z, 60.0)))
    if code == _ABS:
        return abs(z)
    if code == _HAT:
        height = 1.0 - abs(z)
        return height if height > 0.0 else 0.0
    if code == _SQUARE:
        return z * z
    if code == _CUBE:
        return math.pow(z, 3.0)
    if code == _INV:
        return 1.0 / z if z != 0.0 else 0.0
    if code == _LOG:
        return math.log(z if z > 1e-7 else 1e-7)
    return math.exp(_bounded(z, 60.0))  # "exp", the last of them
