"""Rows of small boxes for one character each: together they are the cell of one field."""

from __future__ import annotations

from dataclasses import replace

from ocr.contract import Box
from ocr.proposal.page import BlankPrint, shared
from ocr.proposal.printed import holds

SIDE_MM = (3.0, 10.0)
TOUCH_MM = 0.9
LEAST = 4
"""Fewer boxes side by side are boxes to tick, or cells."""
HEADING_MM = 8.0


def merge_combs(page: BlankPrint) -> None:
    """Put the boxes of each comb together to one cell, before the cells of the page are looked at."""
    printed = page.printed
    small = [
        box
        for box in (*printed.cells, *printed.boxes)
        if box not in printed.brackets
        and all(SIDE_MM[0] <= side <= SIDE_MM[1] for side in box[2:])
        and not any(holds(box, *piece.middle) for piece in page.pieces)
    ]
    combs = [run for run in _runs(small) if len(run) >= LEAST and not _stacked(run, small) and not _headed(page, run)]
    members = {box for run in combs for box in run}
    cells = [box for box in printed.cells if box not in members]
    cells += [(run[0][0], run[0][1], run[-1][0] + run[-1][2] - run[0][0], run[0][3]) for run in combs]
    boxes = tuple(box for box in printed.boxes if box not in members)
    page.printed = replace(printed, cells=tuple(cells), boxes=boxes)


def _runs(small: list[Box]) -> list[list[Box]]:
    """Boxes of one size that touch side by side, left to right."""
    runs: list[list[Box]] = []
    for box in sorted(small):
        for run in runs:
            last = run[-1]
            alike = abs(last[1] - box[1]) < 0.8 and abs(last[3] - box[3]) < 0.8 and abs(last[2] - box[2]) < 1.0
            if alike and -TOUCH_MM < box[0] - last[0] - last[2] < TOUCH_MM:
                run.append(box)
                break
        else:
            runs.append([box])
    return runs


def _stacked(run: list[Box], small: list[Box]) -> bool:
    """Whether boxes of the same columns touch the run above or below: a table of ticks."""
    x, y, w, h = run[0]
    return any(
        abs(other[0] - x) < 1.0
        and abs(other[2] - w) < 1.0
        and (abs(other[1] - y - h) < TOUCH_MM or abs(other[1] + other[3] - y) < TOUCH_MM)
        for other in small
    )


def _headed(page: BlankPrint, run: list[Box]) -> bool:
    """Whether the boxes have words of their own above them, as those of a scale have."""
    columns = [
        sum(
            0 <= box[1] - piece.bottom < HEADING_MM
            and piece.box[2] < 1.8 * box[2]
            and shared(piece.left, piece.box[2], box[0], box[2]) > 0.6
            for piece in page.pieces
        )
        for box in run
    ]
    return sum(count > 0 for count in columns) * 2 > len(run)
