"""Test runs: JUnit XML of any writer, and pytest's last line on the console."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
    counted = [
        (_name(suite), _counts(suite))
        for suite in suites
        if suite.find("testcase") is not None or suite.find("testsuite") is None
    ]
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


def _name(suite: Element) -> str:
    return suite.get("name") or ""


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


def read_counters(root: Element) -> list[Metric]:
    """The totals of NUnit, TestNG and TRX reports: the first element that counts total, passed and failed."""
    for element in root.iter():
        if {"total", "passed", "failed"} <= set(element.keys()):
            names = (
                ("total", "total"),
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
            return [metric for metric in made if metric is not None]
    return []


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
