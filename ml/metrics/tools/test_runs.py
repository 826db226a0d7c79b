"""Test runs: JUnit XML of any writer, and pytest's last line on the console."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

from ml.metrics.contract import DeliverableError, Metric, Place
from ml.metrics.tools.record import Run, TextLine, decimal_of, make


def parse_xml(data: bytes) -> Element:
    """The root of an XML file.

    Raises DeliverableError (`entities`) for a document type or entities, (`broken`) when it does not parse.
    """
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise DeliverableError(
            "entities", "The XML declares entities, which are not read: export it without a DOCTYPE."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise DeliverableError("broken", f"The XML is damaged: {error}.") from error
    return root


def is_junit(root: Element) -> bool:
    """Whether an XML root is a JUnit report."""
    return root.tag in ("testsuites", "testsuite")


def read_junit(root: Element) -> list[Metric]:
    """Counts of every suite, and of all together where the file gives them or has several suites."""
    suites = [
        element
        for element in root.iter("testsuite")
        if element.get("tests") is not None or element.find("testcase") is not None
    ]
    found: list[Metric] = []
    leaves = [suite for suite in suites if suite.find("testcase") is not None or suite.find("testsuite") is None]
    counted = [(name, _counts(suite)) for name, suite in zip(_names(leaves), leaves, strict=True)]
    if root.tag == "testsuites" and len(counted) > 1:
        whole = {
            key: root.get(key)
            for key in ("tests", "failures", "errors", "skipped", "time")
            if root.get(key) is not None
        }
        if "tests" in whole:
            counted.append((root.get("name") or "total", {**_summed(counted), **_numbers(whole)}))
    for name, counts in counted:
        found += _metrics(name, counts)
    return found


Counts = dict[str, object]


def _names(suites: Sequence[Element]) -> list[str]:
    """The suites' names; with the host, or else the package, where several have one name: browsers, say."""
    for apart in ("", "hostname", "package", "id"):
        names = [f"{suite.get('name') or ''} {suite.get(apart) or ''}".strip() for suite in suites]
        if len(set(names)) == len(names):
            return names
    return [suite.get("name") or "" for suite in suites]


def _numbers(attributes: Mapping[str, str | None]) -> Counts:
    return {key: number for key, text in attributes.items() if (number := decimal_of(text)) is not None}


def _counts(suite: Element) -> Counts:
    """The suite's own attributes; counted from its cases where a writer leaves one out."""
    cases = suite.findall("testcase")
    counted: Counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    stated = _numbers({key: suite.get(key) for key in ("tests", "failures", "errors", "skipped", "time")})
    if "skipped" not in stated and (disabled := decimal_of(suite.get("disabled"))) is not None:
        stated["skipped"] = disabled
    return {**counted, **stated}


def _summed(counted: Sequence[tuple[str, Counts]]) -> Counts:
    return {
        key: sum(decimal_of(counts.get(key)) or 0 for _, counts in counted)
        for key in ("tests", "failures", "errors", "skipped")
    }


def _metrics(scope: str, counts: Counts) -> list[Metric]:
    tests, failures, errors, skipped = (
        decimal_of(counts.get(key)) or 0 for key in ("tests", "failures", "errors", "skipped")
    )
    values = (
        ("test_cases_total", tests),
        ("test_cases_failed", failures),
        ("test_cases_errors", errors),
        ("test_cases_skipped", skipped),
        ("test_cases_passed", max(tests - failures - errors - skipped, 0)),
        ("duration", counts.get("time")),
    )
    made = [
        make("junit", metric, value, Place(), scope=scope, unit="second" if metric == "duration" else None)
        for metric, value in values
    ]
    return [metric for metric in made if metric is not None]


def read_robot(root: Element) -> list[Metric]:
    """The totals of Robot Framework's output.xml, and how long its outermost suite took."""
    whole = next((stat for stat in root.iterfind("statistics/total/stat") if stat.text != "Critical Tests"), None)
    if root.tag != "robot" or whole is None:
        return []
    counts = {
        name: decimal_of(whole.get(key)) for name, key in (("passed", "pass"), ("failed", "fail"), ("skipped", "skip"))
    }
    status = root.find("suite/status")
    values = {f"test_cases_{name}": count for name, count in counts.items()}
    values["test_cases_total"] = sum((count for count in counts.values() if count is not None), Decimal(0))
    values["duration"] = _robot_seconds(status) if status is not None else None
    made = [
        make("robot", metric, value, Place(), unit="second" if metric == "duration" else None)
        for metric, value in values.items()
    ]
    return [metric for metric in made if metric is not None]


_ROBOT_TIME = "%Y%m%d %H:%M:%S.%f"


