"""The invented company made whole: people and calendar, the published forms, and sheets that were printed for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from db.files import FileStore
from db.seed.company import ORGANIZATION_ID, bind_sheet, seed_company
from db.session import Database, Scope
from db.viewer import system_viewer
from ocr.contract import PublishedForm
from resolvers.forms import publish_form


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A published form with its blank as PDF."""

    form: PublishedForm
    pdf: bytes


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A piece of paper that exists already, such as the one on the demo's photograph."""

    sheet_id: uuid.UUID
    form_key: str
    staff_number: str


def install_example_company(
    database: Database, files: FileStore, blanks: Sequence[BlankForm], sheets: Sequence[PrintedSheet] = ()
) -> uuid.UUID:
    """Write the invented company in one transaction and return its organisation's id.

    Running it again adds what is missing and changes nothing. Raises `KeyError` when a sheet names a form that is not
    among the blanks.
    """
    viewer = system_viewer(ORGANIZATION_ID)
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        seed_company(session)
        versions = {
            blank.form.template.key: publish_form(session, viewer, files, blank.form, blank.pdf) for blank in blanks
        }
        for sheet in sheets:
            bind_sheet(session, sheet.sheet_id, sheet.staff_number, versions[sheet.form_key].id)
    return ORGANIZATION_ID
