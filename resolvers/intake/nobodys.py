"""Forms about nobody yet: whom they name without naming anybody for certain."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from db.models.intake import FormVersion
from db.queries import people, retention
from db.viewer import Viewer
from resolvers import forms
from resolvers.reviews import directory_person
from resolvers.rules.erasure import Bearing, bearing

_SUGGESTED: Mapping[str, str] = {"employee_name": "subject_name", "staff_number": "subject_staff_number"}
"""What the keys of suggestions mean."""


def naming(session: Session, viewer: Viewer, person_id: uuid.UUID) -> Mapping[Bearing, set[uuid.UUID]]:
    """The documents about nobody yet that bear a person's name or number, by whether that is enough."""
    own = directory_person(people.entries(session, viewer, [person_id])[person_id])
    everybody = [directory_person(entry) for entry in people.everybody(session, viewer)]
    others = [person for person in everybody if person.id != person_id]
    found: dict[Bearing, set[uuid.UUID]] = {}
    for document_id, said in _names(session, viewer).items():
        judged = bearing(said.get("subject_staff_number"), said.get("subject_name"), own, others)
        found.setdefault(judged, set()).add(document_id)
    return found


def _names(session: Session, viewer: Viewer) -> dict[uuid.UUID, dict[str, str]]:
    """What each of them says of whom it is about: the last that a person said, else what was read or suggested."""
    documents = retention.documents_about_nobody(session, viewer)
    roles: dict[uuid.UUID | None, dict[str, str]] = {None: {}}
    for version_id in {document.form_version_id for document in documents if document.form_version_id}:
        template = forms.template_of(session.get_one(FormVersion, version_id))
        naming_fields = [field for field in template.fields if field.role in _SUGGESTED.values()]
        roles[version_id] = {field.key: field.role or "" for field in naming_fields}
    read = retention.words_in_fields(session, documents, {key for named in roles.values() for key in named})
    found: dict[uuid.UUID, dict[str, str]] = {}
    for document in documents:
        near = document.suggestions or ()
        suggested = {_SUGGESTED[each["key"]]: each["value"] for each in near if each["key"] in _SUGGESTED}
        named = roles[document.form_version_id]
        of_fields = {named[key]: text for key, text in read.get(document.id, {}).items() if key in named}
        found[document.id] = suggested | of_fields
    return found
