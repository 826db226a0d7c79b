"""JMeter's raw samples (JTL), CSV or XML, streamed: memory grows with the response times alone, eight bytes a sample.

Percentiles are those of JMeter's dashboard: the estimate at position p·(n+1) between the two neighbouring samples (the
method called R-6 by Hyndman and Fan,
    "Sample Quantiles in Statistical Packages", 1996). Samples of transaction controllers
count under their own label and not in the total, as in the dashboard.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, iterparse  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ml.metrics.contract import DeliverableError, Limits, Metric, Place
from ml.metrics.tools.record import make

TOTAL = "TOTAL"
_NEEDED = ("timeStamp", "elapsed", "label", "success")
_CONTROLLER = "Number of samples in transaction"
_COLUMNS = ("timeStamp", "elapsed", "label", "success", "responseCode", "responseMessage", "allThreads")
_ATTRIBUTES = ("ts", "t", "lb", "s", "rc", "rm", "na")
_AT_ONCE = 400
"""Rows that are held as text at a time: few enough that the collector of cycles is not called for them."""
_FOLDED_AT = 100_000
"""Samples after which the numbers read so far are sorted to their labels."""

Integers = NDArray[np.int64]
Warned = list[tuple[str, str]]
"""Code and message."""


@dataclass(slots=True)
class _Chunk:
    """Some samples, column by column."""

    starts: Sequence[str]
    elapsed: Sequence[str]
    labels: Sequence[str]
    success: Sequence[str]
    codes: Sequence[str]
    messages: Sequence[str]
    threads: Sequence[str]


class _Series:
    __slots__ = ("elapsed", "failed", "first", "last")

    def __init__(self) -> None:
        self.elapsed: list[Integers] = []
        self.failed = 0
        self.first = 1 << 62
        self.last = -1


def is_jtl_header(header: list[str]) -> bool:
    """Whether a CSV header is that of raw samples."""
    return set(_NEEDED) <= {name.strip() for name in header}


def read_jtl_csv(data: bytes, encoding: str, limits: Limits) -> tuple[list[Metric], Warned]:
    """Totals and percentiles of a CSV of samples, and what was left out.

    Raises DeliverableError (`too_many_rows`, `time_format`, `broken`).
    """
    return _summary(_csv_chunks(data, encoding), limits)


def _csv_chunks(data: bytes, encoding: str) -> Iterator[_Chunk]:
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline="")
    head = stream.readline()
    delimiter = max(",;\t|", key=head.count)
    header = [name.strip().lstrip("\ufeff") for name in next(csv.reader([head], delimiter=delimiter))]
    place = {name: at for at, name in enumerate(header)}
    reader = csv.reader(stream, delimiter=delimiter)
    width = len(header)

    blank = ("",) * _AT_ONCE
    try:
        while batch := list(islice(reader, _AT_ONCE)):
            # The writer may have been cut off in its last line, and some writers leave blank ones.
            columns = list(zip(*(row for row in batch if len(row) >= width), strict=False))
            if columns:
                given = (columns[place[name]] if name in place else blank[: len(columns[0])] for name in _COLUMNS)
                yield _Chunk(*given)
    except csv.Error as error:
        raise DeliverableError("broken", f"The sample file is damaged near line {reader.line_num}: {error}.") from error


def read_jtl_xml(data: bytes, limits: Limits) -> tuple[list[Metric], Warned]:
    """Totals and percentiles of an XML of samples, and what was left out.

    Raises DeliverableError (`too_many_rows`, `time_format`, `broken`, `entities`).
    """
    return _summary(_xml_chunks(data), limits)


def _xml_chunks(data: bytes) -> Iterator[_Chunk]:
    rows: list[tuple[str, ...]] = []
    depth = 0
    root: Any = None
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth += 1
                root = element if root is None else root
                continue
            depth -= 1
            if depth != 1 or element.tag not in ("httpSample", "sample"):
                continue
            rows.append(tuple(element.get(name, "") for name in _ATTRIBUTES))
            root.clear()
            if len(rows) >= _AT_ONCE:
                yield _Chunk(*zip(*rows, strict=True))
                rows = []
    except DefusedXmlException as error:
        raise DeliverableError(
            "entities", "The XML declares entities, which are not read: export it without a DOCTYPE."
        ) from error
    except (ParseError, ValueError) as error:
        raise DeliverableError("broken", f"The XML is damaged: {error}.") from error
    if rows:
        yield _Chunk(*zip(*rows, strict=True))


class _Summary:
    """What is known of all samples so far."""

    def __init__(self, most_labels: int) -> None:
        self.series: dict[str, _Series] = {}
        self.crowded = False
        """Whether there are too many labels to tell apart."""
        self._most_labels = most_labels
        self.controllers: set[str] = set()
        self.errors: Counter[str] = Counter()
        self.threads = 0
        self.count = 0
        self._index: dict[str, int] = {}
        self._pending: list[tuple[Integers, Integers, Integers, NDArray[np.bool_]]] = []
        self._waiting = 0

    def add(self, chunk: _Chunk) -> None:
        """Take in some samples."""
        names = self._names(chunk)
        size = len(names)
        self.count += size
        labels = np.fromiter(map(self._index.__getitem__, names), dtype=np.int64, count=size)
        failed = np.fromiter(map("true".__ne__, chunk.success), dtype=np.bool_, count=size)
        self._pending.append((_integers(chunk.starts), _integers(chunk.elapsed), labels, failed))
        self._waiting += size
        for at in np.flatnonzero(failed).tolist():
            if names[at] not in self.controllers:
                self.errors[f"{chunk.codes[at]} {chunk.messages[at]}".strip()] += 1
        numbers = [int(text) for text in set(chunk.threads) if text.isdigit()]
        self.threads = max(self.threads, *numbers) if numbers else self.threads
        if self._waiting >= _FOLDED_AT:
            self.fold()

    def _names(self, chunk: _Chunk) -> Sequence[str]:
        """The label of each sample; of crowded ones whether it is a controller's, which writes so in each."""
        if not self.crowded:
            new = [label for label in dict.fromkeys(chunk.labels) if label not in self._index]
            for label in new:
                self._index[label] = len(self._index)
                if chunk.messages[chunk.labels.index(label)].startswith(_CONTROLLER):
                    self.controllers.add(label)
            if len(self._index) <= self._most_labels:
                return chunk.labels
            self.fold()
            self.crowded, self.series = True, {TOTAL: self.total()}
            self._index, self.controllers = {TOTAL: 0, _CONTROLLER: 1}, {_CONTROLLER}
        return [_CONTROLLER if message.startswith(_CONTROLLER) else TOTAL for message in chunk.messages]

    def fold(self) -> None:
        """Sort what was taken in to its labels."""
        if not self._pending:
            return
        starts, elapsed, labels, failed = (np.concatenate(parts) for parts in zip(*self._pending, strict=True))
        self._pending, self._waiting = [], 0
        ends = starts + elapsed
        for label, number in self._index.items():
            mine = labels == number
            if not mine.any():
                continue
            one = self.series.setdefault(label, _Series())
            one.elapsed.append(elapsed[mine])
            one.failed += int(failed[mine].sum())
            one.first = min(one.first, int(starts[mine].min()))
            one.last = max(one.last, int(ends[mine].max()))

    def total(self) -> _Series:
        whole = _Series()
        for label, one in self.series.items():
            if label in self.controllers:
                continue
            whole.elapsed += one.elapsed
            whole.failed += one.failed
            whole.first, whole.last = min(whole.first, one.first), max(whole.last, one.last)
        return whole


