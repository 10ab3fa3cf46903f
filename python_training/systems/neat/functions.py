"""The functions that neat-python 2.0 ships, by name. Kernels know them by codes, which no file holds."""

from __future__ import annotations

ACTIVATIONS = (
    "tanh",
    "sigmoid",
    "relu",
    "identity",
    "clamped",
    "sin",
    "gauss",
    "elu",
    "lelu",
    "selu",
    "softplus",
    "abs",
    "hat",
    "square",
    "cube",
    "inv",
    "log",
    "exp",
)
"""Those used most come first: kernels ask for them in this order."""
AGGREGATIONS = ("sum", "product", "mean", "max", "min", "maxabs", "median")

ACTIVATION_CODES = {name: code for code, name in enumerate(ACTIVATIONS)}
AGGREGATION_CODES = {name: code for code, name in enumerate(AGGREGATIONS)}
SUM = AGGREGATION_CODES["sum"]
