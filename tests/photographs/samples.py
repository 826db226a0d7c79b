"""The few pictures that are committed: `samples/` for tests, and the demo's photograph in `workers/demo/`.

`python -m tests.photographs.samples` writes them again. They are compressed more than the generated ones, to keep the
repository small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from ocr.forms import shipped
from tests.photographs.camera import (
    BLURRED,
    CLEAN,
    COMPRESSED,
    CURLED,
    MILD,
    ROTATED,
    STRONG,
    TURNED_BY_EXIF,
    UPSIDE_DOWN,
    Condition,
)
from tests.photographs.corpus import Photograph, take, write
from tests.photographs.fill import FORM_KEY, Filling, fill
from tests.photographs.hands import CHINESE_HANDS
from tests.photographs.ink import Tick

SAMPLES = Path(__file__).parent / "samples"
DEMO = Path(__file__).parents[2] / "workers" / "demo"

_CHOSEN: tuple[tuple[int, Condition], ...] = (
    (0, MILD),
    (1, CLEAN),
    (2, MILD),
    (3, ROTATED),
    (4, COMPRESSED),
    (5, CLEAN),
    (6, MILD),
    (7, BLURRED),
    (8, UPSIDE_DOWN),
    (9, TURNED_BY_EXIF),
    (10, STRONG),
    (11, CURLED),
)


def samples() -> Iterator[Photograph]:
    """The dozen for tests: twelve different forms under varied conditions."""
    for number, condition in _CHOSEN:
        yield from take(fill(number), [_small(condition)])


def demo() -> Photograph:
    """The demo's photograph: taken in good light, a little from the side."""
    [taken] = take(demo_filling(), [_small(replace(MILD, name="review-photo", tilt_degrees=16))])
    return replace(taken, name="review-photo")


def demo_filling() -> Filling:
    """The form that the demo uploads: 王立国 reviews 刘晓雯."""
    day = date(2026, 10, 16)
    written = {
        "employee_name": "刘晓雯",
        "staff_number": "T1006",
        "department": "研发部",
        "period": "2026年第三季度",
        "reviewer": "王立国",
        "key_achievements": "完成订单中心重构,接口平均响应由320ms降到110ms,季度内无重大故障。",
        "improvements": "需要更早同步跨部门风险,会前准备好材料。",
        "next_goals": "上线客户自助查询,人工咨询量减少30%;培养两名骨干。",
    }
    ticked = {
        "score_results": "5",
        "score_quality": "4",
        "score_collaboration": "4",
        "score_initiative": "3",
        "score_learning": "4",
        "grade": "B",
    }
    filling = Filling(
        number=1006, sheet_id="6b7e1f0c52d94a83a1c5f2e89d3047b6", hand=CHINESE_HANDS[0], colour=(26, 48, 138)
    )
    # People write the wide marks of Chinese; truth has them as NFKC makes them.
    filling.written = {key: text.replace(",", "，").replace(";", "；") for key, text in written.items()}
    filling.written |= {"signed_on": f"{day.year}年{day.month}月{day.day}日", "signature": "王立国"}
    filling.ticks = {key: [(value, Tick.CHECK)] for key, value in ticked.items()}
    filling.truth = {**written, **ticked, "signature": "present", "signed_on": day.isoformat()}
    assert filling.truth.keys() == {field.key for field in shipped.load(FORM_KEY).template.fields}
    return filling


def _small(condition: Condition) -> Condition:
    return replace(condition, long_side=1960, quality=min(condition.quality, 66), noise=min(condition.noise, 1.5))


if __name__ == "__main__":
    write(samples(), SAMPLES)
    write([demo()], DEMO)
