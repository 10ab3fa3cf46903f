from __future__ import annotations

import json

from python_training.contracts.view import Layer, Shape, ViewFrame


def test_a_frame_is_plain_json_without_defaults() -> None:
    """What has its default value is not sent, sixty times a second."""
    shape = Shape("circle", x=1.0, y=0.0, r=0.5, fill="accent", id="rover")
    frame = ViewFrame(2.0, 10.0, 5.0, (Layer("bodies", (shape,)),), {"Orbs": 3}, episode=1)
    assert json.loads(json.dumps(frame.to_dict())) == {
        "t": 2.0,
        "width": 10.0,
        "height": 5.0,
        "episode": 1,
        "figures": {"Orbs": 3},
        "layers": [
            {
                "name": "bodies",
                "still": False,
                "shapes": [{"kind": "circle", "x": 1.0, "r": 0.5, "fill": "accent", "id": "rover"}],
            }
        ],
    }
