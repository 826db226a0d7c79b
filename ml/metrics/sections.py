"""Walking a document: under which headings a value stands, and what that says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ml.metrics import kinds, vocabulary
from ml.metrics.blocks import Block, Document, Heading, Line, Table
from ml.metrics.contract import Kind, Metric, MetricDefinition
from ml.metrics.mistaken import is_mistaken
from ml.metrics.numbers import cell_quantity, normalise, quantities
from ml.metrics.pending import awaits_results
from ml.metrics.placed import Placed, told_apart
from ml.metrics.prose import read_line
from ml.metrics.tables import read_table
from ml.metrics.units import RATE, TIME, Unit, captioned_units, declared_units, stated_unit
from ml.metrics.values import Context

_PLAN_TITLE = re.compile(
    r"方案|计划|需求(?:说明|规格)|\b(?:test plan|requirements|proposal|guide|tutorial)\b", re.IGNORECASE
)
_RESULT_HEADING = re.compile(
    r"结果|结论|实测|总结|小结|数据|分析|执行情况|\b(?:results?|findings|summary|conclusions?|measured|analysis|run|observations?)\b",
    re.IGNORECASE,
)
_RESULTS = re.compile(
    r"结果|结论|实测|总结|小结|执行情况|\b(?:results?|findings|conclusions?|measured)\b", re.IGNORECASE
)
_GENERIC = re.compile(
    r"测试|压测|性能|压力|负载|结果|数据|指标|统计|分析|总结|概述|概况|情况|报告|汇总|记录|详情|详细|对比|图表|监控|资源|使用|系统|响应|吞吐|错误|类型|信息|执行|用例|缺陷|结论|说明|附录|表|的|与|和|及|一览|明细|整体|总体|关键|主要|核心|业务|场景|接口"
    r"|\b(?:load|stress|soak|performance|test(?:s|ing)?|results?|metrics?|summary|executive|report|key|approximated|percentiles?|expected|actual|vs|versus|comparison|targets?|status|values?|round|date|figures?|findings|overall|overview|statistics|stats|data|details?|detailed|analysis|table|response|times?|latency|throughput|errors?|resource|usage|"
    r"utili[sz]ation|endpoints?|requests?|conclusions?|appendix|benchmarks?|the|of|and|by|for|what|we|sheet\d*|main|introduction|scenarios?|per|breakdown|distribution|run|verdict|steps?|step|output|console|raw|numbers?)\b|[\s\d.、:：()（）_\-–—,，/&#*]+",
    re.IGNORECASE,
)
_CASES = ("用例", "test case", "testcase", "test summary", "tests run", "测试总结")
_LOAD = ("请求", "响应时间", "并发", "吞吐", "latency", "request", "response time", "throughput", "concurren")
_RATES = ("TPS", "QPS", "RPS")
"""As they are written, in capitals: "https" is no rate."""


_DIGIT = re.compile(r"\d")


def _holds(text: str, words: tuple[str, ...]) -> bool:
    for word in words:  # noqa: SIM110  asked of every line: any() over a generator takes twice as long
        if word in text:
            return True
    return False


def _head(table: Table) -> str:
    return " ".join([cell.text for row in table.rows[:3] for cell in row])


def _held(blocks: list[Block]) -> tuple[tuple[str, ...], ...]:
    """Of `_CASES`, `_LOAD` and `_RATES` the words that stand somewhere in a document."""
    said = "\n".join([_head(block) if isinstance(block, Table) else block.text for block in blocks])
    said += "\n".join([normalise(block.text) for block in blocks if isinstance(block, Heading)])
    folded = said.lower()
    return (
        tuple(word for word in _CASES if word in folded),
        tuple(word for word in _LOAD if word in folded),
        tuple(word for word in _RATES if word in said),
    )


_IN_SUMMARY = re.compile(
    r"\W*(?:综上|总之|总而言之|总的来[说看]|总体(?:来[说看]|而言)"
    r"|in (?:summary|short|conclusion)\b|overall\b|to sum up)",
    re.IGNORECASE,
)
_NAMED_TITLE = re.compile(r"(?:scenario|endpoint|场景|接口)\s*[:：]", re.IGNORECASE)
_NUMBERING = re.compile(r"^\s*\d+(?:\.\d+)*[.、．]?\s+(?=\D)")
_BULLET = re.compile(r"^\s*(?:[-*•·▪+]|\d{1,2}[.)、]|[(（]?\d{1,2}[)）]|[①-⑳])\s*")


@dataclass(slots=True)
class Walker:
    """Reads blocks in order and remembers the section of every value."""

    definitions: tuple[MetricDefinition, ...]
    found: list[Placed] = field(default_factory=list)
    _headings: list[Heading] = field(default_factory=list)
    _lead: str = ""
    _lead_indent: int = 0
    _lead_children: bool = False
    _over: str = ""
    """The last line, when nothing but empty lines followed it."""
    _cases: bool = False
    _load: bool = False
    _title_seen: bool = False
    _title: str = ""
    _declared: list[tuple[Heading | None, tuple[Unit, ...]]] = field(default_factory=list)
    _resulting: bool = False
    """Whether some heading promises results."""
    _repeated: set[str] = field(default_factory=set)
    """Names that stand under more than one heading."""
    _context: Context | None = None
    _words: tuple[tuple[str, ...], ...] = (_CASES, _LOAD, _RATES)
    """Of the words that say what a document is about those that it holds: every line is searched for them."""

    def read(self, document: Document) -> list[Metric]:
        """All values of a document, their scopes told apart by section where sections repeat each other."""
        blocks = _without_contents(_cards(document.blocks))
        tops = sum(isinstance(block, Heading) and block.level <= 1 for block in blocks)
        self._title_seen = tops > 1
        self._resulting = any(isinstance(block, Heading) and _RESULTS.search(block.text) for block in blocks)
        self._cases = _counts_cases(blocks)
        self._repeated = _repeated(blocks)
        self._words = _held(blocks)
        for block in blocks:
            # What a document is about is often said only after its first figures.
            if not (self._cases or self._load) and not isinstance(block, Table):
                self._notice(block.text)
        for block in blocks:
            self._block(block)
        return told_apart(self.found, pending=awaits_results(blocks))

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._heading(block)
            return
        if isinstance(block, Table):
            self._notice(_head(block))
            here = self._here()
            over = captioned_units(normalise(self._over))
            here = replace(here, about=f"{here.about} {self._over}", declared=(*over, *here.declared))
            self._add(read_table(block, here), lead=self._over)
            self._over = ""
            return
        text = block.text.strip()
        if not text:
            return
        self._over = text if len(text) <= 60 else ""
        self._notice(text)
        self._declare(text)
        indent = len(block.text) - len(block.text.lstrip())
        if self._lead and self._lead_children and indent <= self._lead_indent:
            self._lead, self._lead_children, self._context = "", False, None
        self._lead_children = self._lead_children or bool(self._lead and indent > self._lead_indent)
        if len(text) <= 80 and text.rstrip("*_ ").endswith((":", "：")) and _is_name(plain := normalise(text)):
            self._lead, self._lead_indent, self._lead_children = plain.strip("*_ :-"), indent, False
            self._context = None
            return
        if self._lead and not _BULLET.match(text) and not re.match(r"^\s*[^:：=]{1,40}[:：=]\s*\S", text):
            self._lead = ""
            self._context = None
        self._add(read_line(block, self._here()), text)

    def _heading(self, heading: Heading) -> None:
        text = normalise(heading.text)
        self._lead = self._over = ""
        self._context = None
        self._notice(text)
        if not self._title_seen:
            self._title_seen = True
            if heading.level <= 1 and heading.where.sheet is None:
                self._title = text
                self._headings = []
                if not _NAMED_TITLE.match(text):
                    return
        while self._headings and self._headings[-1].level >= heading.level:
            self._headings.pop()
        self._declared = [stated for stated in self._declared if stated[0] is None or stated[0] in self._headings]
        self._headings.append(heading._replace(text=text))
        text = _NUMBERING.sub("", text)
        if quantities(text):
            self._add(read_line(Line(text, heading.where), replace(self._here(), base="", unit=None)))

    def _notice(self, text: str) -> None:
        of_cases, of_load, rates = self._words
        folded = text.lower()
        cases = _holds(folded, of_cases)
        load = _holds(folded, of_load) or _holds(text, rates)
        if cases != load and (self._cases, self._load) != (cases, load):
            self._cases, self._load = cases, load
            self._context = None

    def _declare(self, text: str) -> None:
        """Units that a sentence without figures states, for its section and those below it."""
        # English ones say "in seconds"; most lines are told by that, without a search.
        if len(text) > 120 or (text.isascii() and "in " not in text.lower()) or _DIGIT.search(text) is not None:
            return
        if units := declared_units(normalise(text)):
            self._declared.append((self._headings[-1] if self._headings else None, units))
            self._context = None

    def _add(self, metrics: list[Metric], said: str = "", lead: str = "") -> None:
        if metrics:
            lead = _name_of(normalise(lead or self._lead).strip("*_ :-"), numbered=False)
            setting = self._here().configuration
            # "In summary, …" speaks of the whole, under whatever heading it happens to stand.
            whole = _IN_SUMMARY.match(said) is not None
            section = "" if whole else self._section()
            heading = self._headings[-1].text if self._headings and not whole else ""
            self.found += [
                Placed(metric, section, heading, lead, setting)
                for metric in metrics
                if not is_mistaken(metric, f"{heading} {lead}")
            ]

    def _section(self) -> str:
        """The innermost heading that names something; with the one above it where it stands under several."""
        inner = ""
        for heading in reversed(self._headings):
            name = _name_of(heading.text)
            if inner and name:
                return f"{name} / {inner}"
            if name and name not in self._repeated:
                return name
            inner = inner or name
        return inner

    def _here(self) -> Context:
        if self._context is None:
            self._context = self._make_context()
        return self._context

    def _make_context(self) -> Context:
        kind: Kind | None = kinds.section_kind(self._lead) if self._lead else None
        configuration = bool(self._lead) and kinds.is_configuration(self._lead)
        decided = kind is not None or configuration
        base, unit = _base_and_unit(self._lead) if self._lead else ("", None)
        for heading in reversed(self._headings):
            if not decided:
                kind = kinds.section_kind(heading.text)
                configuration = kind is None and kinds.is_configuration(heading.text)
                decided = kind is not None or configuration or _RESULT_HEADING.search(heading.text) is not None
            if not base and unit is None and heading in self._headings[-2:]:
                base, unit = _base_and_unit(heading.text)
        if not decided and kinds.is_configuration(self._title):
            configuration = True
        planned = _PLAN_TITLE.search(self._title) and not _RESULT_HEADING.search(self._title)
        if planned and (not decided or (configuration and not self._resulting)):
            kind = Kind.TARGET
        return Context(
            about=f"{self._lead} {self._headings[-1].text if self._headings else self._title}".strip(),
            kind=kind, configuration=configuration, base=base, unit=unit, definitions=self.definitions,
            declared=tuple(unit for _, units in reversed(self._declared) for unit in units),
            cases=self._cases, load=self._load,
        )  # fmt: skip


def _name_of(heading: str, *, numbered: bool = True) -> str:
    """What a heading names; empty when it only says what kind of thing follows. What is not `numbered` may begin with a
    number that belongs to its name."""
    if _NAMED_TITLE.match(heading):
        return heading.replace("`", "").strip()
    if len(heading) > 60:
        heading = re.split(r"[,;，；]", heading)[0]
    if len(heading) > 60 or not _GENERIC.sub("", heading):
        return ""
    if kinds.only_configures(heading) or kinds.section_kind(heading) is not None:
        return ""
    named = quantities(heading)
    if any(quantity.comparison in ("<", ">") for quantity in named):
        return ""  # a limit
    bare = heading
    if numbered and not (named and named[0].unit):
        bare = re.sub(r"^\s*(?:\d+(?:\.+\d+)*[.、]?|[一二三四五六七八九十]+[、.])\s*", "", bare)
    return re.sub(r"^[^\w\u4e00-\u9fff/]+", "", bare).strip(" :`*")


def _is_name(line: str) -> bool:
    """Whether a line tells no figure: "Single instance:", "3 instances:"."""
    return all(quantity.unit is None and not line[: quantity.start].strip(" *#") for quantity in quantities(line))


def _repeated(blocks: list[Block]) -> set[str]:
    """The names of headings that stand under more than one other: "Reads" under each of two builds."""
    over: dict[str, set[str]] = {}
    path: list[Heading] = []
    for block in blocks:
        if isinstance(block, Heading):
            while path and path[-1].level >= block.level:
                path.pop()
            over.setdefault(_name_of(normalise(block.text)), set()).add(" / ".join(heading.text for heading in path))
            path.append(block)
    return {text for text, places in over.items() if len(places) > 1}


_ONLY_MEMORY = re.compile(r"内存|memory|ram", re.IGNORECASE)
_READS = re.compile(
    r"读|写|查询|缓存|接口|API|数据库|\b(?:in-memory|reads?|writes?|reading|writing|quer\w+|cache|store)\b",
    re.IGNORECASE,
)


def _base_and_unit(heading: str) -> tuple[str, Unit | None]:
    cues = [cue for cue in vocabulary.cues(heading) if cue.base]
    base = cues[0].base if len({cue.base for cue in cues}) == 1 else ""
    unit = stated_unit(heading)
    if (
        base == vocabulary.MEMORY
        and _ONLY_MEMORY.fullmatch(heading[cues[0].start : cues[0].end])
        and _READS.search(heading)
    ):
        base = ""  # "Reading from memory": what is measured is the reading
    if base and vocabulary.dimension(base) not in (TIME, RATE) and not base.startswith(("cpu", "memory")):
        base = ""
    return base, unit if unit is not None and unit.dimension in (TIME, RATE) else None


_OUTCOME = re.compile(
    r"^\W*(?:(?:test )?(?:cases?|scripts?|tests?) )?(passed|failed|blocked|skipped|not run|通过|失败|阻塞|跳过)(?:数"
    r"|用例数?)?\s*(?:[:：=]|\.{2,}|\s{2,})\s*\d",
    re.IGNORECASE,
)


def _counts_cases(blocks: list[Block]) -> bool:
    """Whether lines count what passed, failed and was blocked, as test runs do, and none speaks of requests."""
    lines = [normalise(block.text) for block in blocks if isinstance(block, Line)]
    outcomes = {found.group(1).casefold() for line in lines if (found := _OUTCOME.match(line))}
    return len(outcomes) >= 3 and not any(word in line.lower() for line in lines for word in _LOAD)


_ENTRY = re.compile(r"\s*\d{1,2}(?:\.\d{1,2})*[.、]?\s*[^\d\s:：=|<>%][^\d:：=|<>%]{1,40}?\s*(?P<page>\d{1,3})\s*")


def _without_contents(blocks: list[Block]) -> list[Block]:
    """Without a table of contents: four lines or more of a number, a title and a page, the pages never falling."""
    kept: list[Block] = []
    run: list[Block] = []
    last = 0
    for block in blocks:
        text = block.text if isinstance(block, Line) else ""
        entry = _ENTRY.fullmatch(text) if text and len(text) < 60 and text.rstrip()[-1:].isdigit() else None
        page = int(entry.group("page")) if entry else 0
        if entry and page >= last:
            run.append(block)
            last = page
            continue
        kept += run if len(run) < 4 else []
        run, last = ([block], page) if entry else ([], 0)
        if not entry:
            kept.append(block)
    return kept + (run if len(run) < 4 else [])


def _cards(blocks: list[Block]) -> list[Block]:
    """Lines that are only a label beside lines that are only a value (dashboard cards) joined to "label: value"."""
    parts = [_card_part(block) for block in blocks]
    if not any(parts):
        return blocks
    made: list[Block] = []
    at = 0
    while at < len(blocks):
        end = at + 1
        while parts[end - 1] and end < len(blocks) and parts[end] and parts[end] != parts[end - 1]:
            end += 1
        if end - at < 2:
            made.append(blocks[at])
            at = end
            continue
        for index in range(at, end - 1, 2):
            one, two = blocks[index], blocks[index + 1]
            assert isinstance(one, Line)
            assert isinstance(two, Line)
            label, value = (one, two) if parts[index] == "label" else (two, one)
            text = f"{label.text.strip()}: {value.text.strip()}"
            made.append(Line(text, value.where, confidence=min(one.confidence, two.confidence)))
        at = end
    return made


def _card_part(block: Block) -> str:
    if not isinstance(block, Line) or not 0 < len(block.text) <= 80 or not 0 < len(block.text.strip()) <= 40:
        return ""
    text = normalise(block.text.strip())
    if (found := cell_quantity(text)) is not None and found.raw == text:
        return "value"
    if (
        not any(ch.isdigit() for ch in re.sub(r"[pP]\d\d|\d\d%|\d\dth", "", text))
        and ":" not in text
        and vocabulary.classify(text) is not None
    ):
        return "label"
    return ""
