"""Evaluations of files that the caller loaded through `db.queries.projects.deliverables.visible_to`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.models.projects.deliverables import Deliverable, DeliverableFile, Reading
from db.models.projects.flags import (
    UNCONFIRMED,
    FlagEvaluation,
    FlagJudgement,
    FlagOverride,
    FlagVerdict,
    FlagWithdrawal,
)
from db.models.projects.templates import Threshold, ThresholdVersion
from db.viewer import Viewer

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


def standing_overrides(session: Session, file_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, FlagOverride]:
    """By file: the person's word that holds in place of the machine's flag."""
    statement = (
        sa.select(FlagEvaluation.deliverable_file_id, FlagOverride)
        .join(FlagOverride, FlagOverride.evaluation_id == FlagEvaluation.id)
        .where(_of_files(file_ids))
        .order_by(FlagOverride.id)
    )
    latest = {row[0]: row[1] for row in session.execute(statement)}
    ended = withdrawals(session, [override.id for override in latest.values()])
    return {file_id: override for file_id, override in latest.items() if override.id not in ended}


def withdrawals(session: Session, override_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, FlagWithdrawal]:
    """By override: how it ended, where somebody withdrew it."""
    found = session.scalars(sa.select(FlagWithdrawal).where(FlagWithdrawal.override_id.in_(set(override_ids))))
    return {row.override_id: row for row in found}


def unconfirmed(session: Session, file_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Reading]]:
    """By file: the readings that wait for the word of somebody who did not hand it in, in the order of the file."""
    found: dict[uuid.UUID, list[Reading]] = {}
    judged = sa.select(FlagJudgement.reading_id).join(FlagVerdict).join(FlagEvaluation)
    judged = judged.where(_latest(), _of_files(file_ids), _says_unconfirmed())
    statement = sa.select(Reading).where(Reading.id.in_(judged), Reading.disputed.is_(False))
    for reading in session.scalars(statement.order_by(Reading.position)):
        found.setdefault(reading.deliverable_file_id, []).append(reading)
    return found


def awaits(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Of deliverables that the viewer may see: whether a reading of the newest file waits for the viewer's word. Nobody
    confirms what they handed in, and of others' one sees those alone that one may judge."""
    waiting = (
        sa.select(FlagJudgement.id)
        .join(FlagVerdict, FlagVerdict.id == FlagJudgement.verdict_id)
        .join(FlagEvaluation, FlagEvaluation.id == FlagVerdict.evaluation_id)
        .join(DeliverableFile, DeliverableFile.id == FlagEvaluation.deliverable_file_id)
        .join(Reading, Reading.id == FlagJudgement.reading_id)
        .where(
            DeliverableFile.deliverable_id == Deliverable.id,
            DeliverableFile.number == Deliverable.number,
            DeliverableFile.uploaded_by != viewer.person_id,
            _latest(),
            _says_unconfirmed(),
            Reading.disputed.is_(False),
        )
    )
    return sa.and_(Deliverable.owner_id != viewer.person_id, waiting.correlate(Deliverable).exists())


def _says_unconfirmed() -> sa.ColumnElement[bool]:
    return sa.cast(FlagJudgement.reasons, sa.Text).contains(f'"{UNCONFIRMED}"')


def _of_files(file_ids: Iterable[uuid.UUID]) -> sa.ColumnElement[bool]:
    return FlagEvaluation.deliverable_file_id.in_(set(file_ids))


def _latest() -> sa.ColumnElement[bool]:
    """Evaluations after which their file had no other."""
    later = aliased(FlagEvaluation)
    return ~sa.exists().where(
        later.deliverable_file_id == FlagEvaluation.deliverable_file_id, later.number > FlagEvaluation.number
    )
