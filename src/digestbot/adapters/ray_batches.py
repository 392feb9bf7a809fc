"""Prepares chunks and compares papers in Ray's processes: on this machine's cores, or on a cluster's nodes.

Ray Data prepares; chunks come back in their order. What goes between the processes is pickled as a whole, for Ray would
make tables of it.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import pickle
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digestbot.errors import ConfigError, SourceError
from digestbot.pipeline.backfill import judge_here
from digestbot.pipeline.pairs import Comparison, Judged
from digestbot.pipeline.preparing import Chunk, Prepared, Preparer

Chunks = Callable[[], Iterator[Chunk]]
"""Begins to read a source; it is called in the one process that reads, on the machine of the one that writes."""
_STORE_BYTES = 512 << 20
"""What Ray may hold between the processes of one machine: some hundred chunks, of which it keeps a few."""
_REACHED_S = 10.0
_PAIRS = 100
"""Pairs that are worth sending away: they take a fifth of a second."""
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def is_installed() -> bool:
    """Tell whether Ray Data is there, without importing it."""
    return all(importlib.util.find_spec(name) for name in ("ray", "pyarrow"))


@contextmanager
def crew_of(workers: int | None, address: str = "") -> Iterator[Crew]:
    """Give `workers` processes for the length of a context; `address` is a cluster's, "" for this machine.

    None is one for each of the cluster's cores, or for each but one of this machine's. Raises ConfigError where Ray is
    not installed or the cluster does not answer.
    """
    if not is_installed():
        raise ConfigError("Ray is not installed: 'pip install digestbot[ray]', or use --workers 0 and no --cluster")
    if address:
        _reach(address)
        # A cluster of Ray 2.60 asks for its token, which it keeps here; one that asks for none passes it over.
        if (Path.home() / ".ray" / "auth_token").exists():
            os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.update(_QUIET if address else _QUIET | _ONE_THREAD)
    import ray

    if workers is None and not address:
        workers = max(1, (os.cpu_count() or 1) - 1)
    _begin(ray, workers, address)
    try:
        yield Crew(ray, workers or _cores(ray))
    finally:
        ray.shutdown()


def _begin(ray: Any, workers: int | None, address: str) -> None:
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address:
            ray.init(address=address, **quiet)
        else:
            ray.init(
                address="local", num_cpus=workers, include_dashboard=False, object_store_memory=_STORE_BYTES, **quiet
            )
    except (ConnectionError, ValueError, RuntimeError) as error:
        where = f"the Ray cluster at {address!r}" if address else "Ray"
        raise ConfigError(f"{where} cannot be used: {error}") from error


def _reach(address: str) -> None:
    """Raise ConfigError where nothing listens at a cluster's address: Ray itself would ask for minutes."""
    host, _, port = address.rpartition(":")
    try:
        if not host or not port.isdecimal():
            raise ValueError("expected HOST:PORT, such as head:6379")
        socket.create_connection((host, int(port)), timeout=_REACHED_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise ConfigError(f"the Ray cluster at {address!r} cannot be reached: {error}") from error


def _cores(ray: Any) -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


class Crew:
    """Processes that prepare chunks, and as many that compare; the latter begin with the first pairs."""

    def __init__(self, ray: Any, workers: int) -> None:
        """Take Ray, begun; see `crew_of`."""
        self._ray = ray
        self._workers = workers
        self._judges: list[Any] = []

    def prepared(self, chunks: Chunks, prepare: Preparer) -> Iterator[Prepared]:
        """Yield what comes of the chunks, in order; what reading raises comes after what was read before."""
        for row in _rows(self._ray, chunks, prepare, self._workers):
            outcome = pickle.loads(row["outcome"])
            if isinstance(outcome, _Ended):
                outcome.again()
            yield outcome

    def judged(self, comparison: Comparison) -> Judged:
        """Judge pairs, some in each process, none sent away where they are few."""
        count = len(comparison.pairs)
        if self._workers == 1 or count <= _PAIRS:
            return judge_here(comparison)
        if not self._judges:
            judge = self._ray.remote(num_cpus=0, scheduling_strategy="SPREAD")(_Judge)
            self._judges = [judge.remote() for _ in range(self._workers)]
        parts = comparison.split(max(_PAIRS, -(-count // self._workers)))
        asked = [judge.judge.remote(part) for judge, part in zip(self._judges, parts, strict=False)]
        found = Judged()
        for one in self._ray.get(asked):
            found.links += one.links
            found.doubts += one.doubts
        return found


def _rows(ray: Any, chunks: Chunks, prepare: Preparer, workers: int) -> Iterator[dict[str, Any]]:
    import ray.data

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    # A block is a chunk: one that were held back until there are more would keep the writer waiting.
    context.target_max_block_size = 1
    here = {"ray.io/node-id": ray.get_runtime_context().get_node_id()}
    read = ray.data.read_datasource(_source(chunks), override_num_blocks=1, num_cpus=0, label_selector=here)
    compute = ray.data.ActorPoolStrategy(size=workers)
    done = read.map_batches(_Actor, fn_constructor_args=(prepare,), batch_size=1, compute=compute, num_cpus=1)
    yield from done.iter_rows()


def _source(chunks: Chunks) -> Any:
    """Return a source of one task, which reads chunk after chunk as they are asked for."""
    import pyarrow
    from ray.data.block import BlockMetadata
    from ray.data.datasource import Datasource, ReadTask

    def read() -> Iterator[Any]:
        try:
            for chunk in chunks():
                yield pyarrow.table({"chunk": [pickle.dumps(chunk)]})
        except (ConfigError, SourceError) as error:
            yield pyarrow.table({"chunk": [pickle.dumps(_Ended(str(error), getattr(error, "reason", "")))]})

    class Source(Datasource):
        def estimate_inmemory_data_size(self) -> int | None:
            return None

        def get_read_tasks(self, parallelism: int, *args: Any, **more: Any) -> list[Any]:
            nothing = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
            return [ReadTask(read, nothing)]

    return Source()  # type: ignore[no-untyped-call]  # the base class has no types


@dataclass(frozen=True)
class _Ended:
    """The end of a source that came early, on its way between processes, where exceptions lose what they carry."""

    message: str
    reason: str

    def again(self) -> None:
        if self.reason:
            raise SourceError(self.message, reason=self.reason)
        raise ConfigError(self.message)


class _Actor:
    """Holds the models of a process, which prepares one chunk after another."""

    def __init__(self, prepare: Preparer) -> None:
        self._prepare = prepare

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[bytes]]:
        return {"outcome": [self._outcome(pickle.loads(chunk)) for chunk in batch["chunk"]]}

    def _outcome(self, chunk: Chunk | _Ended) -> bytes:
        return pickle.dumps(chunk if isinstance(chunk, _Ended) else self._prepare(chunk))


class _Judge:
    """Holds the weights of a process that compares."""

    def judge(self, comparison: Comparison) -> Judged:
        return judge_here(comparison)
