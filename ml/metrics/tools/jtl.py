"""JMeter's raw samples (JTL), CSV or XML, streamed: memory grows with the response times alone, eight bytes a sample.

Percentiles are those of JMeter's dashboard: the estimate at position p·(n+1) between the two neighbouring samples (the
method called R-6 by Hyndman and Fan,
    "Sample Quantiles in Statistical Packages", 1996). Samples of transaction controllers
count under their own label and not in the total, as in the dashboard.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from operator import itemgetter

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, iterparse  # type: ignore[import-untyped]

from ml.metrics.contract import DeliverableError, Limits, Metric, Place
from ml.metrics.tools.record import make

TOTAL = "TOTAL"
_NEEDED = ("timeStamp", "elapsed", "label", "success")
_CONTROLLER = "Number of samples in transaction"
Sample = tuple[int, int, str, bool, str, str, int]
"""Start (ms since 1970), elapsed ms, label, success, response code, response message, active threads."""


class _Series:
    __slots__ = ("elapsed", "failed", "first", "last")

    def __init__(self) -> None:
        self.elapsed = array("q")
        self.failed = 0
        self.first = 1 << 62
        self.last = -1


def is_jtl_header(header: list[str]) -> bool:
    """Whether a CSV header is that of raw samples."""
    return set(_NEEDED) <= {name.strip() for name in header}


def read_jtl_csv(data: bytes, encoding: str, limits: Limits) -> list[Metric]:
    """Totals and percentiles of a CSV of samples.

    Raises DeliverableError (`too_many_rows`, `broken`).
    """
    return _summary(_csv_samples(data, encoding, limits))


def _csv_samples(data: bytes, encoding: str, limits: Limits) -> Iterator[Sample]:
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline="")
    head = stream.readline()
    delimiter = max(",;\t|", key=head.count)
    header = [name.strip().lstrip("\ufeff") for name in next(csv.reader([head], delimiter=delimiter))]
    width = len(header)
    place = {name: at for at, name in enumerate(header)}
    blank = width
    wanted = itemgetter(
        place["timeStamp"], place["elapsed"], place["label"], place["success"],
        place.get("responseCode", blank), place.get("responseMessage", blank), place.get("allThreads", blank),
    )  # fmt: skip
    needs_blank = any(name not in place for name in ("responseCode", "responseMessage", "allThreads"))
    count = 0
    try:
        for row in csv.reader(stream, delimiter=delimiter):
            if len(row) < width:
                # The writer was cut off in its last line, or the line is blank.
                continue
            if needs_blank:
                row.append("")
            start, elapsed, label, success, code, message, threads = wanted(row)
            count += 1
            if count > limits.rows:
                raise DeliverableError(
                    "too_many_rows", f"The file has more than {limits.rows} samples: upload the aggregate report."
                )
            try:
                yield int(start), int(elapsed), label, success == "true", code, message, int(threads or 0)
            except ValueError:
                if "." in elapsed or "-" in start or "/" in start:
                    raise DeliverableError(
                        "time_format",
                        "Samples must have timestamps in milliseconds: set jmeter.save.saveservice.timestamp_"
                        "format=ms.",
                    ) from None
                continue
    except csv.Error as error:
        raise DeliverableError("broken", f"The sample file is damaged near sample {count}: {error}.") from error


def read_jtl_xml(data: bytes, limits: Limits) -> list[Metric]:
    """Totals and percentiles of an XML of samples.

    Raises DeliverableError (`too_many_rows`, `broken`, `entities`).
    """
    return _summary(_xml_samples(data, limits))


def _xml_samples(data: bytes, limits: Limits) -> Iterator[Sample]:
    count = depth = 0
    root = None
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth += 1
                root = element if root is None else root
                continue
            depth -= 1
            if depth == 1 and element.tag in ("httpSample", "sample"):
                count += 1
                if count > limits.rows:
                    raise DeliverableError(
                        "too_many_rows", f"The file has more than {limits.rows} samples: upload the aggregate report."
                    )
                got = element.get
                yield (
                    int(got("ts", "0")), int(got("t", "0")), got("lb", ""), got("s") == "true",
                    got("rc", ""), got("rm", ""), int(got("na", "0")),
                )  # fmt: skip
                if root is not None:
                    root.clear()
    except DefusedXmlException as error:
        raise DeliverableError(
            "entities", "The XML declares entities, which are not read: export it without a DOCTYPE."
        ) from error
    except (ParseError, ValueError) as error:
        raise DeliverableError("broken", f"The XML is damaged after sample {count}: {error}.") from error


def _summary(samples: Iterable[Sample]) -> list[Metric]:
    series: dict[str, _Series] = {}
    total = _Series()
    errors: Counter[str] = Counter()
    controllers: set[str] = set()
    threads_most = 0
    for start, elapsed, label, success, code, message, threads in samples:
        one = series.get(label)
        if one is None:
            one = series[label] = _Series()
            if message.startswith(_CONTROLLER):
                controllers.add(label)
        one.elapsed.append(elapsed)
        end = start + elapsed
        one.first = min(one.first, start)
        one.last = max(one.last, end)
        if not success:
            one.failed += 1
            if label not in controllers:
                errors[f"{code} {message}".strip()] += 1
        threads_most = max(threads_most, threads)
    for label, one in series.items():
        if label in controllers:
            continue
        total.elapsed.extend(one.elapsed)
        total.failed += one.failed
        total.first, total.last = min(total.first, one.first), max(total.last, one.last)
    found: list[Metric] = []
    for label, one in series.items():
        found += _values(label, one)
    found += _values(TOTAL, total) if total.elapsed else []
    for name, number in errors.most_common(50):
        found += _made("error_count", Decimal(number), name, f"{number} samples failed with {name}")
    if threads_most:
        found += _made("concurrency_max", Decimal(threads_most), "", "largest allThreads of a sample")
    return found


def _made(
    metric: str, value: Decimal, scope: str, snippet: str, *, unit: str | None = None, method: str = "jtl"
) -> list[Metric]:
    made = make("jtl", metric, value, Place(), scope=scope, unit=unit, snippet=snippet, method=method)
    return [made] if made is not None else []


def _values(scope: str, series: _Series) -> list[Metric]:
    ordered = sorted(series.elapsed)
    count = len(ordered)
    seconds = Decimal(series.last - series.first) / 1000
    note = f"{count} samples of {scope}"
    found = _made("requests_total", Decimal(count), scope, note)
    found += _made("requests_failed", Decimal(series.failed), scope, note)
    found += _made("error_rate", _rounded(Decimal(100 * series.failed) / count), scope, note)
    if seconds > 0:
        found += _made("throughput", _rounded(count / seconds), scope, note)
    found += _made("latency_avg", _rounded(Decimal(sum(ordered)) / count), scope, note, unit="millisecond")
    found += _made("latency_min", Decimal(ordered[0]), scope, note, unit="millisecond")
    found += _made("latency_max", Decimal(ordered[-1]), scope, note, unit="millisecond")
    method = f"jtl: position p(n+1), n={count}"
    for share, name in ((50, "p50"), (90, "p90"), (95, "p95"), (99, "p99")):
        found += _made(
            f"latency_{name}", _rounded(percentile(ordered, share)), scope, note, unit="millisecond", method=method
        )
    return found


def _rounded(value: Decimal) -> Decimal:
    return round(value, 4)


def percentile(ordered: list[int], share: int) -> Decimal:
    """The `share`-th percentile of sorted values at position share·(n+1)/100, between neighbours in proportion."""
    position = Decimal(share * (len(ordered) + 1)) / 100
    if position < 1:
        return Decimal(ordered[0])
    if position >= len(ordered):
        return Decimal(ordered[-1])
    below = int(position)
    return ordered[below - 1] + (position - below) * (ordered[below] - ordered[below - 1])
