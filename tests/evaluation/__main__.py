"""`make evaluate`: every part in turn, each in a process of its own, into `evaluation.json`."""

from __future__ import annotations

import subprocess
import sys

PARTS = ("forms", "ticks", "proposals", "kills", "hostile", "metrics", "language")


def main() -> int:
    """Run all parts, also after one has failed; 1 when any did."""
    failed = []
    for part in PARTS:
        print(f"== {part}", file=sys.stderr)
        if subprocess.run([sys.executable, "-m", f"tests.evaluation.{part}"], check=False).returncode != 0:
            failed.append(part)
    if failed:
        print(f"failed or short of a goal: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
