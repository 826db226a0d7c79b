"""Published forms: an organisation's own immutable copies, and what a reader needs of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record
from db.files import FileStore
from db.models.files import StoredFile
from db.models.intake import FormPage, FormVersion
from db.queries import intake
from db.viewer import Viewer
from ocr.contract import FormTemplate, PublishedForm
from ocr.template_json import template_from_json, template_to_json
from resolvers.errors import DomainError, ErrorCode

PDF = "application/pdf"
PNG = "image/png"


def publish_form(session: Session, viewer: Viewer, files: FileStore, form: PublishedForm, pdf: bytes) -> FormVersion:
    """Publish a version of a form with its blank; publishing the same again returns what is there.

    Only the system publishes forms for now (installation and seed). Raises FORBIDDEN for a person, and CONFLICT when
    another definition was published under this key and number: a published version never changes.
    """
    if not viewer.is_system:
        raise DomainError(ErrorCode.FORBIDDEN)
    template = form.template
    definition = template_to_json(template)
    standing = session.scalars(
        intake.forms(viewer).where(FormVersion.key == template.key, FormVersion.number == template.version)
    ).first()
    if standing is not None:
        if template_of(standing) != template:
            raise DomainError(ErrorCode.CONFLICT)
        return standing
    version = FormVersion(
        organization_id=viewer.organization_id,
        key=template.key,
        number=template.version,
        title_zh=template.title.zh,
        title_en=template.title.en,
        definition=definition,
        blank_pdf_id=files.put(session, viewer.organization_id, pdf, PDF).id,
    )
    session.add(version)
    session.flush()
    for number, picture in enumerate(form.blank_pages, start=1):
        session.add(
            FormPage(
                organization_id=viewer.organization_id,
                form_version_id=version.id,
                number=number,
                image_id=files.put(session, viewer.organization_id, picture, PNG).id,
            )
        )
    record(session, viewer, "form.published", "FormTemplate", version.id)
    session.flush()
    return version


def template_of(version: FormVersion) -> FormTemplate:
    """The template that a stored version defines."""
    return template_from(version.definition)


def template_from(definition: dict[str, Any]) -> FormTemplate:
    """The template that stored JSON defines."""
    return _template(orjson.dumps(definition))


@lru_cache(maxsize=64)
def _template(definition: bytes) -> FormTemplate:
    return template_from_json(orjson.loads(definition))


def published_form(session: Session, files: FileStore, version: FormVersion) -> PublishedForm:
    """One version with its blank pages; the caller loaded it through `intake.forms(viewer)`."""
    return _with_pages(session, files, [version])[0]


def published_forms(session: Session, viewer: Viewer, files: FileStore, key: str | None = None) -> list[PublishedForm]:
    """All published versions with their blank pages, or those of one form; the newest first."""
    statement = intake.forms(viewer).order_by(FormVersion.key, FormVersion.number.desc())
    versions = session.scalars(statement if key is None else statement.where(FormVersion.key == key)).all()
    return _with_pages(session, files, versions)


def _with_pages(session: Session, files: FileStore, versions: Sequence[FormVersion]) -> list[PublishedForm]:
    pages = session.execute(
        sa.select(FormPage, StoredFile)
        .join(StoredFile, StoredFile.id == FormPage.image_id)
        .where(FormPage.form_version_id.in_([version.id for version in versions]))
        .order_by(FormPage.number)
    ).all()
    return [
        PublishedForm(
            template_of(version), tuple(files.read(file) for page, file in pages if page.form_version_id == version.id)
        )
        for version in versions
    ]
