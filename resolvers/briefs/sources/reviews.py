"""What confirmed reviews of the cycle say in words, paper and screen alike."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.briefs import EvidenceSource
from db.models.intake import FormVersion
from db.models.reviews import Review, ReviewStatus
from db.queries import reviews
from db.viewer import Viewer
from ocr.contract import FieldType
from resolvers.briefs.contract import Item, Scope, Source

COMMENT = "comment"


def _collect(session: Session, viewer: Viewer, scope: Scope) -> list[Item]:
    found = session.scalars(
        reviews.visible_to(session, viewer)
        .where(
            Review.subject_id == scope.subject_id,
            Review.cycle_id == scope.cycle.id,
            Review.status == ReviewStatus.CONFIRMED,
        )
        .order_by(Review.id)
    ).all()
    worded = _long_texts(session, {row.form_version_id for row in found if row.form_version_id})
    answers = reviews.answers(session, [row.id for row in found])
    items = []
    for row in found:
        said = {
            answer.key: answer.value
            for answer in answers.get(row.id, [])
            if row.form_version_id and answer.key in worded.get(row.form_version_id, ())
        }
        for part, text in {**said, COMMENT: row.comment}.items():
            if text:
                author = row.confirmed_by if part == COMMENT else row.reviewer_id or row.confirmed_by
                day = scope.day_of(row.confirmed_at or row.created_at)
                items.append(Item(EvidenceSource.REVIEW, row.id, part, scope.voice_of(author), author, text, day))
    return items


def _long_texts(session: Session, form_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """The keys of the fields of forms in which people write sentences."""
    rows = session.execute(sa.select(FormVersion.id, FormVersion.definition).where(FormVersion.id.in_(form_ids)))
    return {
        row.id: {field["key"] for field in row.definition["fields"] if field["type"] == FieldType.LONG_TEXT.value}
        for row in rows
    }


def _visible(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return set(reviews.by_ids(session, viewer, ids))


def words_of(session: Session, review_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], str]:
    """What these reviews say now, by review and part."""
    answers = {
        (answer.review_id, answer.key): answer.value
        for found in reviews.answers(session, review_ids).values()
        for answer in found
    }
    comments = session.execute(sa.select(Review.id, Review.comment).where(Review.id.in_(review_ids)))
    said = answers | {(id_, COMMENT): comment for id_, comment in comments}
    return {key: text for key, text in said.items() if text}


REVIEWS = Source(_collect, _visible)
