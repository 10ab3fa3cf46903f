"""The aces: one way of flying, and the numbers in which they differ."""

from __future__ import annotations

from typing import NamedTuple


class Style(NamedTuple):
    """How an ace flies. Distances in px, angles in rad.

    Attributes:
        near, far: it backs off from targets nearer than `near` and closes in on ones farther than `far`.
        lead: how much of a target's motion it aims ahead of, 1 for all of it.
        helm: share of the turn that would point its nose at the aim within one decision, that it makes.
        trigger: it fires when its nose is off the aim by less than this,
        reach: and the target is nearer than this.
        caution: it turns aside for a bullet that would pass its middle by less than this.
    """

    near: float
    far: float
    lead: float
    helm: float
    trigger: float
    reach: float
    caution: float


ACES: dict[str, Style] = {
    "ace": Style(near=130.0, far=240.0, lead=0.6, helm=0.5, trigger=0.10, reach=330.0, caution=0.0),
    "ace_rusher": Style(near=40.0, far=90.0, lead=0.3, helm=0.6, trigger=0.30, reach=300.0, caution=0.0),
    "ace_sniper": Style(near=250.0, far=340.0, lead=0.8, helm=0.5, trigger=0.06, reach=390.0, caution=0.0),
    "ace_dodger": Style(near=150.0, far=280.0, lead=0.7, helm=0.6, trigger=0.10, reach=340.0, caution=30.0),
}
"""By the name that the registry and the config give them."""
