"""Lines of text: "label: value" first, sentences otherwise."""

from __future__ import annotations

import re
from dataclasses import replace

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Line
from ml.metrics.contract import Kind, Metric
from ml.metrics.defects import graded, in_parts, read_defects, without_classes
from ml.metrics.grid import definition_for, outcome_names
from ml.metrics.keyed import key_values
from ml.metrics.numbers import (
    Quantity,
    became,
    cell_quantity,
    is_empty,
    may_hold_number,
    normalise,
    quantities,
    share_of,
    to_decimal,
)
from ml.metrics.phrases import as_it_is_now, pairs
from ml.metrics.sentences import read_sentence
from ml.metrics.sequences import aggregate_behind, ranked_behind, without_rank
from ml.metrics.spread import names_of, values_of
from ml.metrics.units import RATE, SHARE, TIME, Unit, unit_in_label
from ml.metrics.unnamed import no_load
from ml.metrics.values import Context, build, rescoped, settle, settle_definition
from ml.metrics.vocabulary import CONCURRENCY, DURATION, LATENCY, THROUGHPUT, Label

_LABELLED = re.compile(
    r"^\s*(?:[-*•·▪>+]\s+|\d{1,2}[.)、]\s*|[(（]?\d{1,2}[)）]\s*|[①-⑳]\s*)?(?P<label>[^:=|]{1,60}?)\s*(?:\.{2,}\s*:?|[:=|]\s*(?:\.{3,})?|\s{2,}|\t)\s*(?P<value>\S.*?)\s*$"
)
_COMMAND = re.compile(
    r"^\s*(?:[$#>%]\s+\S|(?:\S+\$\s)|(?:wrk|ab|hey|k6|jmeter|locust|vegeta|oha|curl|docker|python3?|npm|go|java|node|npx|yarn|bash|sh"
    r"|redis-benchmark)\s+(?:\S+\s+)*?-"
    r"|(?:\$env:|export |set )\w+\s*=|(?:[A-Z][A-Z0-9_]*=\S+\s+)+(?:\./|[a-z])|[^\u4e00-\u9fff]*\s--[a-z][\w-]*[= ])"
)
_CODE = re.compile(
    r"^\s*(?:(?:const|let|var|final|static|public|private|export|return)\s+[\w.]+|#define\s)"
    r"|^\s*[\w.\[\]\"']+\s*[:=]\s*[\w.\"']+[,;]?\s*//|^[ -~]*[=(][ -~]*;\s*$"
)
"""A line of a program: what it sets was measured nowhere."""
_TREE = re.compile(r"^[\s│|]*[├└]─*\s*")
_UNCHECKED = re.compile(r"^\s*(?:[-*+]\s+)?(?:\[ \]|☐|□)\s*")
_CONTENTS = re.compile(r"^\s*\d+(?:\.\d+)*[.、]?\s+.*\.{5,}\s*\d+(?:\s*-\s*\d+)?\s*$")
"""A line of a table of contents."""
_CLASS_OF_TIMES = re.compile(
    r"^[\s>*•+-]*(?:[<>≤≥]=?\s*)?\d[\d.]*(?:\s*[-~]\s*\d[\d.]*)?\s*(?:ms|s|秒|毫秒)\s*[:：]", re.IGNORECASE
)
"""A line of a distribution: how many took 20 to 40 ms."""
_WARM_UP = re.compile(r"^\W*(?:warm-?up|ramp-?up|预热)\s*[:：]", re.IGNORECASE)
_MARKS = re.compile(r"\*\*|__|`|^\s*>\s|[✅❌⚠🟢🔴🟡✔✓✗✘☑️]", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[。！!])|(?<=[.?])\s+(?=[A-Z0-9\u4e00-\u9fff\"'(])|\n")


_SAYS_KIND = re.compile(
    r"\W*(?:(?P<result>(?:test |actual |measured )?results?|actual(?:ly)?|measured|achieved"
    r"|实测(?:结果)?|实际(?:结果)?|测试结果)"
    r"|objectives?|targets?|goals?|requirements?|expected(?: results?)?|目标|要求|预期(?:结果)?|期望)\s*[:：]\s*",
    re.IGNORECASE,
)
"""What a line begins with that says of which kind its figures are, whatever the section is."""


def read_line(line: Line, context: Context) -> list[Metric]:
    """All values of one line; each with the kind that the words around it, or else the section, give it."""
    text = normalise(line.text)
    if not may_hold_number(text):
        return []
    text = _TREE.sub("", _MARKS.sub(" ", text[:20_000])).strip("\n")
    if ("...." in text and _CONTENTS.match(text)) or _WARM_UP.match(text) or _CLASS_OF_TIMES.match(text):
        return []
    if _UNCHECKED.match(text):
        # An open box of a checklist: what is to be reached.
        text, context = _UNCHECKED.sub("", text), replace(context, kind=Kind.TARGET)
    text = as_it_is_now(text)
    if said := _SAYS_KIND.match(text):
        context = replace(context, kind=Kind.MEASURED if said.group("result") else Kind.TARGET)
        text = text[said.end() :]
    defined = _defined(text, line, context)
    if defined:
        return defined
    keyed = key_values(text, line, context)
    if keyed:
        return keyed
    if "|" in text and (parts := _parts(text, line, context)):
        return parts
    if ("=" in text or "//" in text) and _CODE.match(text):
        return []
    labelled = _labelled(text, line, context)
    if labelled is not None:
        return labelled
    found: list[Metric] = []
    if _COMMAND.match(text):
        return []
    about = replace(context, about=f"{context.about} {text}")
    for sentence in _SENTENCE.split(text):
        if sentence and sentence.strip():
            sentence = graded(sentence)  # noqa: PLW2901
            found += in_parts(read_sentence(without_classes(sentence), line, context), sentence)
            found += read_defects(sentence, line, about)
    return found


def _defined(text: str, line: Line, context: Context) -> list[Metric]:
    found = []
    for definition in context.definitions:
        if definition.pattern is None:
            continue
        for match in re.finditer(definition.pattern, text):
            groups = match.groupdict()
            value = quantities(groups.get("value") or "")
            if not value:
                continue
            settled = settle_definition(definition, value[0], None)
            if settled is not None:
                found.append(
                    build(
                        settled, scope=groups.get("scope") or "", kind=context.merge_kind(None), raw=match.group()[:80],
                        where=line.where, method="pattern", confidence=0.9 * line.confidence, snippet=text,
                    )
                )  # fmt: skip
    return found


# --- "label: value" -------------------------------------------------------------------------------------------------


def _labelled(text: str, line: Line, context: Context) -> list[Metric] | None:
    """The value of a "label: value" line; an empty list when the label is known but its value is none; None when the
    line is not of that form."""
    match = _LABELLED.match(text)
    if match is None:
        return None
    name, value = match.group("label").strip(" *_-"), match.group("value")
    names = names_of(name)
    if names and (values := values_of(value, len(names))):
        told = (_labelled(f"{one}: {its}", line, context) for one, its in zip(names, values, strict=True))
        return [metric for metrics in told for metric in metrics or ()]
    definition = definition_for(name, context.definitions)
    label = None if definition else vocabulary.classify(kinds.without_kind_words(name) or name)
    if definition is None and label is None:
        label = _of_section(name, value, context)
    if definition is None and label is None:
        alone = cell_quantity(value)
        return [] if alone is not None and alone.raw == value and vocabulary.is_blocked(name) else None
    bare, _ = vocabulary.without_load(name)
    if quantities(bare, tuple((cue.start, cue.end) for cue in vocabulary.cues(bare))):
        return None
    if is_empty(value) or re.match(r"[\[{_]|<\s*[A-Za-z_]", value):
        return []
    if label is not None and label.base and not label.aggregate:
        own = _own_names(value, label, line, context)
        if len(own) > 0 and len(own) == len(quantities(value)):
            return own
        if len(quantities(value)) > 1 and (placed := _by_place(value, label, line, context)):
            return placed
    value = became(value)
    if "across all concurrent" in value:
        return []  # ab divides the time by the callers: how long none of them waited
    share = share_of(value) if label is not None and vocabulary.dimension(label.base or "") == SHARE else None
    quantity = share or cell_quantity(value) or _leading(value)
    if quantity is None:
        if label is None or not label.base:
            return None
        return _own_names(value, label, line, context) or _by_name(value, label, line, context)
    kind = kinds.header_kind(name)
    if definition is not None:
        settled = settle_definition(definition, quantity, unit_in_label(name)[0])
    else:
        assert label is not None
        label = _named(label, quantity, context)
        if label is not None and label.base == CONCURRENCY and no_load(name, value[quantity.end :], context.about):
            return []
        if label is None or (context.configuration and label.base not in (CONCURRENCY, DURATION)):
            return []
        tail = value[quantity.end :]
        aggregate = label.aggregate or aggregate_behind(label.base, tail) or ranked_behind(label.base, tail)
        settled = settle(label.base, aggregate, quantity, label.unit or context.unit)
    if settled is None:
        return []
    lead = value[: quantity.start] if quantity.start else ""
    if kind is None and context.kind is None:
        kind = kinds.words_kind(f"{name} {lead}", comparison=quantity.comparison)
        tail = value[quantity.end :].strip()
        if re.match(
            r"^[(（]\s*(?:target|goal|目标|required|limit|threshold|示例|example|期望|要求)\s*[)）]",
            tail,
            re.IGNORECASE,
        ):
            kind = Kind.TARGET
    settled_kind = context.merge_kind(kind)
    if quantity.comparison in ("<", ">", "-") and settled_kind is Kind.MEASURED:
        settled_kind = Kind.BOUND
    scope = label.scope if label else ""
    found = [
        build(
            settled, scope=scope, kind=settled_kind, raw=quantity.raw, where=line.where, method="labelled",
            confidence=0.92 * line.confidence, snippet=text,
        )
    ]  # fmt: skip
    classes = read_defects(text, line, context)
    if classes and settled.metric == "defects_total" and vocabulary.severity(scope):
        return classes  # "严重缺陷: 2" are not all
    found += classes
    rest = without_rank(value[quantity.end :]) if settled.unit == "ms" else value[quantity.end :]
    if settled.metric == "defects_total":
        return found
    # "Failed requests: 92 (0.05 %)", "并发: 100, TPS: 412": the rest of the line may name more.
    if re.search(r"\d", rest):
        inner = replace(context, base=label.base) if label is not None and label.base == LATENCY else context
        extra = read_sentence(rest, line, inner)
        if not extra and label is not None:
            extra = _share_in_brackets(rest, label, line, context=context, scope=scope, text=text)
        found += [metric for metric in extra if metric.metric != settled.metric or metric.kind is not Kind.MEASURED]
    return found


def _of_section(name: str, value: str, context: Context) -> Label | None:
    """A thing's name before its value, below a heading that says what is measured: "engine A: 0.92 ms" under "Search
    latency"."""
    if context.base not in (LATENCY, THROUGHPUT) or context.kind is not None or context.configuration:
        return None
    quantity = cell_quantity(value)
    fits = quantity is not None and quantity.unit is not None and quantity.raw == value
    if not fits or quantity is None or quantity.unit is None or len(name) > 40 or vocabulary.is_blocked(name):
        return None
    return (
        Label(context.base, "", None, name) if quantity.unit.dimension == vocabulary.dimension(context.base) else None
    )


_PART = re.compile(r"[^:=|]{1,30}[:=]\s*[^:=]{1,40}")


def _parts(text: str, line: Line, context: Context) -> list[Metric]:
    """A line of several "label: value" with bars between them, all about what the line begins with: "- App | defects:
    158 | share: 25 %"."""
    parts = [part.strip() for part in text.split("|")]
    named = [part for part in parts if _PART.fullmatch(part)]
    if len(parts) < 2 or len(named) < len(parts) - (parts[0] not in named):
        return []
    about = "" if parts[0] in named else parts[0].strip(" -*•·")
    told = [metric for part in named for metric in _labelled(part, line, context) or ()]
    return [rescoped(metric, " ".join(filter(None, (about, metric.scope)))) for metric in told]


_NAMED_VALUE = re.compile(r"\s*(?:其中)?(?P<name>[^\d:=()（）]{1,20}?)\s*[:=为]?\s*(?P<value>[<>≤≥~约]?\s*\d.*)")


def _own_names(value: str, label: Label, line: Line, context: Context) -> list[Metric]:
    """Aggregates after the name of their metric: "Latency (ms): min=2.1 avg=60.3 p99=201"."""
    metrics: list[Metric] = []
    for inner, quantity in pairs(value):
        if inner is None or inner.scope or (inner.base and inner.base != label.base) or not inner.aggregate:
            continue
        settled = settle(label.base, inner.aggregate, quantity, inner.unit or label.unit or context.unit)
        if settled is not None:
            metrics.append(
                build(
                    settled, scope=label.scope, kind=context.merge_kind(None), raw=quantity.raw,
                    where=line.where, method="labelled", confidence=0.9 * line.confidence, snippet=line.text,
                )
            )  # fmt: skip
    return metrics


def _by_name(value: str, label: Label, line: Line, context: Context) -> list[Metric] | None:
    """Values of one metric for several things: "平均响应时间：登录 120ms，查询 85ms"; None when it is no such list."""
    parts = [part for part in re.split(r"[、;；]|[,，](?!\d{3}(?!\d))", value.rstrip("。. ")) if part.strip()]
    named = [found for part in parts if (found := _NAMED_VALUE.fullmatch(part)) is not None]
    if len(parts) < 2 or len(named) != len(parts) or any(vocabulary.cues(found.group("name")) for found in named):
        return None
    if any(kinds.words_kind(found.group("name")) is not Kind.MEASURED for found in named):
        return None
    if label.base.startswith("defects") and any(
        vocabulary.severity(re.sub(r"^(?:其中|目前|现|其余)", "", found.group("name").strip())) for found in named
    ):
        return None  # "缺陷: 共发现53个, 其中严重4个": classes of defects, no things that have some
    metrics: list[Metric] = []
    for found in named:
        quantity = cell_quantity(found.group("value"))
        settled = settle(label.base, label.aggregate, quantity, label.unit or context.unit) if quantity else None
        if quantity is None or settled is None:
            return None
        kind = context.merge_kind(None)
        if kind is Kind.MEASURED and quantity.comparison in ("<", ">", "-"):
            kind = Kind.BOUND
        metrics.append(
            build(
                settled, scope=found.group("name").strip(), kind=kind, raw=quantity.raw, where=line.where,
                method="labelled", confidence=0.88 * line.confidence, snippet=line.text,
            )
        )  # fmt: skip
    return metrics


_PLACED_VALUE = re.compile(
    r"\s*(?P<value>\d[\d.,]*\s*\S{0,6}?)\s+(?:on|in|for) (?:the )?(?P<name>[A-Za-z][\w /-]{1,30}?)[\s.]*"
)


def _by_place(value: str, label: Label, line: Line, context: Context) -> list[Metric]:
    """Values of one metric, each with its place behind it: "71 % on the web tier, 44 % on the database"."""
    parts = [_PLACED_VALUE.fullmatch(part) for part in re.split(r"[;；]|[,，](?!\d{3}(?!\d))|\band\b", value)]
    if any(part is None for part in parts):
        return []
    turned = ", ".join(f"{part.group('name')} {part.group('value')}" for part in parts if part is not None)
    return _by_name(turned, label, line, context) or []


def _leading(value: str) -> Quantity | None:
    """The number that a value begins with: "66.4/sec over the run"."""
    found = quantities(value)
    if (
        found
        and not value[: found[0].start].strip(" ~≈<>≤≥=约")
        and not re.match(r"^\s*[-/xX×]\s*\d", value[found[0].end :])
    ):
        return (
            found[0]
            if found[0].unit is not None or not re.match(r"^\s*[A-Za-z\u4e00-\u9fff]", value[found[0].end :])
            else None
        )
    return None


def _share_in_brackets(rest: str, label: Label, line: Line, *, context: Context, scope: str, text: str) -> list[Metric]:
    found = re.match(r"^\s*[(（]\s*([\d.]+)\s*%\s*[)）]", rest)
    name = {"requests_failed": "error_rate", "requests_ok": "success_rate", "test_cases_passed": "pass_rate"}.get(
        label.base
    )
    if not found or name is None:
        return []
    value = to_decimal(found.group(1))
    settled = (
        settle(name, "", Quantity(value, Unit("percent", SHARE), 0, 0, found.group(1) + "%"), None)
        if value is not None
        else None
    )
    if settled is None:
        return []
    return [
        build(
            settled, scope=scope, kind=context.merge_kind(None), raw=found.group(1) + "%", where=line.where,
            method="labelled", confidence=0.9 * line.confidence, snippet=text,
        )
    ]  # fmt: skip


_ACCOUNTS = re.compile(r"(?:active|new|registered|paying|returning|unique)\b", re.IGNORECASE)


def _named(label: Label, quantity: Quantity, context: Context) -> Label | None:
    base = label.base or context.base
    if not base and quantity.unit is not None and label.aggregate:
        # "Peak: 500 req/s", "Peak load: 100 concurrent users": the unit says of what.
        base = {TIME: LATENCY, RATE: THROUGHPUT}.get(quantity.unit.dimension, "")
        base = CONCURRENCY if quantity.unit.thing == "users" else base
    if base == CONCURRENCY and not context.load and _ACCOUNTS.match(label.scope):
        return None  # "Active users: 28" of a month's report: who came by, not at once
    renamed = outcome_names({base}, context).get(base, base)
    if (
        base in ("test_cases_passed", "test_cases_failed", "test_cases_errors", "test_cases_skipped")
        and not context.cases
        and renamed == base
    ):
        return None
    if context.cases and base == "requests_failed":
        renamed = "test_cases_failed"
    return replace(label, base=renamed) if renamed else None
