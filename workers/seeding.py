"""The invented company with its published forms, for development and the demo."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from db.files import FileStore
from db.jobs import enqueue
from db.seed.company import ORGANIZATION_ID, bind_sheet, seed_company
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import system_viewer
from ocr.forms.shipped import blank_pdf, keys, load
from resolvers.forms import publish_form

PHOTOGRAPH = Path(__file__).parent / "demo" / "review-photo.jpg"
_DESCRIPTION = PHOTOGRAPH.with_suffix(".json")


def photograph_truth() -> dict[str, Any]:
    """What is written on the demo's photographed form: `{sheet_id, template: {key}, values: {field: value}, …}`."""
    truth: dict[str, Any] = json.loads(_DESCRIPTION.read_text("utf-8"))
    return truth


def seed(settings: Settings) -> None:
    """Write the invented company, publish the shipped forms in it, and enter the sheet of the demo's photograph.

    Doing it again changes nothing.
    """
    truth = photograph_truth()
    database = Database(settings)
    files = FileStore(settings.files_url)
    viewer = system_viewer(ORGANIZATION_ID)
    try:
        with database.begin(Scope(ORGANIZATION_ID)) as session:
            seed_company(session)
            for key in keys():
                version = publish_form(session, viewer, files, load(key), blank_pdf(key))
                if key == truth["template"]["key"]:
                    subject = truth["values"]["staff_number"]
                    bind_sheet(session, uuid.UUID(hex=truth["sheet_id"]), subject, version.id)
            # Recurring work is done for organisations that had a job: this is the first.
            enqueue(session, viewer, "maintenance.expire_receipts", {}, dedupe_key="first")
    finally:
        database.close()