def _robot_seconds(status: Element) -> Decimal | None:
    """How long a suite took: stated since version 7, before it the time between its start and its end."""
    if (elapsed := decimal_of(status.get("elapsed"))) is not None:
        return elapsed
    try:
        start, end = (
            datetime.strptime(status.get(name) or "", _ROBOT_TIME).replace(tzinfo=UTC)
            for name in ("starttime", "endtime")
        )
    except ValueError:
        return None
    return decimal_of((end - start).total_seconds())


def read_counters(root: Element) -> list[Metric]:
    """The totals of NUnit, TestNG and TRX reports: the first element that counts total, passed and failed."""
    for element in root.iter():
        if {"total", "passed", "failed"} <= set(element.keys()):
            names = (
                ("total", "total"),
                ("executed", "executed"),
                ("passed", "passed"),
                ("failed", "failed"),
                ("skipped", "skipped"),
                ("notExecuted", "skipped"),
                ("error", "errors"),
            )
            made = [
                make("xml", f"test_cases_{metric}", element.get(name), Place())
                for name, metric in names
                if element.get(name) is not None
            ]
            if root.tag == "test-run":  # NUnit's seconds; what others call a duration is not
                made.append(make("xml", "duration", element.get("duration"), Place(), unit="second"))
            return [metric for metric in made if metric is not None]
    return []


def is_cucumber(value: object) -> bool:
    """Whether a JSON value is Cucumber's report: features with their scenarios as elements."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(one, Mapping) and isinstance(one.get("elements"), list) and "keyword" in one for one in value
        )
    )


def read_cucumber(value: Sequence[Mapping[str, Any]]) -> list[Metric]:
    """How many scenarios passed: one with a failed step or hook failed, one with any other step not passed was
    skipped. The nanoseconds of steps make no duration of the run."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for element in (element for feature in value for element in feature["elements"]):
        if not isinstance(element, Mapping) or element.get("type") == "background":
            continue
        parts = [part for key in ("before", "steps", "after") for part in element.get(key) or ()]
        said = {str((part.get("result") or {}).get("status")) for part in parts if isinstance(part, Mapping)}
        counts["failed" if said & {"failed", "ambiguous"} else "skipped" if said - {"passed"} else "passed"] += 1
    values = {**counts, "total": sum(counts.values())}
    made = [make("cucumber", f"test_cases_{name}", count, Place()) for name, count in values.items()]
    return [metric for metric in made if metric is not None]


_PYTEST = re.compile(
    r"^(?:=+ )?(?P<body>(?:\d+ (?:failed|passed|skipped|errors?|xfailed|xpassed|deselected"
    r"|warnings?|rerun)(?:, )?)+) in (?P<time>[\d.]+)s(?: \([\d:]+\))?(?: =+)?\s*$"
)


def read_pytest_console(lines: Sequence[TextLine]) -> Iterator[Run]:
    """pytest's summary line; the total is the sum of what it counts as run, expected failures with the passed."""
    for at, line in enumerate(lines):
        found = _PYTEST.match(line.text.strip())
        if not found:
            continue
        counts = {
            word.rstrip("s") if word.startswith("error") else word: int(number)
            for number, word in re.findall(r"(\d+) (\w+)", found.group("body"))
        }
        run = Run("pytest", lines=set(range(at + 1)) if at < 5000 else {at})
        total = 0
        for word, metric in (
            ("passed", "test_cases_passed"),
            ("failed", "test_cases_failed"),
            ("skipped", "test_cases_skipped"),
            ("error", "test_cases_errors"),
        ):
            if word in counts:
                run.add(metric, counts[word], line)
            total += counts.get(word, 0)
        run.add("test_cases_total", total + counts.get("xfailed", 0) + counts.get("xpassed", 0), line)
        run.add("duration", found.group("time"), line, unit="second")
        yield run


_SUREFIRE = re.compile(
    r"\bTests run:\s*(?P<total>\d+),\s*Failures:\s*(?P<failed>\d+),\s*Errors:\s*(?P<errors>\d+)"
    r"(?:,\s*Skipped:\s*(?P<skipped>\d+))?(?:,\s*Time elapsed:\s*(?P<time>[\d.,]+)\s*s(?:ec)?)?"
    r"(?:.*?(?:-- in|\bin|--)\s+(?P<scope>[\w.$]+))?"
)
_JEST = re.compile(r"^\s*Tests:?\s+(?P<counts>\d+ (?:failed|passed|skipped|todo|total)\b.*)$")
_JEST_SUITES = re.compile(r"^\s*(?:Test Suites:|Test Files\s|Snapshots:)")
_JEST_TIME = re.compile(r"^\s*(?:Time:|Duration)\s+(?P<time>[\d.]+)\s*(?P<unit>ms|s|m)\b")
_MOCHA = re.compile(
    r"^\s*(?P<number>\d+) (?P<word>passing|failing|pending)(?: \((?P<time>[\d.]+)(?P<unit>ms|s|m)\))?\s*$"
)
_MOCHA_WORDS = {"passing": "passed", "failing": "failed", "pending": "skipped"}
_TIME_UNITS = {"ms": "millisecond", "s": "second", "m": "minute"}


