"""Figures for Prometheus on a loopback port of each worker process; off unless a port is set.

Process k of an installation (counted from 0) serves on `metrics_port` + k. Durations are its own; the numbers of jobs
by state are those of the whole installation and the same on every port.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily

from db import jobs
from db.session import Database

REGISTRY = CollectorRegistry()
JOB_SECONDS = Histogram(
    "throughline_job_seconds",
    "Duration of one attempt at a job, by its outcome.",
    ["name", "outcome"],
    buckets=(0.1, 0.5, 1, 2, 5, 10, 20, 60, 180, 600),
    registry=REGISTRY,
)


class JobCounts:
    """Asks the jobs table whenever the figures are fetched."""

    def __init__(self, relay_database: Database) -> None:
        self._database = relay_database

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily("throughline_jobs", "Jobs of the installation.", labels=["name", "state"])
        with self._database.engine.connect() as connection:
            for (name, state), number in jobs.counts(connection).items():
                family.add_metric([name, state.value], number)
        yield family


def serve(port: int, relay_database: Database) -> tuple[WSGIServer, Thread]:
    """Serve `/metrics` on the loopback address. Raises `OSError` when the port is taken."""
    REGISTRY.register(JobCounts(relay_database))
    return start_http_server(port, addr="127.0.0.1", registry=REGISTRY)
