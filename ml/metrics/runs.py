"""What keeps the reports of tools within one file apart: the headings over them, the lines before them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ml.metrics.tools.record import Run, TextLine

_EDGES = " #*`:：=-\t"


def run_names(lines: Sequence[TextLine], levels: Sequence[int], runs: Sequence[Run], taken: set[int]) -> list[str]:
    """A name for each of `runs`, empty where no two of them give the same metric: the heading that each stands under,
    the line over each, the headings with those above them, or their numbers. `levels` are the headings' (0: none)."""
    given = Counter((name, scope) for run in runs for name, scope in {(one.metric, one.scope) for one in run.metrics})
    if not given or max(given.values()) < 2:
        return [""] * len(runs)
    firsts = [min(run.lines) for run in runs]
    paths = [_headings_over(lines, levels, first) for first in firsts]
    headings = [path[-1] if path else "" for path in paths]
    over = [_line_over(lines, first, taken) for first in firsts]
    both = [f"{heading} {line}" for heading, line in zip(headings, over, strict=True) if heading and line]
    deep = [" / ".join(path[-2:]) for path in paths]
    for names in (headings, over, deep, both):
        if len(names) == len(runs) and all(names) and len(set(names)) == len(names):
            return names
    order = sorted(firsts)
    if not all(headings):
        return [f"run {1 + order.index(first)}" for first in firsts]
    # Several runs under one heading are told apart by their order there.
    places = [[other for other in order if paths[firsts.index(other)] == path] for path in paths]
    return [
        f"{heading} run {1 + place.index(first)}" if len(place) > 1 else heading
        for heading, place, first in zip(headings, places, firsts, strict=True)
    ]


def _headings_over(lines: Sequence[TextLine], levels: Sequence[int], first: int) -> list[str]:
    """The headings that a line stands under, the outermost first."""
    path: list[str] = []
    level = 100
    for at in range(first, -1, -1):
        if 0 < levels[at] < level:
            path.append(lines[at].text.strip(_EDGES))
            level = levels[at]
    return path[::-1]


_COMMAND = re.compile(r"[$>]\s*\S|(?:wrk2?|ab|hey|oha|k6|vegeta|siege|locust|redis-benchmark)\s+-?\S", re.ASCII)


def _line_over(lines: Sequence[TextLine], first: int, taken: set[int]) -> str:
    for at in range(first - 1, max(-1, first - 7), -1):
        text = lines[at].text.strip(_EDGES)
        if _COMMAND.match(text):
            continue  # the call of the tool itself
        if text and at not in taken:
            return text if len(text) <= 60 else ""
    return ""
