"""A brief laid out for a document: all its words in its language, its evidence numbered, as one reader may read it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.models.briefs import Brief, BriefSection, EvidenceSource
from db.queries import goals, people, schedules
from db.viewer import Viewer
from resolvers.briefs import reading, words
from resolvers.briefs.sources.measures import EARLIER


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, the numbers of the evidence that it cites, and on how much it rests."""

    text: str
    numbers: Sequence[int]
    support: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its title."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Bar:
    """A measure for the chart: its words, and how far it has come as a share of the way to its target."""

    name: str
    figures: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence under its number."""

    number: int
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that a document shows."""

    language: str
    title: str
    facts: Sequence[tuple[str, str]]
    """Label and value: whom it is about, which cycle, for whom, when, by what."""
    chart_title: str
    bars: Sequence[Bar]
    parts: Sequence[Part]
    gaps_title: str
    gaps: Sequence[str]
    evidence_title: str
    evidence: Sequence[Proof]
    note: str


_WORDS = {
    "zh": {
        "title": "多维事实简报",
        "subject": "员工",
        "cycle": "周期",
        "audience": "读者",
        "written": "生成时间",
        "engine": "生成方式",
        "edition": "版次",
        "chart": "指标完成度（虚线为目标）",
        "gaps": "不足与缺失",
        "evidence": "依据",
        "withheld": "有 {count} 句因依据对读者不可见而未显示。",
        "note": "每句话后的编号指向文末依据。本简报不含评分，也不代替任何人的判断。",
    },
    "en": {
        "title": "Fact brief",
        "subject": "Person",
        "cycle": "Cycle",
        "audience": "Audience",
        "written": "Written",
        "engine": "Written by",
        "edition": "Edition",
        "chart": "Progress of measures (the dashed line is the target)",
        "gaps": "What is thin or missing",
        "evidence": "Evidence",
        "withheld": "Sentences not shown because their evidence is not visible to the reader: {count}.",
        "note": "Numbers after a sentence point to the evidence at the end. A brief gives no score, decides nothing.",
    },
}


def page_of(session: Session, viewer: Viewer, brief: Brief) -> Page:
    """The brief as this viewer may read it."""
    language, said = brief.language, _WORDS[brief.language]
    text = reading.texts(session, viewer, [brief])[brief.id]
    staff = people.entries(session, viewer, {brief.subject_id, *(e.author_id for e in text.evidence if e.author_id)})
    cycle = goals.by_ids(session, viewer, [brief.cycle_id])[brief.cycle_id]
    facts = [
        (said["subject"], _name(staff, brief.subject_id, language)),
        (said["cycle"], cycle.name_zh if language == "zh" else cycle.name_en),
        (said["audience"], words.audience(brief.audience, language)),
        (said["written"], _moment(brief.written_at, schedules.organization_zone(session, viewer) or "UTC")),
        (said["edition"], str(brief.edition)),
        (said["engine"], brief.engine or ""),
    ]
    gaps = [words.gap_text(gap, language) for gap in brief.gaps]
    if text.withheld:
        gaps.append(said["withheld"].format(count=text.withheld))
    return Page(
        language,
        said["title"],
        facts,
        said["chart"],
        _bars(text),
        [
            Part(words.title(section, language), [_line(sentence, language) for sentence in sentences])
            for section, sentences in text.sections.items()
        ],
        said["gaps"],
        gaps,
        said["evidence"],
        [
            Proof(
                item.position,
                " · ".join(
                    filter(
                        None,
                        (
                            words.source(item.source, language),
                            _name(staff, item.author_id, language) if item.author_id else "",
                            item.occurred_on.isoformat() if item.occurred_on else "",
                        ),
                    )
                ),
                words_of_item,
            )
            for item, words_of_item in zip(
                text.evidence, reading.evidence_texts(session, viewer, text.evidence), strict=True
            )
        ],
        said["note"],
    )


def _line(sentence: reading.ReadSentence, language: str) -> Line:
    numbers = list(dict.fromkeys(citation.evidence.position for citation in sentence.citations))
    support = words.support_text(sentence.notes, sentence.of, sentence.people, language)
    return Line(sentence.text, numbers, support if sentence.people else "")


def _bars(text: reading.BriefText) -> list[Bar]:
    """The measures of the cycle that have a value, read from their evidence."""
    bars = []
    for sentence in text.sections.get(BriefSection.RESULTS, ()):
        item = sentence.citations[0].evidence
        if item.source is EvidenceSource.MEASURE and item.part != EARLIER and item.progress is not None:
            name, _, figures = item.text.removeprefix("“").partition("”")
            bars.append(Bar(name, figures.lstrip("：: "), item.progress))
    return bars


def _name(staff: Mapping[uuid.UUID, people.DirectoryEntry], person_id: uuid.UUID, language: str) -> str:
    entry = staff.get(person_id)
    if entry is None:
        return ""
    named = (entry.name, entry.name_latin) if language == "zh" else (entry.name_latin, entry.name)
    return next((name for name in named if name), entry.staff_number)


def _moment(moment: datetime.datetime | None, zone: str) -> str:
    """An instant by the organisation's clocks."""
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
