"""Test runners that end in a line or a few lines of counts: unittest, cargo, Playwright, PHPUnit, RSpec, dotnet, …"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ml.metrics.tools.record import Run, TextLine, clock_seconds, duration_seconds

_WORDS = {
    "total": r"tests?|runs|total|examples?|scenarios?|ran|executed",
    "passed": r"pass(?:ed|es|ing)?|success(?:es|ful)?|succeeded|ok",
    "failed": r"fail(?:ed|ures?|ing|s)?|unexpected",
    "errors": r"errors?|errored|broken",
    "skipped": r"skip(?:ped|s)?|ignored|pending|todo|disabled|inconclusive|did not run",
}
_NAMED = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _WORDS.items()}
_NUMBER_FIRST = re.compile(r"(?<![\d.])(\d+)\s+([A-Za-z]+(?: [a-z]+){0,2})")
_WORD_FIRST = re.compile(r"([A-Za-z]+(?: [A-Za-z]+){0,2})[\s\]]*[:=]?\s*(\d+)(?!\.?\d|%)(?!\s+(?!tests?\b)[A-Za-z])")
_OUT_OF = re.compile(r"\b(?:out )?of (\d+)\b")
_TIME = re.compile(
    r"(?:\bin|in about|after|time:?|duration:?|[(\[])\s*(?P<time>(?:\d+(?:\.\d+)?\s?(?:ms|µs|s|m|h)\s?)+)\b"
    r"|duration_ms (?P<exact>[\d.]+)|(?P<number>\d+(?:\.\d+)?) (?P<word>seconds?|milliseconds?|minutes?|sec)\b",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"\bin (\d+) minutes? ([\d.]+) seconds?")


@dataclass(frozen=True, slots=True)
class Runner:
    """One runner. Its end is `start` and the lines after it that match `more`, without a gap between them."""

    tool: str
    mark: str
    """What its end always holds: without it no line is looked at."""
    start: re.Pattern[str]
    more: re.Pattern[str] | None = None
    before: re.Pattern[str] | None = None
    """A line before the end that has the count of all, or the time."""
    scope: re.Pattern[str] | None = None
    """A line above that names what was tested."""


_PLAYWRIGHT = r"^\s{1,4}\d+ (?:passed|failed|flaky|skipped|interrupted|did not run)(?: \([\d.]+(?:ms|s|m|h)\))?\s*$"

RUNNERS = (
    Runner("unittest", "Ran ", re.compile(r"^(?:OK|FAILED)(?: \((?=[a-z ]+=\d).*\))?\s*$"),
           before=re.compile(r"^Ran \d+ tests? in [\d.]+s$")),
    Runner("cargo", "test result:", re.compile(r"^test result: (?:ok|FAILED)\. \d+ passed;"),
           scope=re.compile(r"^\s*(?:Running (?:unittests )?(\S+)|Doc-tests (\S+))")),
    Runner("nextest", "Summary [", re.compile(r"^\s*Summary \[\s*[\d.]+s\]\s+\d+ tests? run:")),
    Runner("gotestsum", "DONE ", re.compile(r"^DONE (?:\d+ runs, )?\d+ tests?\b.* in [\d.]+m?s")),
    Runner("playwright", "Running ", re.compile(_PLAYWRIGHT), re.compile(rf"{_PLAYWRIGHT}|^\s{{4,}}\[?\S.* › |^\s*$"),
           before=re.compile(r"^Running \d+ tests? using \d+ workers?")),
    Runner("testng", "Total tests run:", re.compile(r"^Total tests run:\s*\d+, (?:Passes|Failures):")),
    Runner("dotnet", "- Failed:", re.compile(r"^\s*(?:Passed|Failed|Skipped)!\s+- Failed:\s*\d+, Passed:\s*\d+"),
           scope=re.compile(r"- (\S+\.dll)")),
    Runner("dotnet", "Total tests:", re.compile(r"^Total tests: \d+"),
           re.compile(r"^\s+(?:Passed|Failed|Skipped): \d+|^\s*Total time: ")),
    Runner("dotnet", "ummary: total:", re.compile(r"^Test (?:run )?summary: total: \d+, failed: \d+")),
    Runner("phpunit", "ssertion", re.compile(r"^Tests: \d+, Assertions: \d+|^OK \(\d+ tests?, \d+ assertions?\)"),
           before=re.compile(r"^Time: [\d:.]+")),
    Runner("rspec", " example", re.compile(r"^\d+ examples?, \d+ failures?"),
           before=re.compile(r"^Finished in [\d.]+ (?:seconds?|minutes?)")),
    Runner("minitest", " assertions, ", re.compile(r"^\d+ (?:runs|tests), \d+ assertions, \d+ failures, \d+ errors")),
    Runner("gradle", " completed, ", re.compile(r"^\d+ tests? completed, \d+ (?:failed|skipped)")),
    Runner("cucumber", " scenario", re.compile(r"^\d+ scenarios? \(\d+ ")),
    Runner("behave", " scenarios passed, ", re.compile(r"^\d+ scenarios passed, \d+ failed, \d+ skipped"),
           re.compile(r"^Took ")),
    Runner("tap", " tests ", re.compile(r"^(?:#|ℹ) tests \d+$"),
           re.compile(r"^(?:#|ℹ) (?:pass|fail|ok|suites|cancelled|skipped|skip|todo|duration_ms) ")),
    Runner("deno", " passed", re.compile(r"^(?:ok|FAILED) \| \d+ passed")),
    Runner("bun", " pass", re.compile(r"^\s*\d+ pass\s*$"),
           re.compile(r"^\s*\d+ (?:fail|skip|todo)\s*$|^Ran \d+ tests across")),
    Runner("ctest", "tests passed, ", re.compile(r"^\d+% tests passed, \d+ tests failed out of \d+"),
           re.compile(r"^\s*$|^Total Test time")),
    Runner("gtest", "[==========]", re.compile(r"^\[={10}\] \d+ tests? from \d+ test (?:suites?|cases?) ran"),
           re.compile(r"^\[  (?:PASSED|SKIPPED|FAILED )  ?\] \d+ tests?")),
    Runner("robot", " passed, ", re.compile(r"^\d+ tests?, \d+ passed, \d+ failed")),
    Runner("karma", ": Executed ", re.compile(r"^.*: Executed \d+ of \d+ .*\([\d.]+ secs / ")),
)  # fmt: skip


@dataclass(slots=True)
class _Counts:
    counts: dict[str, int] = field(default_factory=dict)
    time: str = ""

    def read(self, text: str) -> None:
        pairs = [(word, number) for number, word in _NUMBER_FIRST.findall(text)]
        pairs += _WORD_FIRST.findall(text)
        pairs += [("total", number) for number in _OUT_OF.findall(text)]
        for word, number in pairs:
            name = _outcome(word)
            if name is not None and (name not in self.counts or (name == "skipped" and word.lower() != "pending")):
                self.counts[name] = self.counts.get(name, 0) + int(number) if name == "skipped" else int(number)
        text = _MINUTES.sub(r"in \1m\2s", text)
        if found := _TIME.search(text):
            word = (found.group("word") or "").lower()
            unit = "ms" if word.startswith("milli") else word[:1]
            exact = f"{found.group('exact')}ms" if found.group("exact") else ""
            self.time = found.group("time") or exact or f"{found.group('number')}{unit}"


def _outcome(words: str) -> str | None:
    """What a word, or the first of several, counts."""
    if words.startswith("expected "):
        return None  # an expected failure is as good as a pass
    found = {name for part in (words, *words.split()) for name, pattern in _NAMED.items() if pattern.fullmatch(part)}
    told = found - {"total"}
    return told.pop() if len(told) == 1 else "total" if found == {"total"} else None


_OTHER = re.compile(r"^\s*(?:\$ |> |```)")
"""Where the output of something else ends."""


def read_outcomes(lines: Sequence[TextLine]) -> Iterator[Run]:
    """The counts that runners print at their end."""
    text = "\n".join(line.text for line in lines)
    for runner in RUNNERS:
        if runner.mark not in text:
            continue
        previous = -1
        for at, line in enumerate(lines):
            if at <= previous or not runner.start.match(line.text):
                continue
            run, previous = _read(runner, lines, at, previous)
            if run.metrics:
                yield run


def _read(runner: Runner, lines: Sequence[TextLine], at: int, previous: int) -> tuple[Run, int]:
    gathered = _Counts()
    gathered.read(lines[at].text)
    end = at
    while runner.more is not None and end + 1 < len(lines) and runner.more.match(lines[end + 1].text):
        end += 1
        gathered.read(lines[end].text)
    scope = ""
    for above in range(at - 1, previous, -1):
        if runner.before is not None and runner.before.match(lines[above].text):
            gathered.read(lines[above].text)
            break
    else:
        if runner.before is not None and runner.tool in ("unittest", "playwright"):
            return Run(runner.tool), at  # "OK" alone is no end of a run
    if runner.scope is not None:
        spots = [runner.scope.search(lines[above].text) for above in range(at, previous, -1)]
        scope = next((next(filter(None, spot.groups()), "") for spot in spots if spot), "")
    first = at
    while first - 1 > previous and not _OTHER.match(lines[first - 1].text):
        if lines[first - 1].heading and runner.tool != "tap":  # whose comments look like headings
            break
        first -= 1
    run = Run(runner.tool, lines=set(range(first, end + 1)))
    counts = gathered.counts
    outcomes = sum(counts.get(name, 0) for name in ("passed", "failed", "errors", "skipped"))
    if "total" not in counts and "passed" in counts:
        counts["total"] = outcomes
    elif "total" in counts and "passed" not in counts and outcomes <= counts["total"]:
        counts["passed"] = counts["total"] - outcomes
    for name in ("total", "passed", "failed", "errors", "skipped"):
        run.add(f"test_cases_{name}", counts.get(name), lines[at], scope=scope)
    if seconds := duration_seconds(gathered.time):
        run.add("duration", seconds, lines[at], scope=scope, unit="second", raw=gathered.time)
    return run, end


_GO = re.compile(r"^--- (?P<outcome>PASS|FAIL|SKIP): (?P<name>\S+) \([\d.]+s\)")
_GO_LINE = re.compile(
    r"^\s*(?:=== (?:RUN|PAUSE|CONT|NAME)|--- (?:PASS|FAIL|SKIP)|(?:PASS|FAIL|ok|\?)(?:\s|$)|exit status"
    r"|\S+\.go:\d+)"
)


def read_go(lines: Sequence[TextLine]) -> Iterator[Run]:
    """`go test -v`: its tests, without those inside of others. Without -v only failures are named: nothing is read."""
    found = [(at, hit.group("outcome")) for at, line in enumerate(lines) if (hit := _GO.match(line.text))]
    if not any(line.text.startswith("=== RUN") for line in lines) or not found:
        return
    run = Run("go test", lines={at for at, line in enumerate(lines) if _GO_LINE.match(line.text)})
    outcomes = [outcome for _, outcome in found]
    line = lines[found[-1][0]]
    for name, outcome in (("passed", "PASS"), ("failed", "FAIL"), ("skipped", "SKIP")):
        run.add(f"test_cases_{name}", outcomes.count(outcome), line)
    run.add("test_cases_total", len(outcomes), line)
    yield run


_CUNIT_HEAD = re.compile(r"^\s*Run Summary:\s+Type\s+Total\s+Ran\s+Passed\s+Failed\b")
_CUNIT_ROW = re.compile(r"^\s*(?P<type>suites|tests|asserts)(?P<counts>(?:\s+(?:\d+|n/a)){4,5})\s*$")


def read_cunit(lines: Sequence[TextLine]) -> Iterator[Run]:
    """CUnit's summary: the row of tests; what was not run is skipped. Its assertions are no test cases."""
    for head, line in enumerate(lines):
        if not _CUNIT_HEAD.match(line.text):
            continue
        run = Run("cunit", lines={head})
        for at in range(head + 1, min(head + 4, len(lines))):
            row = _CUNIT_ROW.match(lines[at].text)
            if row is None:
                break
            run.lines.add(at)
            if row.group("type") == "tests":
                total, ran, passed, failed = (int(count) for count in row.group("counts").split()[:4])
                for name, count in (("total", total), ("passed", passed), ("failed", failed), ("skipped", total - ran)):
                    run.add(f"test_cases_{name}", count, lines[at])
        if run.metrics:
            yield run


