"""GET /api/v1/machine: what the machine has, and what training takes of it."""

from __future__ import annotations

from typing import Any

from backend.api.answers import MachineAnswer
from backend.api.blueprint import group
from backend.api.context import context

api = group("machine", "The machine that all this runs on.")


@api.get("/machine", responses={200: MachineAnswer})
def get_machine() -> dict[str, Any]:
    """Get load, memory, disk, versions and the workers."""
    return context().machine.look().to_dict()
