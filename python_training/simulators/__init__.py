"""Simulated worlds: one folder each, batched and compiled, behind the Gymnasium API. They know nothing of learning."""
