"""Judging what was read: thresholds in force × readings → flags, each evaluation kept."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.projects.deliverables import Deliverable, DeliverableFile, DeliverableStatus, Reading
from db.models.projects.flags import Flag, FlagEvaluation, FlagJudgement, FlagVerdict
from db.models.projects.rules import RuleTrigger
from db.models.projects.templates import DeliverableTemplate, Threshold, ThresholdDirection, ThresholdVersion
from db.queries.projects import deliverables, templates
from db.queries.projects.flags import FLAG_CHANGED, standing_overrides
from db.viewer import Viewer
from resolvers.causes import put_down
from resolvers.errors import DomainError, ErrorCode
from resolvers.projects.flag_notices import ask_for_confirmation, ask_to_review, tell_red
from resolvers.rules import flags
from resolvers.telling import DELIVERABLE, tell


def evaluate(
    session: Session, viewer: Viewer, deliverable: Deliverable, file: DeliverableFile, readings: Sequence[Reading]
) -> FlagEvaluation | None:
    """Judge a file's readings under the thresholds in force, with what people confirmed; older evaluations stay.

    The deliverable takes the flag over when this is its newest file, unless a person's word about that file stands; who
    may confirm a doubtful value of it, or overruled another judgement, is told. None when the latest evaluation used
    the same threshold versions and confirmations: nothing can have changed. The caller holds the deliverable.
    """
    # Whoever sets a threshold waits for this evaluation, and has the deliverable judged anew after it.
    session.execute(
        sa.select(DeliverableTemplate.id)
        .where(DeliverableTemplate.id == deliverable.template_id)
        .with_for_update(read=True)
    )
    judging = templates.thresholds_in_force(session, deliverable.template_id)
    confirmed = deliverables.confirmations(session, [row.id for row in readings])
    basis = sorted(str(id_) for id_ in (*(version.id for _, version in judging), *confirmed))
    digest = hashlib.sha256(",".join(basis).encode()).hexdigest()
    latest = session.scalars(
        sa.select(FlagEvaluation)
        .where(FlagEvaluation.deliverable_file_id == file.id)
        .order_by(FlagEvaluation.number.desc())
        .limit(1)
    ).first()
    if latest is not None and latest.basis_digest == digest:
        return None
    read = [_as_read(row, row.id in confirmed) for row in readings]
    rows = {id(one): row for one, row in zip(read, readings, strict=True)}
    verdicts = [flags.judge(threshold_of(threshold, version), read) for threshold, version in judging]
    evaluation = FlagEvaluation(
        organization_id=file.organization_id,
        deliverable_file_id=file.id,
        number=1 if latest is None else latest.number + 1,
        flag=flags.overall(verdicts),
        basis_digest=digest,
    )
    session.add(evaluation)
    session.flush()
    for position, ((_, version), verdict) in enumerate(zip(judging, verdicts, strict=True)):
        kept = FlagVerdict(
            organization_id=file.organization_id,
            evaluation_id=evaluation.id,
            position=position,
            threshold_version_id=version.id,
            flag=verdict.flag,
            reasons=[reason.value for reason in verdict.reasons],
        )
        session.add(kept)
        session.flush()
        session.add_all(
            FlagJudgement(
                organization_id=file.organization_id,
                verdict_id=kept.id,
                reading_id=rows[id(judged.reading)].id,
                flag=judged.flag,
                reasons=[reason.value for reason in judged.reasons],
            )
            for judged in verdict.judged
        )
    session.flush()
    if file.number == deliverable.number:
        _take_over(session, viewer, deliverable, file, evaluation)
        if deliverable.flag is not Flag.RED and _awaits_confirmation(verdicts):
            ask_for_confirmation(session, deliverable, file)
    return evaluation


def _take_over(
    session: Session, viewer: Viewer, deliverable: Deliverable, file: DeliverableFile, evaluation: FlagEvaluation
) -> None:
    before, deliverable.machine_flag = deliverable.machine_flag, evaluation.flag
    standing = standing_overrides(session, [file.id]).get(file.id)
    if standing is None:
        set_flag(session, viewer, deliverable, evaluation.flag)
    elif evaluation.flag not in (before, standing.flag):
        ask_to_review(session, deliverable, standing, evaluation)


def _awaits_confirmation(verdicts: Sequence[flags.Verdict]) -> bool:
    """Whether a person's word would count for one of the readings; of disputed ones it does not."""
    return any(
        flags.Reason.UNCONFIRMED in judged.reasons and not judged.reading.disputed
        for verdict in verdicts
        for judged in verdict.judged
    )


