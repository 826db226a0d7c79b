"""Evaluations of files that the caller loaded through `db.queries.projects.deliverables.visible_to`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.models.projects.flags import FlagEvaluation, FlagJudgement, FlagOverride, FlagVerdict
from db.models.projects.templates import Threshold, ThresholdVersion

FLAG_CHANGED = "deliverable.flag_changed"
"""Type of the event."""


def evaluations(session: Session, file_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[FlagEvaluation]]:
    """All evaluations of these files, the latest first."""
    found: dict[uuid.UUID, list[FlagEvaluation]] = {}
    for row in session.scalars(
        sa.select(FlagEvaluation)
        .where(FlagEvaluation.deliverable_file_id.in_(set(file_ids)))
        .order_by(FlagEvaluation.number.desc())
    ):
        found.setdefault(row.deliverable_file_id, []).append(row)
    return found


def latest_evaluations(session: Session, file_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, FlagEvaluation]:
    """The latest evaluation of each of these files."""
    found = session.scalars(sa.select(FlagEvaluation).where(_latest(), _of_files(file_ids)))
    return {row.deliverable_file_id: row for row in found}


def verdicts(session: Session, evaluation_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[FlagVerdict]]:
    """What each threshold said in these evaluations, in their order."""
    found: dict[uuid.UUID, list[FlagVerdict]] = {}
    for row in session.scalars(
        sa.select(FlagVerdict).where(FlagVerdict.evaluation_id.in_(set(evaluation_ids))).order_by(FlagVerdict.position)
    ):
        found.setdefault(row.evaluation_id, []).append(row)
    return found


def judgements(session: Session, verdict_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[FlagJudgement]]:
    """What each verdict said of its readings."""
    found: dict[uuid.UUID, list[FlagJudgement]] = {}
    for row in session.scalars(
        sa.select(FlagJudgement).where(FlagJudgement.verdict_id.in_(set(verdict_ids))).order_by(FlagJudgement.id)
    ):
        found.setdefault(row.verdict_id, []).append(row)
    return found


def latest_judgements(
    session: Session, file_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, list[tuple[FlagJudgement, FlagVerdict]]]:
    """By reading: what the latest evaluation of its file said of it, under each threshold in the thresholds' order."""
    found: dict[uuid.UUID, list[tuple[FlagJudgement, FlagVerdict]]] = {}
    rows = session.execute(
        sa.select(FlagJudgement, FlagVerdict)
        .join(FlagVerdict, FlagVerdict.id == FlagJudgement.verdict_id)
        .join(FlagEvaluation, FlagEvaluation.id == FlagVerdict.evaluation_id)
        .where(_latest(), _of_files(file_ids))
        .order_by(FlagVerdict.position)
    )
    for judgement, verdict in rows:
        found.setdefault(judgement.reading_id, []).append((judgement, verdict))
    return found


def threshold_versions(
    session: Session, version_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, tuple[Threshold, ThresholdVersion]]:
    """Versions of thresholds by their ids, each with its threshold."""
    rows = session.execute(
        sa.select(Threshold, ThresholdVersion)
        .join(Threshold, Threshold.id == ThresholdVersion.threshold_id)
        .where(ThresholdVersion.id.in_(set(version_ids)))
    )
    return {version.id: (threshold, version) for threshold, version in rows}


def overrides(session: Session, evaluation_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[FlagOverride]]:
    """People's words on these evaluations, the latest first."""
    found: dict[uuid.UUID, list[FlagOverride]] = {}
    for row in session.scalars(
        sa.select(FlagOverride)
        .where(FlagOverride.evaluation_id.in_(set(evaluation_ids)))
        .order_by(FlagOverride.id.desc())
    ):
        found.setdefault(row.evaluation_id, []).append(row)
    return found


def _of_files(file_ids: Iterable[uuid.UUID]) -> sa.ColumnElement[bool]:
    return FlagEvaluation.deliverable_file_id.in_(set(file_ids))


def _latest() -> sa.ColumnElement[bool]:
    """Evaluations after which their file had no other."""
    later = aliased(FlagEvaluation)
    return ~sa.exists().where(
        later.deliverable_file_id == FlagEvaluation.deliverable_file_id, later.number > FlagEvaluation.number
    )