def read_surefire(lines: Sequence[TextLine]) -> Iterator[Run]:
    """Totals as Maven and JUnit print them: for each class, and for the run, which has no class."""
    run = Run("surefire")
    for at, line in enumerate(lines):
        found = _SUREFIRE.search(line.text)
        if not found:
            continue
        run.lines.add(at)
        scope = found.group("scope") or ""
        for name in ("total", "failed", "errors", "skipped"):
            run.add(f"test_cases_{name}", found.group(name), line, scope=scope)
        run.add("duration", found.group("time"), line, scope=scope, unit="second")
    if run.metrics:
        yield run


def read_jest(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The summary of Jest and Vitest; suites and snapshots are no test cases. Skipped and to-do cases are skipped."""
    run = Run("jest")
    for at, line in enumerate(lines):
        if found := _JEST.match(line.text):
            counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", found.group("counts"))}
            total = re.search(r"\((\d+)\)\s*$", found.group("counts"))
            for word in ("passed", "failed"):
                run.add(f"test_cases_{word}", counts.get(word), line)
            if "skipped" in counts or "todo" in counts:
                run.add("test_cases_skipped", counts.get("skipped", 0) + counts.get("todo", 0), line)
            run.add("test_cases_total", counts.get("total", total.group(1) if total else None), line)
        elif run.metrics and (found := _JEST_TIME.match(line.text)):
            run.add("duration", found.group("time"), line, unit=_TIME_UNITS[found.group("unit")])
        elif not _JEST_SUITES.match(line.text):
            continue
        run.lines.add(at)
    if run.metrics:
        yield run


def read_mocha(lines: Sequence[TextLine]) -> Iterator[Run]:
    """Mocha's summary; the total is what passed, failed and was left pending."""
    run = Run("mocha")
    counts: dict[str, int] = {}
    for at, line in enumerate(lines):
        found = _MOCHA.match(line.text)
        if not found:
            continue
        word = _MOCHA_WORDS[found.group("word")]
        if word in counts:
            continue
        counts[word] = int(found.group("number"))
        run.lines.add(at)
        run.add(f"test_cases_{word}", counts[word], line)
        if found.group("time"):
            run.add("duration", found.group("time"), line, unit=_TIME_UNITS[found.group("unit")])
    if "passed" in counts:
        run.add("test_cases_total", sum(counts.values()), lines[min(run.lines)])
        yield run


_NEWMAN_ROW = re.compile(r"^\W*(?P<name>[a-z-]+)\s*[│|]\s*(?P<executed>\d+)\s*[│|]\s*(?P<failed>\d+)\W*$")
_NEWMAN_TIMES = re.compile(
    r"average response time:\s*(?P<avg>\S+?)\s*\[min:\s*(?P<min>\S+?),\s*max:\s*(?P<max>\S+?),"
    r"\s*s\.d\.:\s*(?P<stddev>[^\]]+?)\]"
)


def read_newman(lines: Sequence[TextLine]) -> Iterator[Run]:
    """Newman's box: requests and their times, assertions as checks; iterations and scripts say how it was run."""
    run = Run("newman")
    for at, line in enumerate(lines):
        if found := _NEWMAN_ROW.match(line.text):
            executed, failed = int(found.group("executed")), int(found.group("failed"))
            if found.group("name") == "requests":
                run.add("requests_total", executed, line)
                run.add("requests_failed", failed, line)
            elif found.group("name") == "assertions":
                run.add("checks_total", executed, line)
                run.add("checks_failed", failed, line)
                run.add("checks_passed", executed - failed, line)
        elif found := re.search(r"total run duration:\s*([\w.]+(?: [\w.]+)*)", line.text):
            run.time("duration", found.group(1), line)
        elif found := _NEWMAN_TIMES.search(line.text):
            for name in ("avg", "min", "max", "stddev"):
                run.time(f"latency_{name}", found.group(name), line)
        elif not re.match(r"^\s*[┌├└│╔╟].*$", line.text):
            continue
        run.lines.add(at)
    if any(metric.metric == "requests_total" for metric in run.metrics):
        yield run
