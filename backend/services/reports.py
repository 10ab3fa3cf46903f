"""What runs have found out, as they leave it beside their checkpoints."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from backend.services.runs import Runs
from python_training.contracts.errors import CheckpointError
from python_training.contracts.report import MAX_REPORT_BYTES, REPORT_FILE, Report
from python_training.runtime.plain_file import read_plain_file

_REPORT = TypeAdapter(Report)


class Reports:
    """Reports on disk, read anew at every call: workers replace them at any time. Safe to use from several threads."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def of_run(self, run_id: str) -> Report | None:
        """The report of a run, None if it has left none.

        Raises:
            NotFoundError: there is no such run.
            CheckpointError: the file is damaged, too large, or no report.
        """
        path = self._runs.folder(run_id).checkpoints_path / REPORT_FILE
        if not path.exists():
            return None
        try:
            return _REPORT.validate_json(read_plain_file(path, MAX_REPORT_BYTES))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise CheckpointError(f"{REPORT_FILE} of {run_id} is no report: {where}: {first['msg']}.") from error