def set_flag(session: Session, viewer: Viewer, deliverable: Deliverable, flag: Flag) -> None:
    """Let the deliverable have this flag from now on, and tell whom it concerns when it turned red."""
    if deliverable.flag is flag:
        return
    deliverable.flag = flag
    session.flush()
    tell(session, viewer, FLAG_CHANGED, DELIVERABLE, deliverable.id)
    if flag is Flag.RED:
        tell_red(session, deliverable)
        cause = f"deliverable_red:{deliverable.id}:{deliverable.version}"
        put_down(session, viewer, RuleTrigger.DELIVERABLE_RED, deliverable.id, cause)


def threshold_of(threshold: Threshold, version: ThresholdVersion) -> flags.Threshold:
    """A threshold as the rules take it."""
    bounds = {
        ThresholdDirection.AT_MOST: (version.green_high, version.yellow_high),
        ThresholdDirection.AT_LEAST: (version.green_low, version.yellow_low),
        ThresholdDirection.WITHIN: (
            (version.green_low, version.green_high),
            (version.yellow_low, version.yellow_high),
        ),
    }
    green, yellow = bounds[version.direction]
    return flags.Threshold(
        metric=threshold.metric,
        unit=version.unit,
        direction=version.direction,
        green=green,  # type: ignore[arg-type]
        yellow=yellow,  # type: ignore[arg-type]
        scope_pattern=threshold.scope_pattern,
        minimum_samples=version.minimum_samples,
        minimum_confidence=flags.SURE if version.minimum_confidence is None else version.minimum_confidence,
        required=version.required,
    )


def _as_read(row: Reading, confirmed: bool) -> flags.Reading:
    return flags.Reading(
        metric=row.metric,
        value=row.value,
        unit=row.unit,
        scope=row.scope,
        kind=row.kind,
        confidence=row.confidence,
        disputed=row.disputed,
        samples=row.samples,
        confirmed=confirmed,
    )


def judged_under(session: Session, viewer: Viewer, template_id: uuid.UUID) -> list[uuid.UUID]:
    """Ids of the template's deliverables whose newest file was read."""
    read = (DeliverableStatus.OK, DeliverableStatus.NO_DATA)
    statement = deliverables.visible_to(session, viewer).with_only_columns(Deliverable.id)
    return list(
        session.scalars(
            statement.where(Deliverable.template_id == template_id, Deliverable.status.in_(read)).order_by(
                Deliverable.id
            )
        )
    )


def evaluate_newest(session: Session, viewer: Viewer, deliverable_id: uuid.UUID) -> FlagEvaluation | None:
    """Judge a deliverable's newest file under the thresholds in force now.

    None when nothing can have changed: it was not read, or the same thresholds judged it before. Raises `DomainError`
    NOT_FOUND.
    """
    deliverable = deliverable_to_change(session, viewer, deliverable_id)
    if deliverable.status not in (DeliverableStatus.OK, DeliverableStatus.NO_DATA):
        return None
    file = deliverables.newest_files(session, [deliverable.id])[deliverable.id]
    return evaluate(session, viewer, deliverable, file, deliverables.readings(session, [file.id]).get(file.id, []))


def deliverable_to_change(
    session: Session,
    viewer: Viewer,
    deliverable_id: uuid.UUID,
    expected_version: int | None = None,
    at: tuple[str, ...] | None = ("input", "id"),
) -> Deliverable:
    """The deliverable, locked. Raises `DomainError` NOT_FOUND, CONFLICT."""
    deliverable = session.scalars(
        deliverables.visible_to(session, viewer)
        .where(Deliverable.id == deliverable_id)
        .with_for_update(of=Deliverable)
        .execution_options(populate_existing=True)
    ).first()
    if deliverable is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    if expected_version is not None and deliverable.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    return deliverable
