"""Whom and which cycle a form is about, and what the directory says about each field that names them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models.goals import Cycle
from db.queries import goals, people
from db.viewer import Viewer
from ocr.contract import FormTemplate
from resolvers.review_standards import standards_of
from resolvers.reviews import directory_person
from resolvers.rules.cross_checks import judge_day, judge_email, judge_figures
from resolvers.rules.periods import period_span
from resolvers.rules.reading import (
    AGREED,
    AGREES,
    CONTRADICTED,
    UNSUPPORTED,
    Judgement,
    compare_subject,
    judge_department,
    judge_name,
    match_subject,
    plain,
)
from resolvers.rules.standards import judge_standard

SHEET_CONTRADICTS = "sheet_contradicts"
"""Warning: name, staff number or period on the paper are not those for which the sheet was printed."""
SUBJECT_UNKNOWN = "subject_unknown"
"""Warning: the form names nobody for certain; a person must say whom it is about."""


@dataclass(frozen=True, slots=True)
class DirectoryWord:
    """The directory's word on a reading; judgements by field key."""

    subject_id: uuid.UUID | None
    cycle_id: uuid.UUID | None
    judgements: Mapping[str, Judgement]
    warnings: tuple[str, ...]


def directory_word(
    session: Session,
    viewer: Viewer,
    template: FormTemplate,
    values: Mapping[str, str | None],
    known: tuple[uuid.UUID, uuid.UUID] | None,
) -> DirectoryWord:
    """Find person and cycle, or hold the form against those that are `known` (subject, cycle) by sheet or review."""
    keys = {field.role: field.key for field in template.fields if field.role is not None}
    said = {role: values.get(key) for role, key in keys.items()}
    entries = people.everybody(session, viewer)
    everybody = [directory_person(entry) for entry in entries]
    if known is None:
        match = match_subject(said.get("subject_staff_number"), said.get("subject_name"), everybody)
    else:
        subject = people.entries(session, viewer, [known[0]])[known[0]]
        match = compare_subject(
            said.get("subject_staff_number"), said.get("subject_name"), directory_person(subject), everybody
        )
    cycle_id, period = _cycle(session, viewer, said.get("period"), known[1] if known else None)
    judged = {
        "subject_staff_number": match.number,
        "subject_name": match.name,
        "period": period,
        "reviewer": judge_name(said.get("reviewer"), everybody),
        "department": _department(session, viewer, said.get("department"), match.person_id),
        "email": _email(session, viewer, said.get("email")),
        "signed_on": _signed_on(session, viewer, said.get("signed_on"), cycle_id),
    }
    warnings = []
    if known is not None and any(
        judgement is not None and judgement.confidence < AGREES and judgement.repaired is None
        for judgement in (match.number, match.name, period)
    ):
        warnings.append(SHEET_CONTRADICTS)
    if match.person_id is None:
        warnings.append(SUBJECT_UNKNOWN)
    standards = standards_of(session, viewer)
    in_standard = {
        field.key: judgement
        for field in template.fields
        if (value := values.get(field.key)) is not None
        and (judgement := judge_standard(field, value, standards)) is not None
    }
    judgements = {keys[role]: judgement for role, judgement in judged.items() if role in keys and judgement is not None}
    judgements = {**judge_figures(template, values), **judgements, **in_standard}
    return DirectoryWord(match.person_id, cycle_id, judgements, tuple(warnings))


def cycle_named(cycles: list[Cycle], period: str) -> Cycle | None:
    """The one cycle that the words mean: by its key or name, else by the days they span."""
    by_name = [
        cycle for cycle in cycles if plain(period) in {plain(cycle.key), plain(cycle.name_zh), plain(cycle.name_en)}
    ]
    if len(by_name) == 1:
        return by_name[0]
    span = period_span(period)
    by_days = [cycle for cycle in cycles if span and (cycle.starts_on, cycle.ends_on) == (span.starts_on, span.ends_on)]
    return by_days[0] if len(by_days) == 1 else None


def _cycle(
    session: Session, viewer: Viewer, period: str | None, known: uuid.UUID | None
) -> tuple[uuid.UUID | None, Judgement | None]:
    if not period:
        return known, None
    named = cycle_named(list(session.scalars(goals.cycles(viewer))), period)
    if known is not None:
        if named is None:
            return known, Judgement(UNSUPPORTED, "no_such_cycle")
        return known, AGREED if named.id == known else Judgement(CONTRADICTED, "differs_from_sheet")
    return (None, Judgement(UNSUPPORTED, "no_such_cycle")) if named is None else (named.id, AGREED)


def _signed_on(session: Session, viewer: Viewer, day: str | None, cycle_id: uuid.UUID | None) -> Judgement | None:
    if not day or cycle_id is None:
        return None
    cycle = goals.by_ids(session, viewer, [cycle_id])[cycle_id]
    return judge_day(day, cycle.starts_on, cycle.ends_on)


def _email(session: Session, viewer: Viewer, address: str | None) -> Judgement | None:
    return judge_email(address, people.addresses(session, viewer)) if address else None


def _department(session: Session, viewer: Viewer, words: str | None, subject_id: uuid.UUID | None) -> Judgement | None:
    """The department on the form against the subject's today, and against all that there are."""
    if not words:
        return None
    names = {
        department.id: (department.name_zh, department.name_en, department.code)
        for department in people.every_department(session, viewer)
    }
    own_id = people.entries(session, viewer, [subject_id])[subject_id].department_id if subject_id else None
    return judge_department(words, names[own_id] if own_id else None, list(names.values()))
