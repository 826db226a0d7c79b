"""Notes in, brief out: gather, draft, check, fit. The checks stand behind every engine, the default one included."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from ml.brief.checks import check
from ml.brief.contract import (
    Brief,
    BriefOptions,
    Draft,
    Dropped,
    Engine,
    EngineError,
    Note,
    NoteKind,
    Pack,
    Sentence,
    Support,
    Unused,
)
from ml.brief.engines.extractive import ExtractiveEngine
from ml.brief.entailment import Entailment
from ml.brief.select import authors, gather
from ml.text.folding import normal
from ml.text.words import count_words

FORMAT = "1"
"""Version of how a brief is put together; part of every digest."""
USABLE_SHARE = 0.34
"""A generated brief of which fewer sentences than this survive the checks is thrown away."""
_SECTIONS = {"strength": 0, "concern": 1, "fact": 2}

_TOO_FEW_NOTES = {
    "zh": "依据不足：{subject}具体反馈只有{n}条，至少需要{m}条。请补充写明场合、做法和影响的反馈。",
    "en": "Not enough evidence: {n} concrete note(s){subject}, at least {m} are needed. "
    "Add notes that say when, what was done and what came of it.",
}
_TOO_FEW_AUTHORS = {
    "zh": "依据不足：{subject}具体反馈只来自{n}位作者，至少需要{m}位。请再邀请他人反馈。",
    "en": "Not enough evidence: the concrete notes{subject} come from {n} author(s), at least {m} are needed. "
    "Ask more people.",
}
_NONE_LEFT = {
    "zh": "依据不足：没有一句话能在所给反馈中逐字核实，或篇幅上限放不下任何一句。",
    "en": "Not enough evidence: no sentence stands up to the checks within the room that was given.",
}


def count_characters(text: str) -> int:
    """Characters without white space."""
    return sum(not character.isspace() for character in text)


def digest(notes: Sequence[Note], options: BriefOptions, engine: str) -> str:
    """SHA-256 over everything that decides a brief. The order of the notes does not."""
    rows = sorted([n.id, normal(n.text), n.author_id, n.subject_id, n.date, n.kind.value] for n in notes)
    values = {name: getattr(options, name) for name in options.__dataclass_fields__}
    body = json.dumps([FORMAT, engine, values, rows], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def write_brief(
    notes: Sequence[Note],
    options: BriefOptions | None = None,
    engine: Engine | None = None,
    entailment: Entailment | None = None,
) -> Brief:
    """The brief about one subject. Equal notes, options and engine give the equal brief."""
    return write_briefs([notes], [options or BriefOptions()], engine, entailment)[0]


def write_briefs(
    packs: Sequence[Sequence[Note]],
    options: Sequence[BriefOptions],
    engine: Engine | None = None,
    entailment: Entailment | None = None,
) -> list[Brief]:
    """Briefs for several subjects, so that a model engine can draft in batches. One options object for each pack."""
    chosen: Engine = engine or ExtractiveEngine()
    gathered = [gather(sorted(notes, key=lambda n: n.id), each) for notes, each in zip(packs, options, strict=True)]
    reasons = [_insufficient(pack) for pack, _ in gathered]
    ready = [pack for (pack, _), reason in zip(gathered, reasons, strict=True) if reason is None]
    drafted = iter(chosen.draft(ready) if ready else [])
    briefs = []
    for (pack, unused), reason, notes, each in zip(gathered, reasons, packs, options, strict=True):
        key = digest(notes, each, chosen.name)
        if reason is not None:
            left = [
                Unused(n.id, "insufficient") for n in pack.notes.values() if n.id not in {u.note_id for u in unused}
            ]
            briefs.append(_brief(pack, chosen.name, key, reason=reason, unused=[*unused, *left]))
        else:
            briefs.append(_finished(pack, next(drafted), unused, engine=chosen, key=key, entailment=entailment))
    return briefs


def _insufficient(pack: Pack) -> str | None:
    about = (
        ""
        if pack.subject_id is None
        else (f"关于{pack.subject_id}的" if pack.language == "zh" else f" about {pack.subject_id}")
    )
    if pack.usable < pack.options.minimum_notes:
        return _TOO_FEW_NOTES[pack.language].format(subject=about, n=pack.usable, m=pack.options.minimum_notes)
    known = authors(pack)
    # customers are heard too, and are seldom named: together they count as one more voice
    unnamed = any(p.note.kind is NoteKind.CUSTOMER and p.note.author_id is None for p in pack.passages)
    if known and len(known) + unnamed < pack.options.minimum_authors:
        return _TOO_FEW_AUTHORS[pack.language].format(subject=about, n=len(known), m=pack.options.minimum_authors)
    return None


def _brief(
    pack: Pack,
    engine: str,
    key: str,
    *,
    reason: str | None = None,
    sentences: Sequence[Sentence] = (),
    dropped: Sequence[Dropped] = (),
    unused: Sequence[Unused] = (),
    fallback: str | None = None,
) -> Brief:
    return Brief(
        subject_id=pack.subject_id,
        language=pack.language,
        insufficient=reason is not None,
        reason=reason,
        engine=engine,
        fallback=fallback,
        sentences=tuple(sentences),
        dropped=tuple(dropped),
        unused=tuple(sorted(unused, key=lambda each: each.note_id)),
        digest=key,
    )


def _finished(
    pack: Pack,
    drafts: list[Draft] | EngineError,
    unused: Sequence[Unused],
    *,
    engine: Engine,
    key: str,
    entailment: Entailment | None,
) -> Brief:
    name, fallback = engine.name, None
    kept: list[Sentence] = []
    dropped: list[Dropped] = []
    if isinstance(drafts, EngineError):
        fallback = str(drafts)
    else:
        kept, dropped = _checked(pack, drafts)
        if not isinstance(engine, ExtractiveEngine) and len(kept) < max(1, USABLE_SHARE * len(drafts)):
            fallback = f"{len(kept)} of {len(drafts)} drafted sentences passed the checks"
    if fallback is not None:
        name = ExtractiveEngine.name
        own = ExtractiveEngine().draft([pack])[0]
        kept, more = _checked(pack, [] if isinstance(own, EngineError) else own)
        dropped += more
    shown = _fitted(pack, kept)
    if entailment is not None:
        shown = [
            replace(sentence, confidence=confidence)
            for sentence, confidence in zip(shown, entailment.confidence(shown, pack.notes), strict=True)
        ]
    cited = {note_id for sentence in shown for note_id in sentence.citations}
    named = {each.note_id for each in unused}
    room = [Unused(note_id, "no_room") for note_id in pack.notes if note_id not in cited and note_id not in named]
    reason = None if shown else _NONE_LEFT[pack.language]
    return _brief(
        pack, name, key, reason=reason, sentences=shown, dropped=dropped, unused=[*unused, *room], fallback=fallback
    )


def _checked(pack: Pack, drafts: Sequence[Draft]) -> tuple[list[Sentence], list[Dropped]]:
    kept: list[Sentence] = []
    dropped: list[Dropped] = []
    seen: set[str] = set()
    people = len(authors(pack)) or pack.usable
    for draft in drafts:
        same = normal(draft.text)
        if same in seen:
            continue
        seen.add(same)
        failures = check(draft, pack.notes, pack.subject_id, pack.subject_names, people)
        if failures:
            dropped.append(Dropped(draft.text, "; ".join(f"{each.check}: {each.detail}" for each in failures)))
            continue
        cited = tuple(dict.fromkeys(draft.citations))
        writers = {pack.notes[note_id].author_id for note_id in cited} - {None}
        support = Support(len(cited), pack.usable, len(writers))
        kept.append(Sentence(draft.text, cited, support, draft.kind, draft.conflict))
    return kept, dropped


def _fitted(pack: Pack, sentences: Sequence[Sentence]) -> list[Sentence]:
    """As many of the sentences as there is room for, best first; then by section, in the order of importance."""
    options = pack.options
    words = characters = 0
    shown: list[Sentence] = []
    for sentence in sentences:
        w, c = count_words(sentence.text), count_characters(sentence.text)
        if options.max_words is not None and words + w > options.max_words:
            continue
        if options.max_chars is not None and characters + c > options.max_chars:
            continue
        if len(shown) >= options.max_sentences:
            break
        words, characters = words + w, characters + c
        shown.append(sentence)
    return sorted(shown, key=lambda sentence: _SECTIONS[sentence.kind])
