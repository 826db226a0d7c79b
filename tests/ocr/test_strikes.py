"""Words that were struck out, in many hands and ways, beside writing that stands."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.arrays import Picture
from ocr.engine import Engine
from ocr.handwriting import Written, read_writing
from ocr.ink import find_ink, marks
from ocr.strikes import struck_out
from tests.ocr.made_forms import PX_PER_MM
from tests.photographs.hands import CHINESE_HANDS, LATIN_HANDS, UNSEEN_CHINESE_HANDS, UNSEEN_LATIN_HANDS, Hand
from tests.photographs.ink import InkLayer, Pen, Slip, Strike

pytestmark = pytest.mark.fonts

HANDS = (*CHINESE_HANDS, *UNSEEN_CHINESE_HANDS, *LATIN_HANDS, *UNSEEN_LATIN_HANDS)
CHINESE = ("市场部", "人力资源部", "王立国", "2026年10月9日", "一二三", "十月二十三日")
LATIN = ("Sales", "Marketing", "Emily Carter", "2026-10-09", "T1090", "Peter Hill")
CELL_MM = (78.0, 15.0)
DPI = 300


def words_of(hand: Hand) -> tuple[str, ...]:
    return CHINESE if hand in (*CHINESE_HANDS, *UNSEEN_CHINESE_HANDS) else LATIN


SOFT_MM = 0.39
"""The blur of the softest pictures that are read."""


def written(
    number: int, hand: Hand, strike: Strike | None = None, *, correction: str = "", blur_mm: float = 0.0
) -> Picture:
    """A cell as it looks on a flattened page, that of a sharp picture or a soft one; a correction stands beside what is
    struck out, or above it."""
    rng = np.random.default_rng([3, number])
    pen = Pen(float(rng.choice([-0.09, 0.0, 0.09])), float(rng.normal(3, 7)), float(rng.uniform(0.72, 1.0)))
    ink = InkLayer(CELL_MM, DPI, (26, 48, 138), rng, pen)
    words = words_of(hand)
    word, size, box = words[number % len(words)], float(rng.uniform(4.5, 6.5)), (2.0, 3.0, 74.0, 9.0)
    if strike is None:
        ink.write(word, box, hand, size)
    else:
        ink.write_corrected(correction, box, hand, size, Slip(word, strike, above=bool(correction) and number % 2 == 1))
    width, height = (round(side * PX_PER_MM) for side in CELL_MM)
    paper = np.full((*ink.coverage.shape, 3), (242, 241, 236), np.uint8)
    seen = cv2.resize(ink.on(paper), (width, height), interpolation=cv2.INTER_AREA)
    sigma = blur_mm * PX_PER_MM or float(rng.choice([0.7, 1.2]))
    blurred = cv2.GaussianBlur(seen, (0, 0), sigma).astype(np.float64)
    return np.clip(blurred + rng.normal(0, 2, blurred.shape), 0, 255).astype(np.uint8)


def flagged(cell: Picture, blur_mm: float = 0.0) -> bool:
    ink = find_ink(cell, None, PX_PER_MM)
    return struck_out(cell, marks(ink.strong, ink.faint, PX_PER_MM).strokes, PX_PER_MM, blur_mm) is not None


def read(cell: Picture, engine: Engine) -> Written:
    ink = find_ink(cell, None, PX_PER_MM)
    return read_writing(cell, marks(ink.strong, ink.faint, PX_PER_MM), PX_PER_MM, engine)


@pytest.mark.parametrize("strike", Strike)
def test_strokes_through_words_are_seen_in_every_hand(strike: Strike) -> None:
    alone = [flagged(written(number, hand, strike)) for number, hand in enumerate(HANDS)]
    assert sum(alone) >= 0.8 * len(alone), [hand.name for hand, seen in zip(HANDS, alone, strict=True) if not seen]


def test_words_that_stand_are_not_taken_for_struck_out_ones() -> None:
    stand = [flagged(written(number, HANDS[number % len(HANDS)])) for number in range(3 * len(HANDS))]
    assert sum(stand) <= 0.05 * len(stand)


def test_soft_letters_that_run_into_each_other_are_doubted_and_not_taken_away() -> None:
    stand = [written(number, hand, blur_mm=SOFT_MM) for number, hand in enumerate(HANDS)]
    doubted, taken = sum(map(flagged, stand)), sum(flagged(cell, SOFT_MM) for cell in stand)
    assert taken <= 0.1 * len(stand)
    assert doubted > taken
    struck = [written(number, hand, Strike.LINE, blur_mm=SOFT_MM) for number, hand in enumerate(HANDS[::3])]
    assert all(flagged(cell, SOFT_MM) for cell in struck)


def test_a_line_under_a_word_is_none_through_it() -> None:
    picture = written(1, HANDS[0])
    ink = find_ink(picture, None, PX_PER_MM)
    x, y, width, height = marks(ink.strong, ink.faint, PX_PER_MM).outline or (0, 0, 0, 0)
    below = picture.copy()
    cv2.line(below, (x, y + height + 3), (x + width, y + height + 3), (26, 48, 138), 3)
    through = picture.copy()
    cv2.line(through, (x, y + height // 2), (x + width, y + height // 2), (26, 48, 138), 3)
    assert (flagged(below), flagged(through)) == (False, True)


@pytest.mark.parametrize("strike", [Strike.LINE, Strike.DOUBLE, Strike.SLANTED])
def test_what_is_struck_out_is_never_sure(strike: Strike, engine: Engine) -> None:
    """A recogniser reads through thin strokes: the hands whose letters are as good as printed are the worst."""
    for number, hand in enumerate((CHINESE_HANDS[0], UNSEEN_CHINESE_HANDS[0], LATIN_HANDS[3], UNSEEN_LATIN_HANDS[2])):
        for correction in ("", words_of(hand)[number - 1]):
            told = read(written(number, hand, strike, correction=correction), engine)
            # What was read may be right; sure it may be only if it is.
            assert told.confidence < 0.95 or told.text.replace(" ", "") == correction.replace(" ", "")


def test_a_word_struck_out_and_rewritten_shows_the_new_one_alone(engine: Engine) -> None:
    shown = []
    for number, strike in enumerate(Strike):
        for hand in (CHINESE_HANDS[number % 4], LATIN_HANDS[2 + number % 2]):
            correction = words_of(hand)[(number + 2) % len(CHINESE)]
            cell = written(number, hand, strike, correction=correction)
            if flagged(cell):
                told = read(cell, engine)
                assert told.confidence < 0.95
                shown.append(told.text.replace(" ", "").casefold() == correction.replace(" ", "").casefold())
    assert len(shown) >= len(Strike)
    assert sum(shown) >= 0.8 * len(shown)


def test_a_struck_word_that_nothing_replaces_is_not_shown_and_prose_is_kept_whole(engine: Engine) -> None:
    cell = written(1, CHINESE_HANDS[0], Strike.LINE)
    ink = find_ink(cell, None, PX_PER_MM)
    found = marks(ink.strong, ink.faint, PX_PER_MM)
    alone = read_writing(cell, found, PX_PER_MM, engine)
    assert (alone.text, alone.confidence, "struck_out" in alone.notes) == ("", 0.0, True)
    prose = read_writing(cell, found, PX_PER_MM, engine, prose=True)
    assert prose.text
    assert prose.confidence < 0.95
