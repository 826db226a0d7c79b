"""Short phrases that give a value its own name: "min = 2, mean = 8", "Avg: 12 ms", "平均响应时间为200ms"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ml.metrics import vocabulary
from ml.metrics.numbers import Quantity, cell_quantity
from ml.metrics.vocabulary import Label

_SPLIT = re.compile(
    r"[;；、|]|,(?!\d{3}(?!\d))|，|\s{3,}|(?<=[\d%a-z])\s+(?=[A-Za-z\u4e00-\u9fff][\w ./%()\u4e00-\u9fff]{0,24}\s*[=:])"
)
_PAIR = re.compile(
    r"^\s*[-*•]?\s*(?P<label>[^=:]{1,48}?)\s*(?:=|:|为|是|达到?|\bis\b|\bwas\b|\bof\b)\s*(?P<value>[^=:].*)$"
)


_BARE = re.compile(r"^\s*(?P<label>[pP]\d{2}(?:\.\d)?|[^\d=:<>≤≥]{2,12}?)\s*(?P<value>\d.*)$")
_WHOLE = re.compile(r"all|total|count|总数|总计|数量|全部|共", re.IGNORECASE)


def pairs(text: str) -> Iterator[tuple[Label | None, Quantity]]:
    """Every "name = value" of a normalised text whose value is one number; the label is None when it is no
    metric, and empty for the whole of what the phrase is about ("all = 120")."""
    for part in _SPLIT.split(text):
        found = _PAIR.match(part) or _named_aggregate(part)
        if not found:
            continue
        quantity = cell_quantity(found.group("value"))
        if quantity is not None:
            name = found.group("label").strip()
            whole = Label("", "", None, "") if _WHOLE.fullmatch(name) else None
            yield whole or vocabulary.classify(name), quantity


def _named_aggregate(part: str) -> re.Match[str] | None:
    """ "峰值 3,260", "avg 41ms": without a sign between them only where the name says no more than which aggregate."""
    found = _BARE.match(part)
    label = vocabulary.classify(found.group("label").strip()) if found else None
    return found if label is not None and label.aggregate and not label.base else None


_MOVED = re.compile(
    r"^(?P<lead>\W*(?:\d{1,2}[.)、]\s*)?)(?:从|由|from )?\d[\d.,]* ?[A-Za-z/%\u4e00-\u9fff]{0,8}\s*"
    r"(?:->|=>|[→➔➜⇒])\s*(?P<now>\d[\d.,]*\+? ?[A-Za-z/%\u4e00-\u9fff]{0,8}\W*)$"
)


def as_it_is_now(text: str) -> str:
    """A line that only says what became of a figure without what it was: "- 50 QPS → 1,600 QPS"; others unchanged."""
    return _MOVED.sub(r"\g<lead>\g<now>", text) if "→" in text or ">" in text or "⇒" in text else text
