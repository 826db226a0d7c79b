"""Artillery's console in the layouts of versions 1 and 2: the summary at its end, without the reports of moments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ml.metrics.tools.record import PERCENTILES, Run, TextLine, spoken_seconds, until

_MOMENT = re.compile(
    r"^\s*(?:Report @|Metrics for period to:|Elapsed time:|Started phase|Phase (?:started|completed):)"
)
_SUMMARY = re.compile(r"^\s*(?:Summary|Complete) report @")
_FINISHED = re.compile(r"^\s*All (?:virtual users|VUs) finished(?:\. Total time: (?P<time>.+))?")
_LINE = re.compile(r"^\s*(?P<label>[^\s:][^:]*?):(?: ?\.{2,})?\s*(?P<value>\d[\d.]*)?(?P<rest>/sec|\s*\(.*\))?\s*$")
_ENDPOINT = re.compile(r"plugins\.metrics-by-endpoint\.response_time\.(?P<scope>\S+)")
_TOTALS = {
    "requests completed": "requests_total", "http.requests": "requests_total", "rps sent": "throughput",
    "mean response/sec": "throughput", "http.request_rate": "throughput",
}  # fmt: skip
_TIMES = {"min": "min", "max": "max", "mean": "avg", "median": "p50"}
_WHOLE = ("request latency", "response time (msec)", "http.response_time")


def read_artillery(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The last summary; whatever is printed while the load runs is of moments and left out."""
    summaries = [at for at, line in enumerate(lines) if _SUMMARY.match(line.text)]
    first = next((at for at, line in enumerate(lines) if _MOMENT.match(line.text) or _SUMMARY.match(line.text)), None)
    if first is None or not summaries:
        return
    run = Run("artillery")
    start = summaries[-1]
    section, scope, last = "", "", start
    for at in range(start + 1, until(lines, start, _MOMENT, 400)):
        text = lines[at].text
        found = _LINE.match(text)
        if found is None:
            if text.strip(" -=\t") and not _FINISHED.match(text):
                break
            continue
        last, label, value = at, found.group("label"), found.group("value")
        if value is None:
            section = label.lower()
            endpoint = _ENDPOINT.match(label)
            scope = endpoint.group("scope") if endpoint else ""
        elif metric := _TOTALS.get(label.lower()):
            run.add(metric, value, lines[at])
        elif label.startswith("errors."):
            run.add("error_count", value, lines[at], scope=label.removeprefix("errors."))
        elif code := re.fullmatch(r"(?:http\.codes\.)?([45]\d\d)", label):
            if section == "codes" or label.startswith("http."):
                run.add("error_count", value, lines[at], scope=f"HTTP {code.group(1)}")
        elif section == "errors":
            run.add("error_count", value, lines[at], scope=label)
        elif section in _WHOLE or scope:
            name = _TIMES.get(label) or PERCENTILES.get("99.9" if label == "p999" else label.removeprefix("p"))
            if name:
                run.add(f"latency_{name}", value, lines[at], scope=scope, unit="millisecond")
    for line in lines:
        if (found := _FINISHED.match(line.text)) and found.group("time"):
            run.add("duration", spoken_seconds(found.group("time")), line, unit="second", raw=found.group("time"))
    run.lines = set(range(first, last + 1))
    if len(run.metrics) >= 3:
        yield run
