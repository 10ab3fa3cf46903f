"""Batched simulators behind the Gymnasium API: what their environments have in common."""
