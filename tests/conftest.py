"""What holds for every test, and for the processes that tests start."""

from __future__ import annotations

import os
import signal

# Some tests import TensorFlow before PPO does, which then could no longer choose the Keras that TF-Agents needs.
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Under nohup a hangup is ignored, and children would inherit that: here it means what it means in a terminal.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
