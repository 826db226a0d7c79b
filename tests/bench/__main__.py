"""`make bench`: every part in turn, each in a process of its own, into `bench.json`.

`python -m tests.bench NAME…` runs only the parts named.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

from tests.evaluation.report import BENCH, write_section

PARTS = ("forms", "paper", "api", "goals", "projects", "metrics", "language", "briefs")


def main(arguments: list[str]) -> int:
    """Measure the parts named, or all, also after one has failed; 1 when any did."""
    if len(arguments) == 1 and arguments[0] in PARTS:
        section = importlib.import_module(f"tests.bench.{arguments[0]}").measure()
        write_section(arguments[0], section, BENCH)
        print(json.dumps({arguments[0]: section}, ensure_ascii=False, indent=2))
        return 0
    unknown = [name for name in arguments if name not in PARTS]
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    # A process for each: memory and caches of one part are not those of the next.
    runs = [subprocess.run([sys.executable, "-m", "tests.bench", part], check=False) for part in arguments or PARTS]
    return 1 if any(run.returncode for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
