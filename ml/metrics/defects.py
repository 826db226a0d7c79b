"""Sentences that count defects by class: "缺陷47个, 其中严重6个", "23 defects (critical: 2, major: 7)"."""

from __future__ import annotations

import re

from ml.metrics.blocks import Line
from ml.metrics.contract import Metric
from ml.metrics.marks import kind_at, marks_of
from ml.metrics.numbers import Quantity, to_decimal
from ml.metrics.units import COUNT, Unit
from ml.metrics.values import Context, build, settle
from ml.metrics.words import SEVERITIES

_DEFECT_WORDS = re.compile(r"缺陷|bugs?\b|defects?\b", re.IGNORECASE)
_LEFT_OVER = re.compile(
    r"(\d+ (?:still )?(?:open|remaining|left)\s*"
    r"|(?:遗留|未(?:修复|关闭|解决)|\bopen\b|\bremain\w*)\D{0,8}\d+\D{0,8})([(（][^)）]*[)）])",
    re.IGNORECASE,
)
_WITH_GRADE = re.compile(
    r"(\d+) (?:defects?|bugs?|issues?) (?:with|of) (?:an? )?(\w+) (?:priority|severity)", re.IGNORECASE
)
_COUNTED_BEFORE = re.compile(
    r"(?<![\d.])(?<![A-Za-z][-#_])(?P<count>\d+(?:,\d{3})*)\s*(?:个|条|例|项|of them)?\s*(?:are|were|is"
    r"|have been|remain(?:ed|s)?|still)?\s*$"
)
_COUNTED_AFTER = re.compile(
    r"^\s*(?:级别?|问题|缺陷|bugs?|defects?|severity|priority|数量?)*\s*(?:[:：=×]|[xX*](?=\d)|为|有|共)?\s*(?P<count>\d[\d,]*)"
    r"(?!\d|\s*[%+]|[-/.]\d|\s*[-~]\s*\d|\s*年)",
    re.IGNORECASE,
)


def graded(sentence: str) -> str:
    """A sentence with "4 defects with high priority" as "4 high": a class of them, not how many there are."""
    return _WITH_GRADE.sub(r"\1 \2", sentence) if "ity" in sentence else sentence


def read_defects(sentence: str, line: Line, context: Context) -> list[Metric]:
    """ "缺陷47个, 其中严重6个, 已修复44个", "23 defects (critical: 2, major: 7)": counts by class."""
    said = _DEFECT_WORDS.search(sentence) is not None
    if not said and not _DEFECT_WORDS.search(context.about):
        return []
    # "遗留2个(一般1个, 轻微1个)" tells classes of what is left, not of all defects.
    sentence = _LEFT_OVER.sub(lambda left: left.group(1) + " " * len(left.group(2)), sentence)
    found: list[Metric] = []
    marks = marks_of(sentence)
    taken: set[int] = set()
    # Under a heading about defects a bare total is theirs.
    names = SEVERITIES if said else (*SEVERITIES, ("total", r"^\W*(?:total|sum|合计|总计|总数|共计?)"))
    for name, pattern in names:
        for match in re.finditer(rf"(?<![A-Za-z])(?:{pattern})(?!(?<=[A-Za-z])[A-Za-z])", sentence, re.IGNORECASE):
            after = _COUNTED_AFTER.match(sentence[match.end() :])
            before = _COUNTED_BEFORE.search(sentence[: match.start()])
            counted = after or (before if sentence[: match.start()].isascii() else None)
            if before is not None and sentence[: match.start()].isascii() and before.end("count") + 1 == match.start():
                counted = before  # "14 open defects: 0 critical"
            if counted is None:
                continue
            start = counted.start("count") if counted is before else match.end() + counted.start("count")
            if start in taken:
                continue
            taken.add(start)
            value = to_decimal(counted.group("count"))
            if value is None:
                continue
            quantity = Quantity(
                value, Unit("event", COUNT), start, start + len(counted.group("count")), counted.group("count")
            )
            settled = settle(f"defects_{name}", "", quantity, None)
            if settled is not None:
                kind = kind_at(sentence, marks, quantity, following=len(sentence), context=context)
                found.append(
                    build(
                        settled, scope="", kind=kind, raw=match.group() + quantity.raw, where=line.where,
                        method="prose", confidence=0.8 * line.confidence, snippet=sentence.strip(),
                    )
                )  # fmt: skip
            break
    return found


_CLASSES = "|".join(pattern for name, pattern in SEVERITIES if name not in ("fixed", "open"))
_CLASS_COUNTED = re.compile(
    rf"(?<![A-Za-z])(?:{_CLASSES})(?:级别?)?的?\s*(?:缺陷|bugs?|defects?)\s*(?:数量?)?\s*(?:[:：=]|为|有|共)?\s*\d+",
    re.IGNORECASE,
)


def without_classes(sentence: str) -> str:
    """A sentence without its counts of one class each ("严重bug 6个"), which are no counts of all defects."""
    return _CLASS_COUNTED.sub(lambda counted: " " * len(counted.group()), sentence)


_PART = re.compile(
    r"(?:^|[:：])\s*(?:其中)?(?P<name>[A-Za-z\u4e00-\u9fff]{2,10}?)的?\s*(?:缺陷|bugs?)?\s*(?P<count>\d+)\s*个?"
    r"(?=[\s缺b(（]|$)",
    re.IGNORECASE,
)
_OF_ALL = re.compile(r"[总共合累]|发现|提交|数量|有效|bug|缺陷", re.IGNORECASE)


def in_parts(found: list[Metric], sentence: str) -> list[Metric]:
    """Several counts of defects of one sentence, each under what its clause begins with: "前端 9个bug；后端 4个bug"."""
    counts = {metric.value for metric in found if metric.metric == "defects_total"}
    if len(counts) < 2:
        return found
    parts: dict[object, set[str]] = {}
    for clause in re.split(r"[;；,，。]", sentence):
        part = _PART.search(clause)
        if part is not None and not _OF_ALL.search(part.group("name")):
            parts.setdefault(to_decimal(part.group("count")), set()).add(part.group("name"))
    return [
        metric._replace(scope=f"{metric.scope} {names.pop()}".strip())
        if metric.metric == "defects_total" and len(names := set(parts.get(metric.value, ()))) == 1
        else metric
        for metric in found
    ]
