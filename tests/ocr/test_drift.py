"""Parts of a page that a placement does not follow: told by labels missing together, set right by reading them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr.alignment import LEAST_KNOTS, Offset, Placement, improve
from ocr.arrays import Picture
from ocr.blank import BlankPage, blank_pages
from ocr.contract import MatchedBy
from ocr.drift import adrift, in_part, label_lines, set_right
from ocr.engine import Engine
from ocr.forms import shipped
from ocr.labels import Settled, settle
from ocr.register import Candidate
from tests.photographs.fill import FORM_KEY


@pytest.fixture(scope="module")
def page() -> BlankPage:
    return blank_pages(shipped.load(FORM_KEY))[0]


@pytest.fixture(scope="module")
def picture(page: BlankPage) -> Picture:
    """The blank itself, in colour."""
    assert page.grey is not None
    return np.repeat(page.grey[..., None], 3, axis=2)


@pytest.fixture(scope="module")
def settled(page: BlankPage, picture: Picture, engine: Engine) -> Settled:
    return settle(Candidate(_flat(page), MatchedBy.MARKERS, 4), picture, page, engine)


def _flat(page: BlankPage) -> Placement:
    scale = page.px_per_mm
    return Placement(np.array([[scale, 0, -0.5], [0, scale, -0.5], [0, 0, 1.0]]), page.size_mm)


def _lost(settled: Settled, numbers: set[int]) -> Settled:
    gone = [replace(one, likeness=0.1) if index in numbers else one for index, one in enumerate(settled.labels)]
    return replace(settled, labels=tuple(gone))


def test_labels_missing_together_are_adrift_and_single_ones_are_illegible(settled: Settled) -> None:
    assert adrift(settled) == []
    low = sorted(range(len(settled.labels)), key=lambda index: -settled.labels[index].place[1])
    assert adrift(_lost(settled, {low[0]})) == []
    together = adrift(_lost(settled, set(low[:8])))
    assert len(together) >= 4
    assert set(together) <= set(low[:8])


def test_boxes_missing_together_are_seen_where_every_label_is_in_place(settled: Settled) -> None:
    assert not in_part(settled)
    gone = tuple(replace(one, shift=(3.0, 0.0)) for one in settled.corners)
    moved = replace(settled, corners=gone)
    assert adrift(moved) == []
    assert in_part(moved)
    assert moved.pieces_found < settled.pieces_found


def test_a_part_that_was_not_followed_is_set_right_by_its_words(
    page: BlankPage, picture: Picture, settled: Settled, engine: Engine
) -> None:
    """A placement that lifts the lower third of the page by up to 20 mm, where nothing is found by its looks."""
    width, height = page.size_mm
    net = [(x, y) for x in np.linspace(0, width, 9) for y in np.linspace(0, height, 13)]
    lifted = [Offset((x, y), (0.0, -20.0 * max(0.0, y / height - 0.67) / 0.33), 1.0) for x, y in net]
    assert len(lifted) > LEAST_KNOTS
    wrong = improve(_flat(page), lifted, bend=True)
    found = {index for index, one in enumerate(settled.labels) if one.place[1] > 0.7 * height}
    astray = replace(_lost(settled, found), placement=wrong, proposed=wrong)
    lost = adrift(astray)
    assert len(lost) >= 4
    better = set_right(picture, astray, lost, engine)
    assert better.labels_found == better.labels_expected
    assert better.words_right == better.words_read


def test_only_lines_of_the_size_of_a_label_nearby_are_read(page: BlankPage, picture: Picture, engine: Engine) -> None:
    outlines = engine.detect(picture)
    every = label_lines(picture, outlines, {page: None}, engine)
    near = label_lines(picture, outlines, {page: _flat(page)}, engine)
    assert {line.text for line in near} <= {line.text for line in every}
    assert len(near) >= 0.8 * len(page.anchors)
    elsewhere = replace(_flat(page), homography=_flat(page).homography @ np.diag([0.2, 0.2, 1.0]))
    assert label_lines(picture, outlines, {page: elsewhere}, engine) == []
