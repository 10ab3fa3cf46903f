"""Tests that every training system passes, and a training system that misbehaves on demand."""