_CYPRESS_ROW = re.compile(
    r"^\s*│?\s*(?:✔|✖|√|×|\S?)\s+(?P<name>\S.*?)\s{2,}(?P<time>\d\d:\d\d(?::\d\d)?|\d+ms)"
    r"(?P<counts>(?:\s+(?:\d+|-)){5})\s*│?\s*$"
)


def read_cypress(lines: Sequence[TextLine]) -> Iterator[Run]:
    """Cypress: the table at its end, a row a spec and the last of all; what it prints while it runs is the same."""
    heads = [at for at, line in enumerate(lines) if re.match(r"^\s*Spec\s+Tests\s+Passing\s+Failing", line.text)]
    for number, head in enumerate(heads):
        rows = [
            (at, row)
            for at in range(head + 1, heads[number + 1] if number + 1 < len(heads) else len(lines))
            if (row := _CYPRESS_ROW.match(lines[at].text))
        ]
        begins = (at for at in range(head, -1, -1) if "(Run Starting)" in lines[at].text)
        run = Run("cypress", lines=set(range(next(begins, head), max((at for at, _ in rows), default=head) + 1)))
        for at, row in rows:
            whole = "│" not in lines[at].text
            scope = "" if whole else row.group("name")
            total, passed, failed, pending, skipped = row.group("counts").split()
            for name, count in (("total", total), ("passed", passed), ("failed", failed)):
                run.add(f"test_cases_{name}", count, lines[at], scope=scope)
            if pending + skipped != "--":
                left = sum(int(count) for count in (pending, skipped) if count != "-")
                run.add("test_cases_skipped", left, lines[at], scope=scope)
            clock = row.group("time")
            seconds = clock_seconds(clock) or duration_seconds(clock)
            run.add("duration", seconds, lines[at], scope=scope, unit="second", raw=clock)
        if run.metrics:
            yield run
