"""Damaged files never raise: whatever a file holds, its reading is an extraction."""

from __future__ import annotations

import random

import pytest

from ml.metrics.contract import Status
from ml.metrics.extract import extract
from tests.deliverables import corpus, office

NAMES = [name for name in corpus.names() if name not in {"bomb.xlsx", "blank.txt"}]


def _damaged(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    until = min(len(data), at + rng.randrange(1, 400))
    match rng.randrange(4):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + bytes(rng.randrange(256) for _ in range(12)) + data[at + 12 :]
        case 2:
            return data[:at] + data[until:]
        case _:
            return data[:at] + data[at:until] * 20 + data[at:]


@pytest.mark.parametrize("seed", range(8))
def test_damage_is_survived(seed: int) -> None:
    rng = random.Random(seed)
    for name in rng.sample(NAMES, 15):
        found = extract(_damaged(corpus.load(name).data, rng), name)
        assert found.status in Status
        assert found.status is not Status.UNREADABLE or found.warnings


def test_a_part_with_a_wrong_checksum_is_broken() -> None:
    data = bytearray(office.load_report_zh())
    at = data.index(b"word/document.xml") + len("word/document.xml") + 40
    data[at] ^= 0xFF
    found = extract(bytes(data), "a.docx")
    assert (found.status, found.warnings[0].code) == (Status.UNREADABLE, "broken")
