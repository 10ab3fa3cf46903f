"""One life of a run that `--forever` looks after: `python -m backend.cli.life ARGUMENTS`, as typed after `paddock`.

It stops in order when nobody looks after it any more, so that whoever types the command once more finds the run free.
"""

from __future__ import annotations

import signal
import sys

from backend.cli import main
from python_training.parent_process import end_with_parent

if __name__ == "__main__":
    end_with_parent(signal.SIGTERM)
    sys.exit(main())
