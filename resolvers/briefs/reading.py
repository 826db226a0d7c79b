"""Reading a brief: every citation is checked again for whoever reads, at the time of reading.

The subject reads it without the names of colleagues that stand in texts: "a colleague" stands there instead. Whoever
answers for the subject reads them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.briefs import Brief, BriefEvidence, BriefSection, BriefSentence, EvidenceSource
from db.queries import briefs, people
from db.viewer import Viewer
from resolvers.briefs.evidence import still_visible

KEPT = "brief_texts"
"""Key of `Session.info`: what was read in this transaction, since several fields ask for it."""


@dataclass(frozen=True, slots=True)
class ReadCitation:
    """Words that a sentence rests on."""

    source: EvidenceSource
    excerpt: str
    start: int
    end: int
    evidence: BriefEvidence


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence all of whose evidence the reader may see."""

    text: str
    citations: Sequence[ReadCitation]
    notes: int
    of: int
    people: int
    conflict: bool
    confidence: Decimal
    checks: Sequence[str]


@dataclass(frozen=True, slots=True)
class BriefText:
    """A brief as one reader may read it."""

    sections: Mapping[BriefSection, Sequence[ReadSentence]]
    withheld: int
    """Sentences that are left out because the reader may not see their evidence (any more)."""
    evidence: Sequence[BriefEvidence]
    whole: bool
    """Whether the reader may see all of the evidence."""

    def holds(self, positions: Collection[int] | None) -> bool:
        """Whether the reader may (still) see the evidence at these positions; None: all of it."""
        return self.whole if positions is None else {item.position for item in self.evidence}.issuperset(positions)


def texts(session: Session, viewer: Viewer, wanted: Sequence[Brief]) -> Mapping[uuid.UUID, BriefText]:
    """The texts of briefs that the caller loaded by what the viewer may read, by the brief's id."""
    known: dict[tuple[Viewer, uuid.UUID], BriefText] = session.info.setdefault(KEPT, {})
    missing = [brief.id for brief in wanted if (viewer, brief.id) not in known]
    if missing:
        sentences = briefs.sentences(session, missing)
        evidence = briefs.evidence(session, missing)
        seen = still_visible(session, viewer, (item for items in evidence.values() for item in items))
        masks = masks_for(session, viewer, wanted)
        for brief_id in missing:
            items = evidence.get(brief_id, [])
            shown = {item.position: item for item in items if item.id in seen}
            known[viewer, brief_id] = _text(sentences.get(brief_id, []), shown, len(items), masks[brief_id])
    return {brief.id: known[viewer, brief.id] for brief in wanted}


Masked = Callable[[str], str]
"""A text as one reader may read it."""


def masks_for(session: Session, viewer: Viewer, wanted: Iterable[Brief]) -> dict[uuid.UUID, Masked]:
    """How the viewer reads the texts of each brief: one's own without the names of colleagues."""
    own = [brief for brief in wanted if brief.subject_id == viewer.person_id]
    masks: dict[uuid.UUID, Masked] = {brief.id: str for brief in wanted}
    if own:
        names = {
            name
            for entry in people.everybody(session, viewer)
            for name in (entry.name, entry.name_latin)
            if name and entry.id != viewer.person_id
        }
        masks |= {brief.id: partial(without_names, names=names, locale=brief.language) for brief in own}
    return masks


def without_names(text: str, names: Collection[str], locale: str) -> str:
    """The text with "a colleague" in place of each of the names."""
    found = sorted((name for name in names if name in text), key=lambda name: (-len(name), name))
    if not found:
        return text
    return re.sub("|".join(map(re.escape, found)), "某同事" if locale == "zh" else "a colleague", text)


def evidence_texts(session: Session, viewer: Viewer, items: Sequence[BriefEvidence]) -> list[str]:
    """The words of pieces of evidence as the viewer may read them, in their order."""
    masks = masks_for(session, viewer, list(briefs.by_ids(session, viewer, {item.brief_id for item in items}).values()))
    return [masks[item.brief_id](item.text) for item in items]


def _text(
    sentences: Iterable[BriefSentence], shown: Mapping[int, BriefEvidence], collected: int, masked: Masked
) -> BriefText:
    sections: dict[BriefSection, list[ReadSentence]] = {}
    withheld = 0
    for sentence in sentences:
        if not all(cited["evidence"] in shown for cited in sentence.citations):
            withheld += 1
            continue
        citations = [
            ReadCitation(
                shown[cited["evidence"]].source,
                masked(shown[cited["evidence"]].text[cited["start"] : cited["end"]]),
                cited["start"],
                cited["end"],
                shown[cited["evidence"]],
            )
            for cited in sentence.citations
        ]
        sections.setdefault(sentence.section, []).append(
            ReadSentence(
                masked(sentence.text),
                citations,
                sentence.support_notes,
                sentence.support_of,
                sentence.support_people,
                sentence.conflict,
                sentence.confidence,
                sentence.checks,
            )
        )
    ordered = {section: sections[section] for section in BriefSection if section in sections}
    return BriefText(ordered, withheld, list(shown.values()), len(shown) == collected)


def visible_evidence(session: Session, viewer: Viewer, wanted: Sequence[Brief]) -> sa.Select[BriefEvidence]:
    """The evidence of briefs that the viewer may read, as far as the viewer may see its records."""
    seen = [item.id for text in texts(session, viewer, wanted).values() for item in text.evidence]
    return sa.select(BriefEvidence).where(BriefEvidence.id.in_(seen))


def may_see_all(session: Session, viewer: Viewer, wanted: Sequence[Brief]) -> set[uuid.UUID]:
    """Those of the briefs of whose evidence the viewer may see every piece."""
    return {brief_id for brief_id, text in texts(session, viewer, wanted).items() if text.holds(None)}


def evidence_by_ids(
    session: Session, viewer: Viewer, evidence_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, BriefEvidence]:
    """Those of the pieces of evidence whose briefs and records the viewer may read."""
    readable = briefs.visible_to(session, viewer).with_only_columns(Brief.id)
    found = session.scalars(
        sa.select(BriefEvidence).where(BriefEvidence.id.in_(set(evidence_ids)), BriefEvidence.brief_id.in_(readable))
    ).all()
    seen = still_visible(session, viewer, found)
    return {item.id: item for item in found if item.id in seen}
