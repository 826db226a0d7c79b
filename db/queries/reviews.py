"""Review records: which a viewer may read, and what belongs to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.reviews import Review, ReviewAnswer, ReviewStandards, ReviewStatus
from db.queries import people
from db.viewer import Viewer

_ANSWER = (
    ReviewAnswer.review_id,
    ReviewAnswer.key,
    ReviewAnswer.label_zh,
    ReviewAnswer.label_en,
    ReviewAnswer.value,
    ReviewAnswer.score,
    ReviewAnswer.weight,
    ReviewAnswer.source,
    ReviewAnswer.field_id,
)


def visible_to(session: Session, viewer: Viewer) -> sa.Select[Review]:
    """One's own confirmed reviews, those one writes or wrote, and those of the people one answers for.

    PMO, committee and administrator roles open no review.
    """
    conditions = [
        sa.and_(Review.subject_id == viewer.person_id, Review.status == ReviewStatus.CONFIRMED),
        Review.reviewer_id == viewer.person_id,
    ]
    led = people.led_ids(session, viewer)
    if led is not None:
        conditions.append(Review.subject_id.in_(led))
    return sa.select(Review).where(Review.organization_id == viewer.organization_id, sa.or_(*conditions))


def standards(viewer: Viewer) -> sa.Select[ReviewStandards]:
    """Which grades and scores the organisation's reviews may have, if somebody said so. Everybody may read it."""
    return sa.select(ReviewStandards).where(ReviewStandards.organization_id == viewer.organization_id)


def by_ids(session: Session, viewer: Viewer, review_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Review]:
    """Those of the reviews that the viewer may read."""
    found = session.scalars(visible_to(session, viewer).where(Review.id.in_(set(review_ids))))
    return {review.id: review for review in found}


def answers(session: Session, review_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[sa.Row[*tuple[Any, ...]]]]:
    """The answers of reviews that the caller loaded through `visible_to`, in the order of the form.

    They are read by the hundred and never changed here, so they come as plain rows of `_ANSWER` columns.
    """
    found: dict[uuid.UUID, list[sa.Row[*tuple[Any, ...]]]] = {}
    for answer in session.execute(
        sa.select(*_ANSWER).where(ReviewAnswer.review_id.in_(set(review_ids))).order_by(ReviewAnswer.position)
    ):
        found.setdefault(answer.review_id, []).append(answer)
    return found
