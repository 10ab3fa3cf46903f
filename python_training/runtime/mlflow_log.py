"""One run of Paddock as one run of MLflow, made of what the journal tells.

The journal stays the truth, MLflow gets a copy. How far the copy goes is a tag of the MLflow run itself
(`paddock.seq`), so nothing but the journal and the tracking store is needed to go on with it, and what is told twice
(a process died between telling and noting it) changes nothing: equal metric, step, value and time are one point to
MLflow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, TypeVar

from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus
from python_training.runtime.journal import JournalReader
from python_training.runtime.mlflow_settings import MLflowSettings
from python_training.runtime.run_folder import RunFolder, RunSpec
from python_training.runtime.settled_points import HeldPoint, SettledPoints

if TYPE_CHECKING:
    from mlflow.entities import Metric
    from mlflow.tracking import MlflowClient

T = TypeVar("T")

RUN_TAG, SEQ_TAG, STEP_TAG = "paddock.run", "paddock.seq", "paddock.step"
METRICS_A_CALL = 1000
ENTRIES_A_CALL = 100  # of params or tags; both are what MLflow's servers take at most

STATUSES = {RunStatus.QUEUED: "SCHEDULED", RunStatus.FINISHED: "FINISHED", RunStatus.FAILED: "FAILED"}
"""MLflow's word for a status. A run that somebody stopped was KILLED, as MLflow says it; all others are RUNNING."""
STATUSES[RunStatus.STOPPED] = "KILLED"


class MLflowLog:
    """Brings one MLflow run up to date with a journal. Not thread-safe, and only one at a time for a run.

    Any error of MLflow's may come out of `open` and `catch_up`; afterwards a new log takes over where this one failed.
    """

    def __init__(self, client: MlflowClient, run_id: str, folder: RunFolder, told: Mapping[str, str]) -> None:
        self.run_id = run_id
        self._client = client
        self._folder = folder
        self._points = SettledPoints(int(told.get(STEP_TAG, -1)))
        self._seq = int(told.get(SEQ_TAG, 0))
        self._reader = JournalReader(folder.path, self._seq)
        self._metrics: list[Metric] = []
        self._tags: dict[str, str] = {}
        self._status: tuple[RunStatus, float] | None = None
        self._checkpointed = False

    @classmethod
    def open(cls, settings: MLflowSettings, folder: RunFolder) -> Self:
        """The MLflow run of the run in `folder`, created if there is none."""
        from mlflow.tracking import MlflowClient

        client = MlflowClient(settings.tracking_uri)
        experiment = client.get_experiment_by_name(settings.experiment)
        experiment_id = experiment.experiment_id if experiment else client.create_experiment(settings.experiment)
        found = client.search_runs([experiment_id], f"tags.`{RUN_TAG}` = '{folder.id}'", max_results=1)
        if found:
            return cls(client, found[0].info.run_id, folder, found[0].data.tags)
        spec = folder.spec()
        made = client.create_run(
            experiment_id,
            start_time=round(spec.created * 1000),
            # A name of MLflow's own invention would be drawn from Python's global generator.
            run_name=spec.name or spec.id,
            tags=_identity(spec),
        )
        log = cls(client, made.info.run_id, folder, {})
        log._describe(spec)
        return log

    def catch_up(self) -> int:
        """Tell MLflow what the journal has that holds; returns the number of events read."""
        read = 0
        while events := self._reader.poll():
            for event in events:
                self._take(event)
            read += len(events)
            self._send(events[-1].seq)
        return read

    def close(self) -> None:
        """Let go of the journal."""
        self._reader.close()

    def _describe(self, spec: RunSpec) -> None:
        from mlflow.entities import Param

        params = [Param(key, value) for key, value in flat(spec.config)]
        for batch in _batches(params, ENTRIES_A_CALL):
            self._client.log_batch(self.run_id, params=batch)
        self._client.log_dict(self.run_id, spec.to_dict(), "run.json")

    def _take(self, event: Event) -> None:
        data = event.data
        for point in self._points.take(event):
            self._metrics += _metrics(point)
        if event.type is EventType.STATUS:
            status = RunStatus(data["status"])
            self._status = status, event.t
            self._tags["paddock.status"] = status
            self._tags["paddock.status_reason"] = str(data.get("reason") or "")
        elif event.type is EventType.SET:
            # MLflow's params cannot change, and the config of a run can.
            for key, value in flat(data["changes"]):
                self._tags[f"paddock.set.{key}"] = f"{value} from step {data['step']}"
        elif event.type is EventType.REWOUND:
            self._tags["paddock.rewound_to"] = str(data["to_step"])
        elif event.type is EventType.CHECKPOINT and not data.get("removed"):
            self._checkpointed = True

    def _send(self, seq: int) -> None:
        for batch in _batches(self._metrics, METRICS_A_CALL):
            self._client.log_batch(self.run_id, metrics=batch)
        self._metrics = []
        if self._checkpointed:
            self._send_manifests()
        if self._status is not None:
            status, t = self._status
            word = STATUSES.get(status, "RUNNING")
            if status.is_active:
                self._client.update_run(self.run_id, status=word)
            else:
                self._client.set_terminated(self.run_id, word, end_time=round(t * 1000))
            self._status = None
        if self._points.nothing_held:
            # Points held back are read again by whoever goes on; what else was told with them changes nothing.
            self._seq = seq
        self._tags |= {STEP_TAG: str(self._points.through), SEQ_TAG: str(self._seq)}
        self._send_tags()

    def _send_manifests(self) -> None:
        found = self._folder.checkpoints().list()
        wanted = {"newest": found[-1:], "best": [info for info in found if info.best]}
        for name, infos in wanted.items():
            for info in infos:
                self._client.log_text(
                    self.run_id, (info.path / "manifest.json").read_text(), f"checkpoints/{name}.json"
                )
                self._tags[f"paddock.checkpoint.{name}"] = info.name
                self._tags[f"paddock.checkpoint.{name}.sha256"] = info.sha256
        self._checkpointed = False

    def _send_tags(self) -> None:
        from mlflow.entities import RunTag

        tags = [RunTag(key, value) for key, value in self._tags.items()]
        for batch in _batches(tags, ENTRIES_A_CALL):  # the seq is the last of them
            self._client.log_batch(self.run_id, tags=batch)
        self._tags = {}


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """`(dotted key, text)` of every leaf of nested mappings; what is no string is written as JSON."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value)


def _identity(spec: RunSpec) -> dict[str, str]:
    parent = f"{spec.parent['run']} at step {spec.parent['step']}" if spec.parent else ""
    return {
        RUN_TAG: spec.id,
        "paddock.system": spec.system,
        "paddock.primary_metric": next((metric.name for metric in spec.metrics if metric.primary), ""),
        "paddock.parent": parent,
        "mlflow.source.name": "paddock",
    }


def _metrics(point: HeldPoint) -> Iterator[Metric]:
    """The finite values of a point; of a compacted one, the means."""
    from mlflow.entities import Metric

    step, t, values = point
    for name, value in values.items():
        number = value["mean"] if isinstance(value, Mapping) else value
        if number is not None:
            yield Metric(name, number, round(t * 1000), step)


def _batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
