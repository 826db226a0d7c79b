"""Drafts of forms: which a viewer may see, and what belongs to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.forms import FormDraft, FormDraftPage, FormTrial, FormTrialPage
from db.viewer import Role, Viewer

FORM_ROLES = (Role.HR, Role.ADMINISTRATOR)
"""Who makes the organisation's forms."""


def drafts_visible_to(viewer: Viewer) -> sa.Select[FormDraft]:
    """All drafts of the organisation, for those who make forms; nothing for others."""
    statement = sa.select(FormDraft).where(FormDraft.organization_id == viewer.organization_id)
    return statement if viewer.has(*FORM_ROLES) or viewer.is_system else statement.where(sa.false())


def trials_visible_to(viewer: Viewer) -> sa.Select[FormTrial]:
    """All trials of the organisation's drafts, for those who make forms; nothing for others."""
    statement = sa.select(FormTrial).where(FormTrial.organization_id == viewer.organization_id)
    return statement if viewer.has(*FORM_ROLES) or viewer.is_system else statement.where(sa.false())


def drafts_by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, FormDraft]:
    found = session.scalars(drafts_visible_to(viewer).where(FormDraft.id.in_(set(ids))))
    return {draft.id: draft for draft in found}


def trials_by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, FormTrial]:
    found = session.scalars(trials_visible_to(viewer).where(FormTrial.id.in_(set(ids))))
    return {trial.id: trial for trial in found}


def draft_pages(session: Session, draft_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[FormDraftPage]]:
    """The pages of drafts that the caller loaded through `drafts_visible_to`, in order."""
    found: dict[uuid.UUID, list[FormDraftPage]] = {}
    statement = sa.select(FormDraftPage).where(FormDraftPage.draft_id.in_(set(draft_ids)))
    for page in session.scalars(statement.order_by(FormDraftPage.number)):
        found.setdefault(page.draft_id, []).append(page)
    return found


def trial_pages(session: Session, trial_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[FormTrialPage]]:
    """The pages of trials that the caller loaded through `trials_visible_to`, in order."""
    found: dict[uuid.UUID, list[FormTrialPage]] = {}
    statement = sa.select(FormTrialPage).where(FormTrialPage.trial_id.in_(set(trial_ids)))
    for page in session.scalars(statement.order_by(FormTrialPage.number)):
        found.setdefault(page.trial_id, []).append(page)
    return found


def last_trials(session: Session, viewer: Viewer, draft_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, FormTrial]:
    """The latest trial of each draft that has one."""
    rank = sa.func.row_number().over(
        partition_by=FormTrial.draft_id, order_by=(FormTrial.created_at.desc(), FormTrial.id.desc())
    )
    ranked = sa.select(FormTrial.id, rank.label("place")).where(FormTrial.draft_id.in_(set(draft_ids))).subquery()
    statement = trials_visible_to(viewer).join(ranked, ranked.c.id == FormTrial.id).where(ranked.c.place == 1)
    return {trial.draft_id: trial for trial in session.scalars(statement)}
