"""The text of a brief: opinions by the configured engine and its checks, everything else by rule."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from db.models.briefs import BriefSection, Voice
from ml.brief.brief import write_brief
from ml.brief.contract import Brief, BriefOptions, Engine, Note, NoteKind, Sentence
from ml.brief.entailment import Entailment
from ml.text.folding import normal
from ml.text.sentences import Span, sentences
from ml.text.words import terms
from resolvers.briefs.contract import Citation, Gap, Item, Material, Text, Written
from resolvers.briefs.sections import by_rule, gaps

CHECKS = ("citation", "quote", "figure", "direction", "quantifier", "coverage", "person", "absolute")
"""The checks of `ml.brief.checks`, all of which a sentence that is kept has passed."""

_KINDS = {
    Voice.PEER: NoteKind.PEER,
    Voice.MANAGER: NoteKind.MANAGER,
    Voice.CUSTOMER: NoteKind.CUSTOMER,
    Voice.SELF: NoteKind.SELF,
    Voice.SYSTEM: NoteKind.METRIC,
}
_SECTIONS = {
    "strength": BriefSection.STRENGTHS,
    "concern": BriefSection.CONCERNS,
    "fact": BriefSection.FACTS,
}
_ORDER = list(BriefSection)


def compose(material: Material, engine: Engine, entailment: Entailment | None) -> Text:
    """The whole text of a brief. Figures never pass through an engine."""
    usable = material.usable
    opinions = {str(at): item for at, item in usable if not item.is_data}
    options = BriefOptions(
        subject=material.subject_name,
        of_person=True,
        language="zh" if material.language == "zh" else "en",
        people=material.people,
    )
    notes = [_note(key, item, material.subject_name) for key, item in opinions.items()]
    brief = write_brief(notes, options, engine, entailment)
    ruled = by_rule(usable, material.language, material.since)
    said = {each.text for each in ruled}
    # a plan stands under growth alone
    written = [_written(sentence, opinions) for sentence in brief.sentences if sentence.text not in said]
    found = gaps(usable, len(material.items) - len(usable))
    if brief.insufficient:
        found.insert(0, Gap("NOT_ENOUGH", {"words": brief.reason or ""}))
    everything = sorted([*written, *ruled], key=lambda each: _ORDER.index(each.section))
    return Text(
        brief.engine,
        brief.fallback,
        brief.insufficient,
        everything,
        found,
        [(dropped.text, dropped.reason) for dropped in brief.dropped],
        _unused(brief, usable, everything),
    )


def _note(key: str, item: Item, subject: str) -> Note:
    day = None if item.occurred_on is None else item.occurred_on.isoformat()
    author = None if item.author_id is None else str(item.author_id)
    return Note(key, item.text, author, subject, day, _KINDS[item.voice])


def _written(sentence: Sentence, items: Mapping[str, Item]) -> Written:
    section = BriefSection.DISAGREEMENTS if sentence.conflict else _SECTIONS[sentence.kind]
    return Written(
        section,
        sentence.text,
        tuple(_citation(sentence.text, key, items[key].text) for key in sentence.citations),
        sentence.conflict,
        Decimal(str(round(sentence.confidence, 4))),
        sentence.support.notes,
        sentence.support.of,
        sentence.support.people,
        CHECKS,
    )


def _citation(text: str, key: str, evidence: str) -> Citation:
    """The sentence of the evidence that says what the text says: the one that shares most words with it."""
    said = set(terms(text))

    def shared(span: Span) -> tuple[bool, float]:
        words = span.of(evidence)
        own = set(terms(words))
        return normal(words).strip() in normal(text), len(own & said) / (len(own) or 1)

    best = max(sentences(evidence) or [Span(0, len(evidence))], key=shared)
    return Citation(int(key), best.start, best.end)


def _unused(brief: Brief, usable: list[tuple[int, Item]], written: list[Written]) -> dict[int, str]:
    """Why evidence is not cited, also counting what the rules cite."""
    cited = {citation.position for each in written for citation in each.citations}
    reasons = {int(each.note_id): each.reason for each in brief.unused}
    return {at: reasons.get(at, "not_cited") for at, _ in usable if at not in cited}
