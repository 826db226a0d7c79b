"""What every organisation begins with: the shipped forms, and the first of the jobs that come again."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from db.files import FileStore
from db.jobs import enqueue
from db.viewer import Viewer
from ocr.forms.shipped import blank_pdf, keys, load
from resolvers.forms import publish_form


def furnish(session: Session, viewer: Viewer, files: FileStore) -> dict[str, uuid.UUID]:
    """Publish the shipped forms in the viewer's organisation and put in its first job; doing it again changes nothing.

    The ids of the forms' versions by their keys.
    """
    versions = {key: publish_form(session, viewer, files, load(key), blank_pdf(key)).id for key in keys()}
    # Recurring work is done for organisations that had a job: this is the first.
    enqueue(session, viewer, "maintenance.expire_receipts", {}, dedupe_key="first")
    return versions
