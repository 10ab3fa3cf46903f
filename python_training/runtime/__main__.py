"""A worker process: `python -m python_training.runtime RUN_DIR`, started by the supervisor.

Exit code 0: stopped or finished, 1: the trainer crashed (the supervisor restarts it), 3: the run cannot begin, since
its config or checkpoint does not fit or another process trains it. SIGUSR1 prints where every thread stands.
"""

from __future__ import annotations

import argparse
import faulthandler
import signal
import sys
from pathlib import Path

from python_training.contracts.errors import PaddockError
from python_training.contracts.status import RunStatus
from python_training.runtime.loop import host
from python_training.runtime.mlflow_settings import MLflowSettings
from python_training.runtime.output import never_fail_to_print
from python_training.runtime.run_folder import RunFolder


def main() -> int:
    """Host the run named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m python_training.runtime", description="Train one run.")
    parser.add_argument("run_dir", type=Path, help="the run's folder, logs/<run>")
    run_dir: Path = parser.parse_args().run_dir
    never_fail_to_print()
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1)
    try:
        status = host(RunFolder.at(run_dir), host="supervisor", mlflow=MLflowSettings.from_environment())
    except PaddockError as error:
        print(f"{error.message} {error.hint or ''}".rstrip(), file=sys.stderr)
        return 3
    return 1 if status is RunStatus.FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
