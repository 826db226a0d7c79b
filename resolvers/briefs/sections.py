"""The sections that are put together by rule, without any model: results, disagreements, changes, growth, gaps.

Figures stand in them exactly as recorded; words of people stand in quotation marks, verbatim.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from db.models.briefs import BriefSection, EvidenceSource, Voice
from ml.assist.assist import assist
from ml.text.sentences import sentences
from resolvers.briefs.contract import Citation, Gap, Item, Written
from resolvers.briefs.sources.check_ins import NEXT_STEP, SUPPORT
from resolvers.briefs.sources.measures import EARLIER
from resolvers.briefs.sources.talks import COMMITMENT, GROWTH

Numbered = Sequence[tuple[int, Item]]
"""Items with their positions from 1."""

REACHED = Decimal(1)
FAR_BEHIND = Decimal("0.7")
"""A result below this is held against praise for the same goal: the usual OKR mark of "not reached"."""
MOST_QUOTES = 6
"""Sentences in disagreements and in growth, each."""
LONGEST = 160
"""Characters of a quotation; a longer sentence is left to its evidence."""
POOR, GOOD_ENOUGH = Decimal("0.4"), Decimal("0.8")
"""Shares of the best rating: up to the first a customer's comment is a complaint whatever it says, from the second on
it is none. In between, and without a rating, its words decide."""
MONTHS = 3
"""So many months in a row make a trend ..."""
RISEN_TO = 2
"""... when the last has at least so many complaints, more than the first, and none has fewer than the one before."""
MOST_RESULTS = 2
"""Reached targets that one sentence names."""
RULE = ("composed",)
"""Stands for the eight checks where a sentence was put together by rule from recorded figures and whole quotations."""

_INNER = str.maketrans('“”"', "‘’'")
"""Quotation marks inside of English ones."""

_VOICES = {
    Voice.PEER: ("同事写道", "a colleague writes"),
    Voice.MANAGER: ("上级写道", "a manager writes"),
    Voice.CUSTOMER: ("客户原话", "a customer writes"),
    Voice.SELF: ("本人写道", "the person writes"),
    Voice.SYSTEM: ("系统记录", "the system records"),
}


def by_rule(items: Numbered, language: str, since: datetime.date) -> list[Written]:
    """All sentences that need no engine, section by section. `since`: the first day of the cycle."""
    return [
        *_results(items),
        *_rising_complaints(items, language, since),
        *_disagreements(items, language),
        *_changes(items, language),
        *_growth(items),
    ]


def _whole(at: int, item: Item) -> Citation:
    return Citation(at, 0, len(item.text))


def _measures(items: Numbered, part: str = "") -> list[tuple[int, Item]]:
    return [(at, item) for at, item in items if item.source is EvidenceSource.MEASURE and item.part == part]


def _results(items: Numbered) -> list[Written]:
    shown = [*_measures(items), *((at, item) for at, item in items if item.source is EvidenceSource.DELIVERABLE)]
    return [Written(BriefSection.RESULTS, item.text, (_whole(at, item),), checks=RULE) for at, item in shown]


def _quotes(at: int, item: Item, wanted: Callable[[str], bool]) -> list[Citation]:
    """The sentences of an item that are wanted, short enough to quote."""
    spans = [span for span in sentences(item.text) if len(span.of(item.text)) <= LONGEST]
    return [Citation(at, span.start, span.end) for span in spans if wanted(span.of(item.text))]


def _says(lean: str) -> Callable[[str], bool]:
    """Whether a sentence is a strength or a concern, and says something."""

    def judge(text: str) -> bool:
        found = assist(text)
        return found.sentiment == lean and not found.empty_praise

    return judge


def _disagreements(items: Numbered, language: str) -> list[Written]:
    """A reached target beside concerns about the same goal or by customers; a missed one beside praise for the goal.

    F33: result data and process evidence side by side ("over target three months, complaints rising").
    """
    praise = _says("strength")
    opinions = [(at, item) for at, item in items if not item.is_data]
    # What customers say belongs to no measure: one sentence sets it beside the targets that were reached.
    found: dict[tuple[bool, Citation], tuple[Item, list[tuple[int, Item]]]] = {}
    for at, measure in _measures(items):
        if measure.progress is None:
            continue
        if measure.progress >= REACHED:
            near = [pair for pair in opinions if pair[1].goal_id == measure.goal_id or pair[1].voice is Voice.CUSTOMER]
            against = [(item, cited) for n, item in near for cited in _objections(n, item) if _length(cited) <= LONGEST]
        elif measure.progress < FAR_BEHIND:
            others = [pair for pair in opinions if pair[1].voice in {Voice.PEER, Voice.MANAGER, Voice.CUSTOMER}]
            near = [pair for pair in others if pair[1].goal_id == measure.goal_id]
            against = [(item, cited) for n, item in near for cited in _quotes(n, item, praise)]
        else:
            continue
        for item, cited in against[:2]:
            found.setdefault((measure.progress >= REACHED, cited), (item, []))[1].append((at, measure))
    said = itertools.islice(found.items(), MOST_QUOTES)
    return [_against(measures[:MOST_RESULTS], item, cited, language) for (_, cited), (item, measures) in said]


def _rising_complaints(items: Numbered, language: str, since: datetime.date) -> list[Written]:
    """Reached targets beside complaints of customers that grow from month to month of the cycle, each one cited.

    The last months up to the latest comment are looked at: later ones may not be told of yet. Comments that were left
    out of the brief are not counted.
    """
    reached = [(at, item) for at, item in _measures(items) if item.progress is not None and item.progress >= REACHED]
    said = [(at, item, item.occurred_on) for at, item in items if item.voice is Voice.CUSTOMER]
    dated = sorted(
        ((at, item, _month(day, since)) for at, item, day in said if day is not None), key=lambda row: row[2]
    )
    last = dated[-1][2] if dated else 0
    if not reached or last < MONTHS - 1:
        return []
    latest = [(_objections(at, item), month) for at, item, month in dated if month > last - MONTHS]
    complaints = [(objections[0], month) for objections, month in latest if objections]
    count = Counter(month for _, month in complaints)
    run = [count[month] for month in range(last - MONTHS + 1, last + 1)]
    if run[0] >= run[-1] or run != sorted(run) or run[-1] < RISEN_TO:
        return []
    first_day = _after(since, last - MONTHS + 1).isoformat()
    results = reached[:MOST_RESULTS]
    shown = ("；" if language == "zh" else "; ").join(item.text for _, item in results)
    if language == "zh":
        text = f"结果数据——{shown}；过程证据——自{first_day}起逐月的客户批评为{'、'.join(map(str, run))}条，呈上升"
    else:
        listed = ", ".join(map(str, run))
        text = f"Result data: {shown}; process evidence: complaints of customers by month from {first_day}: {listed}"
    cited = [*(_whole(at, item) for at, item in results), *(objection for objection, _ in complaints)]
    notes, of = len(complaints), len(latest)
    return [Written(BriefSection.DISAGREEMENTS, text, tuple(cited), True, notes=notes, of=of, checks=RULE)]


def _length(cited: Citation) -> int:
    return cited.end - cited.start


def _objections(at: int, item: Item) -> list[Citation]:
    """The sentences of an item that hold something against its subject; the whole of it where its rating alone does."""
    if item.rating is not None and item.rating >= GOOD_ENOUGH:
        return []
    poor = item.rating is not None and item.rating <= POOR
    return _quotes(at, item, _says("concern")) or ([_whole(at, item)] if poor else [])


def _month(day: datetime.date, since: datetime.date) -> int:
    """In which month of the cycle a day is, from 0. Months begin on the day of the month on which the cycle began."""
    months = 12 * (day.year - since.year) + day.month - since.month
    return months if day >= _after(since, months) else months - 1


def _after(since: datetime.date, months: int) -> datetime.date:
    """The day so many months after, or the last of its month where that is shorter."""
    years, month = divmod(since.month - 1 + months, 12)
    year = since.year + years
    return datetime.date(year, month + 1, min(since.day, calendar.monthrange(year, month + 1)[1]))


def _against(results: Numbered, item: Item, cited: Citation, language: str) -> Written:
    words = item.text[cited.start : cited.end].strip()
    if language == "zh":
        shown = "；".join(result.text for _, result in results)
        text = f"结果数据——{shown}；过程证据——{_VOICES[item.voice][0]}：「{words}」"
    else:
        shown = "; ".join(result.text for _, result in results)
        text = f"Result data: {shown}; process evidence: {_VOICES[item.voice][1]}: “{words.translate(_INNER)}”"
    citations = (*(_whole(at, result) for at, result in results), cited)
    people = len({item.author_id} - {None})
    notes = len(citations)
    return Written(BriefSection.DISAGREEMENTS, text, citations, True, notes=notes, of=notes, people=people, checks=RULE)


def _changes(items: Numbered, language: str) -> list[Written]:
    """Measures of the same name in the cycle before and in this one."""
    before = {_name(item): (at, item) for at, item in _measures(items, EARLIER)}
    found = []
    for at, now in _measures(items):
        if now.progress is None or _name(now) not in before:
            continue
        earlier_at, earlier = before[_name(now)]
        if earlier.progress is None:
            continue
        if language == "zh":
            text = f"上一周期——{earlier.text}；本周期——{now.text}"
        else:
            text = f"Last cycle: {earlier.text}; this cycle: {now.text}"
        cited = (_whole(earlier_at, earlier), _whole(at, now))
        found.append(Written(BriefSection.CHANGES, text, cited, notes=2, of=2, checks=RULE))
    return found


def _name(item: Item) -> str:
    """What a measure is called in its words: all up to the figures."""
    return item.text.partition("”")[0].strip("“ ").casefold()


_PLANS = {EvidenceSource.CHECK_IN, EvidenceSource.ONE_ON_ONE}
_FORWARD = re.compile(rf"(?:{NEXT_STEP}|{SUPPORT}|{GROWTH}|{COMMITMENT}\.\d)$")
"""Parts of these that look ahead; in a talk those that the person wrote."""


def _growth(items: Numbered) -> list[Written]:
    """The latest next step, wish for support, wish to grow and commitments, of each goal as written."""
    wanted = [(at, item) for at, item in items if item.source in _PLANS and _FORWARD.match(item.part)]
    latest = {(item.goal_id, item.part): (at, item) for at, item in wanted}
    said: dict[str, list[tuple[int, Item]]] = {}
    for at, item in latest.values():
        if len(item.text) <= 2 * LONGEST:
            said.setdefault(item.text.strip(), []).append((at, item))
    return [
        Written(
            BriefSection.GROWTH,
            text,
            tuple(_whole(at, item) for at, item in same),
            notes=len(same),
            of=len(same),
            people=len({item.author_id for _, item in same} - {None}),
            checks=RULE,
        )
        for text, same in itertools.islice(said.items(), MOST_QUOTES)
    ]


def gaps(items: Numbered, excluded: int) -> list[Gap]:
    """What is thin or missing."""
    found = []
    measures = _measures(items)
    lacking = sum(item.progress is None for _, item in measures)
    voices = {item.voice for _, item in items}
    if not measures:
        found.append(Gap("NO_MEASURES"))
    elif lacking:
        found.append(Gap("MEASURES_WITHOUT_DATA", {"count": lacking, "of": len(measures)}))
    for voice, code in (
        (Voice.PEER, "NO_PEER_VOICE"),
        (Voice.MANAGER, "NO_MANAGER_VOICE"),
        (Voice.CUSTOMER, "NO_CUSTOMER_VOICE"),
        (Voice.SELF, "NO_SELF_VIEW"),
    ):
        if voice not in voices:
            found.append(Gap(code))
    if not _measures(items, EARLIER):
        found.append(Gap("NO_EARLIER_FIGURES"))
    if excluded:
        found.append(Gap("EVIDENCE_EXCLUDED", {"count": excluded}))
    return found
