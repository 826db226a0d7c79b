"""Two people check chosen fields of a form, each without seeing what the other says; a third decides where they differ.

A document of such a form passes through `confirm_document` once for each of them. What each person said stays in rows
of its own, beside the machine's reading.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.events import record
from db.inbox import notify
from db.models.inbox import NotificationCode
from db.models.intake import DoubleEntry, EntryStage, FormVersion, IntakeCheck, IntakeDocument, IntakeField
from db.queries import intake, people
from db.viewer import Role, Viewer
from ocr.contract import FormField, FormTemplate
from resolvers import access
from resolvers.errors import DomainError, DomainErrors, ErrorCode
from resolvers.forms import template_of
from resolvers.rules.double_entry import disputed

_CODES = {
    EntryStage.SECOND: NotificationCode.PAPER_SECOND_ENTRY,
    EntryStage.DECISION: NotificationCode.PAPER_DECISION,
}
HIGHEST = 20
"""Steps up the line on which somebody is looked for who may act."""


def set_double_entry(
    session: Session, viewer: Viewer, version_id: uuid.UUID, keys: Sequence[str], expected_version: int | None = None
) -> FormVersion:
    """Say which fields of a published form two people check; none: one person is enough. For HR and administrators.

    A document keeps what was chosen when its first entries were given. Raises `DomainError` FORBIDDEN, NOT_FOUND,
    CONFLICT, and `DomainErrors` with one FIELD_UNKNOWN or FIELD_REPEATED for each key that cannot be.
    """
    access.require_form_role(viewer)
    version = session.scalars(intake.forms(viewer).where(FormVersion.id == version_id)).first()
    if version is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "formTemplateId"))
    standing = session.scalars(
        intake.double_entries(viewer).where(DoubleEntry.form_version_id == version.id).with_for_update()
    ).first()
    if expected_version is not None and (standing.version if standing else 0) != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    known = [field.key for field in template_of(version).fields]
    errors = [DomainError(ErrorCode.FIELD_UNKNOWN, _at(key)) for key in keys if key not in known]
    errors += [DomainError(ErrorCode.FIELD_REPEATED, _at(key)) for key in dict.fromkeys(keys) if keys.count(key) > 1]
    if errors:
        raise DomainErrors(errors)
    setting = standing or DoubleEntry(organization_id=viewer.organization_id, form_version_id=version.id)
    setting.fields = [key for key in known if key in keys]
    session.add(setting)
    try:
        session.flush()
    except IntegrityError as error:  # another request made the first setting at the same time
        raise DomainError(ErrorCode.CONFLICT) from error
    record(session, viewer, "form.double_entry_set", "FormTemplate", version.id)
    return version


def _at(key: str) -> tuple[str, ...]:
    return ("input", "fields", key)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a locked document before a person's entries are taken."""

    fields: Sequence[FormField]
    """Of the form."""
    stage: EntryStage | None
    double: Sequence[str]
    """Keys that two people check; none: one person confirms the document."""
    must_name: frozenset[str]
    """Keys that this person has to name."""
    given: Mapping[str, str | None]
    """What people said before about the fields that need no more words."""
    checks: Sequence[IntakeCheck]
    words: Mapping[uuid.UUID, Mapping[str, str | None]]
    """By person, what they said."""

    def subject_id(self, document: IntakeDocument) -> uuid.UUID | None:
        """Whom the document is about, if nobody says otherwise now."""
        if self.stage is not EntryStage.DECISION:
            return document.subject_id
        return _one(check.subject_id for check in self.checks)

    def cycle_id(self, document: IntakeDocument) -> uuid.UUID | None:
        """Which cycle it is about, if nobody says otherwise now."""
        if self.stage is not EntryStage.DECISION:
            return document.cycle_id
        return _one(check.cycle_id for check in self.checks)

    def comments(self, comment: str | None) -> str | None:
        """The remarks of all, the last one's with them."""
        return "\n".join(said for said in [*(check.comment for check in self.checks), comment] if said) or None


