"""Every hostile file through upload and inspection: what became of it, in what time, and what was left behind.

`python -m tests.evaluation.hostile` prints the table and writes the section "hostile" of `evaluation.json`; 1 when a
file was neither refused nor read, or left something behind.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from db.files import FileStore
from db.migrate import migrate
from db.seed.company import ORGANIZATION_ID
from db.session import Database
from db.settings import Settings
from tests.evaluation.report import write_section
from tests.hostile import HostileFile
from tests.hostile import files as hostile_files
from tests.workers.desk import Desk
from tests.workers.hostile_desk import Outcome, hand_in_hostile, leftovers
from workers.reading import ReadingProcess
from workers.registry import Services, load
from workers.running import Runner
from workers.seeding import seed

ENDED = {"refused", "FAILED", "RETAKE", "UPLOADED", "SUPERSEDED"}
"""UPLOADED: it has pages, and may be read."""


def main() -> int:
    """Hand all files in, one after another."""
    load()
    rows: list[tuple[HostileFile, Outcome]] = []
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        migrate(settings)
        seed(settings)
        database, files = Database(settings), FileStore(settings.files_url)
        reading = ReadingProcess(settings)
        runner = Runner(Services(settings, database, files, reading))
        runner.heart.start()
        desk = Desk(database, database, runner, ORGANIZATION_ID)
        temporary = Path(home) / "temporary"
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        for file in hostile_files():
            outcome = hand_in_hostile(desk, files, file)
            rows.append((replace(file, content=b""), outcome))
            print(
                f"{file.name:42} {outcome.seconds:6.1f} s  {outcome.status:10} {outcome.code or ''} "
                f"{outcome.pages or ''}",
                flush=True,
            )
        left = leftovers(desk, files)
        left += [f"temporary file: {path.name}" for path in temporary.iterdir()]
        runner.heart.stop()
        reading.close()
        database.close()
    counts: dict[str, int] = {}
    for _, outcome in rows:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
    open_ = [file.name for file, outcome in rows if outcome.status not in ENDED]
    section = {
        "files": len(rows),
        "outcomes": counts,
        "neither_refused_nor_read": open_,
        "left_behind": left,
        "longest_seconds": round(max(outcome.seconds for _, outcome in rows), 1),
        "by_file": {
            file.name: [outcome.status, outcome.code, outcome.pages, round(outcome.seconds, 1)]
            for file, outcome in rows
        },
    }
    write_section("hostile", section)
    print({key: value for key, value in section.items() if key != "by_file"})
    return 1 if open_ or left else 0


if __name__ == "__main__":
    sys.exit(main())
