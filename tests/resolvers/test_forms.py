"""Publishing forms: once, unchanged, by the system."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.files import StoredFile
from db.models.intake import FormPage, FormVersion
from db.session import Database, Scope
from db.viewer import Role, system_viewer
from ocr.contract import PublishedForm
from ocr.forms import shipped
from resolvers.errors import DomainError, ErrorCode
from resolvers.forms import publish_form, published_forms, template_of
from tests.factories import make_organization, make_viewer

FORM = "quarterly-review"


def test_published_once(database: Database, files: FileStore) -> None:
    company = make_organization(database)
    viewer, form, pdf = system_viewer(company.id), shipped.load(FORM), shipped.blank_pdf(FORM)
    with database.begin(Scope(company.id)) as session:
        first = publish_form(session, viewer, files, form, pdf)
        again = publish_form(session, viewer, files, form, pdf)
        assert again is first
    with database.begin(Scope(company.id)) as session:
        version = session.scalars(sa.select(FormVersion)).one()
        assert (version.key, version.number) == (FORM, 1)
        assert (version.title_zh, version.title_en) == ("季度绩效评价表", "Quarterly performance review")
        assert template_of(version) == form.template
        assert files.read(session.get_one(StoredFile, version.blank_pdf_id)) == pdf
        assert session.scalars(sa.select(FormPage.number)).all() == [1]
        assert published_forms(session, viewer, files) == [form]
        assert published_forms(session, viewer, files, "other") == []


def test_a_published_version_never_changes(database: Database, files: FileStore) -> None:
    company = make_organization(database)
    viewer, form, pdf = system_viewer(company.id), shipped.load(FORM), shipped.blank_pdf(FORM)
    changed = PublishedForm(dataclasses.replace(form.template, fields=form.template.fields[1:]), form.blank_pages)
    with database.begin(Scope(company.id)) as session:
        publish_form(session, viewer, files, form, pdf)
    with pytest.raises(DomainError) as caught, database.begin(Scope(company.id)) as session:
        publish_form(session, viewer, files, changed, pdf)
    assert caught.value.code is ErrorCode.CONFLICT
    newer = PublishedForm(dataclasses.replace(changed.template, version=2), form.blank_pages)
    with database.begin(Scope(company.id)) as session:
        publish_form(session, viewer, files, newer, pdf)
        assert [item.template.version for item in published_forms(session, viewer, files)] == [2, 1]


def test_people_do_not_publish_yet(database: Database, files: FileStore) -> None:
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        viewer = make_viewer(session, company, Role.HR, Role.ADMINISTRATOR)
        with pytest.raises(DomainError) as caught:
            publish_form(session, viewer, files, shipped.load(FORM), shipped.blank_pdf(FORM))
        assert caught.value.code is ErrorCode.FORBIDDEN
        assert session.scalars(sa.select(FormVersion)).all() == []