def _one(ids: Iterable[uuid.UUID]) -> uuid.UUID | None:
    different = set(ids)
    return different.pop() if len(different) == 1 else None


def standing(
    session: Session,
    viewer: Viewer,
    document: IntakeDocument,
    template: FormTemplate,
    readings: Mapping[str, IntakeField],
) -> Standing:
    """Where a locked document is. Raises `DomainError` ALREADY_ENTERED for who gave their entries before."""
    if document.entry_stage is None:
        double = _chosen(session, viewer, document)
        return Standing(template.fields, None, double, frozenset(double), {}, (), {})
    checks = intake.checks(session, [document.id]).get(document.id, [])
    if any(check.person_id == viewer.person_id for check in checks):
        raise DomainError(ErrorCode.ALREADY_ENTERED)
    words: dict[uuid.UUID, dict[str, str | None]] = {check.person_id: {} for check in checks}
    entries = intake.entries(session, [reading.id for reading in readings.values()])
    for key, reading in readings.items():
        for entry in entries.get(reading.id, []):
            words[entry.person_id][key] = entry.value
    double = document.double_entry or []
    must = frozenset(double if document.entry_stage is EntryStage.SECOND else document.disputed or [])
    given = {key: value for said in words.values() for key, value in said.items() if key not in must}
    return Standing(template.fields, document.entry_stage, double, must, given, checks, words)


def _chosen(session: Session, viewer: Viewer, document: IntakeDocument) -> list[str]:
    of_form = intake.double_entries(viewer).where(DoubleEntry.form_version_id == document.form_version_id)
    setting = session.scalars(of_form).first()
    return [] if setting is None else setting.fields


def keep_check(
    session: Session,
    viewer: Viewer,
    document: IntakeDocument,
    before: Standing,
    *,
    check: IntakeCheck,
    said: Mapping[str, str | None],
) -> bool:
    """Keep that a person gave their entries (`said`); whether the document can be confirmed with them."""
    session.add(check)
    if before.stage is EntryStage.DECISION:
        document.entry_stage = None
        return True
    if before.stage is None:
        document.double_entry = list(before.double)
        _wait(session, viewer, document, EntryStage.SECOND, check)
        return False
    (first,) = before.checks
    differ = disputed(before.fields, before.double, before.words[first.person_id], said)
    if not differ and (first.subject_id, first.cycle_id) == (check.subject_id, check.cycle_id):
        document.entry_stage = None
        return True
    document.disputed = differ
    _wait(session, viewer, document, EntryStage.DECISION, first, check)
    return False


def _wait(session: Session, viewer: Viewer, document: IntakeDocument, stage: EntryStage, *checks: IntakeCheck) -> None:
    """Let the document wait for another person, and tell who may be that one."""
    document.entry_stage = stage
    session.flush()
    record(session, viewer, "intake.entered", "IntakeDocument", document.id)
    notify(
        session,
        viewer,
        _who_may_act(session, viewer, document, {check.person_id for check in checks}),
        _CODES[stage],
        key=f"paper:{document.id}:{stage.value}",
        subject=("IntakeDocument", document.id),
    )


def _who_may_act(session: Session, viewer: Viewer, document: IntakeDocument, done: set[uuid.UUID]) -> set[uuid.UUID]:
    """HR, and the nearest manager above the subject, but for who gave their entries and the subject."""
    able = people.holders(session, viewer, Role.HR)
    if document.subject_id is None:
        return able - done
    managers = people.holders(session, viewer, Role.MANAGER) - done - {document.subject_id}
    person_id: uuid.UUID | None = document.subject_id
    for _ in range(HIGHEST):
        if person_id is None or person_id in managers:
            break
        person_id = people.direct_managers(session, viewer, [person_id]).get(person_id)
    nearest = {person_id} & managers if person_id is not None else set()
    return (able | nearest) - done - {document.subject_id}