def _integers(texts: Sequence[str]) -> Integers:
    try:
        return np.fromiter(map(int, texts), dtype=np.int64, count=len(texts))
    except (ValueError, OverflowError):
        raise DeliverableError(
            "time_format",
            "Samples must have times in whole milliseconds: set jmeter.save.saveservice.timestamp_format=ms.",
        ) from None


def _summary(chunks: Iterable[_Chunk], limits: Limits) -> tuple[list[Metric], Warned]:
    summary = _Summary(limits.labels)
    for chunk in chunks:
        summary.add(chunk)
        if summary.count > limits.rows:
            raise DeliverableError(
                "too_many_rows", f"The file has more than {limits.rows} samples: upload the aggregate report."
            )
    summary.fold()
    found: list[Metric] = []
    for label, one in summary.series.items() if not summary.crowded else ():
        found += _values(label, one)
    total = summary.total()
    found += _values(TOTAL, total) if total.elapsed else []
    for name, number in summary.errors.most_common(50):
        found += _made("error_count", Decimal(number), name, f"{number} samples failed with {name}")
    if summary.threads:
        found += _made("concurrency_max", Decimal(summary.threads), "", "largest allThreads of a sample")
    left_out = f"The samples have more than {limits.labels} labels: only their total is read. Leave ids out of labels."
    return found, [("labels_left_out", left_out)] if summary.crowded else []


def _made(
    metric: str, value: Decimal, scope: str, snippet: str, *, unit: str | None = None, method: str = "jtl"
) -> list[Metric]:
    made = make("jtl", metric, value, Place(), scope=scope, unit=unit, snippet=snippet, method=method)
    return [made] if made is not None else []


def _values(scope: str, series: _Series) -> list[Metric]:
    ordered = np.sort(np.concatenate(series.elapsed))
    count = len(ordered)
    seconds = Decimal(series.last - series.first) / 1000
    note = f"{count} samples of {scope}"
    found = _made("requests_total", Decimal(count), scope, note)
    found += _made("requests_failed", Decimal(series.failed), scope, note)
    found += _made("error_rate", _rounded(Decimal(100 * series.failed) / count), scope, note)
    if seconds > 0:
        found += _made("throughput", _rounded(count / seconds), scope, note)
    found += _made("latency_avg", _rounded(Decimal(int(ordered.sum())) / count), scope, note, unit="millisecond")
    found += _made("latency_min", Decimal(int(ordered[0])), scope, note, unit="millisecond")
    found += _made("latency_max", Decimal(int(ordered[-1])), scope, note, unit="millisecond")
    method = f"jtl: position p(n+1), n={count}"
    for share, name in ((50, "p50"), (90, "p90"), (95, "p95"), (99, "p99")):
        value = _rounded(percentile(ordered, share))
        found += _made(f"latency_{name}", value, scope, note, unit="millisecond", method=method)
    return found


def _rounded(value: Decimal) -> Decimal:
    return round(value, 4)


def percentile(ordered: Integers, share: int) -> Decimal:
    """The `share`-th percentile of sorted values at position share·(n+1)/100, between neighbours in proportion."""
    position = Decimal(share * (len(ordered) + 1)) / 100
    if position < 1:
        return Decimal(int(ordered[0]))
    if position >= len(ordered):
        return Decimal(int(ordered[-1]))
    below = int(position)
    low, high = int(ordered[below - 1]), int(ordered[below])
    return low + (position - below) * (high - low)
