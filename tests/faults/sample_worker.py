"""A real worker process that also knows the sample jobs: `python -m tests.faults.sample_worker`."""

from __future__ import annotations

from importlib import import_module

from workers import process

if __name__ == "__main__":
    import_module("tests.workers.sample_jobs")
    process.main()
