"""What the product knows of a retrospective's subject: targets and results of measures, the split of a delay, flags.

It is read with the eyes of the system, so that it is whole whoever finishes a retrospective; each reader is shown the
facts whose source that reader sees (`db.queries.feedback.retrospectives.shown_facts`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from db.base import now
from db.models.feedback.retrospectives import FactKind, Retrospective, RetrospectiveFact, Step
from db.models.goals import Measure
from db.models.projects.flags import Flag
from db.models.projects.tasks import Project
from db.queries import goal_updates, goals
from db.queries.feedback import retrospective_sources as sources
from db.queries.projects import tasks
from db.viewer import Viewer, system_viewer
from resolvers.goals.standing import measure_progress, standings
from resolvers.projects.tracing import ProjectDelay, delays

GOALS, FLAGS = 30, 50
"""Goals of a cycle, and flags, that one retrospective shows at most: the worst flags first."""

_WORST_FIRST = (Flag.RED, Flag.YELLOW, Flag.GREY, Flag.GREEN)

Facts = dict[uuid.UUID, list[RetrospectiveFact]]
"""By the key of the retrospective; not stored, and of no edition yet."""


def facts_now(session: Session, viewer: Viewer, held: Sequence[Retrospective]) -> Facts:
    """What is known of the subject of each retrospective now, in a number of statements that does not depend on how
    many there are."""
    knowing = system_viewer(viewer.organization_id)
    found: Facts = {row.id: [] for row in held}
    _add_goals(session, knowing, held, found)
    _add_delays(session, knowing, held, found)
    for row_id, judged in sources.deliverables_of(session, knowing, held).items():
        judged.sort(key=lambda each: (_WORST_FIRST.index(each.flag), each.id))
        found[row_id] += [
            _fact(FactKind.FLAG, ("Deliverable", each.id), each.title, flag=each.flag) for each in judged[:FLAGS]
        ]
    for some in found.values():
        for position, fact in enumerate(some, start=1):
            fact.position = position
    return found


def told_by(facts: Iterable[RetrospectiveFact]) -> set[Step]:
    """The steps that facts tell of: what was intended where there is a goal or a due time, what happened where there is
    a figure or a flag."""
    told: set[Step] = set()
    for fact in facts:
        if fact.kind is not FactKind.FLAG:
            told.add(Step.INTENDED)
        if any(value is not None for value in (fact.result, fact.stage, fact.progress, fact.seconds, fact.flag)):
            told.add(Step.HAPPENED)
    return told


def _fact(kind: FactKind, source: tuple[str, uuid.UUID], name: str, **values: Any) -> RetrospectiveFact:
    return RetrospectiveFact(kind=kind, source_type=source[0], source_id=source[1], name=name, **values)


def _add_goals(session: Session, viewer: Viewer, held: Sequence[Retrospective], found: Facts) -> None:
    owned = {row_id: some[:GOALS] for row_id, some in sources.goals_of(session, viewer, held).items()}
    every = list({goal.id: goal for some in owned.values() for goal in some}.values())
    if not every:
        return
    measures = goals.measures(session, [goal.id for goal in every])
    said = goal_updates.latest_check_ins(session, [measure.id for some in measures.values() for measure in some])
    stands = dict(zip((goal.id for goal in every), standings(session, viewer, every), strict=True))
    for row_id, some in owned.items():
        for goal in some:
            progress = stands[goal.id].progress
            found[row_id].append(
                _fact(FactKind.GOAL, ("Goal", goal.id), goal.title, status=goal.status, progress=progress)
            )
            found[row_id] += [_measured(each, said) for each in measures.get(goal.id, []) if each.applicable]


def _measured(measure: Measure, said: Mapping[uuid.UUID, uuid.UUID]) -> RetrospectiveFact:
    copied = ("unit", "direction", "start", "target", "low", "high", "target_text", "stage", "measured_at")
    return _fact(
        FactKind.MEASURE,
        ("Measure", measure.id),
        measure.name,
        result=measure.current,
        progress=measure_progress(measure),
        check_in_id=said.get(measure.id),
        **{name: getattr(measure, name) for name in copied},
    )


def _add_delays(session: Session, viewer: Viewer, held: Sequence[Retrospective], found: Facts) -> None:
    projects = tasks.projects_by_ids(session, viewer, [row.project_id for row in held if row.project_id])
    if not projects:
        return
    traced = delays(session, viewer, list(projects.values()), now(), in_working_time=False)
    delayed = dict(zip(projects, traced, strict=True))
    for row in held:
        if row.project_id in projects:
            found[row.id] += _delay(projects[row.project_id], delayed[row.project_id])


def _delay(project: Project, delay: ProjectDelay) -> list[RetrospectiveFact]:
    """The delay, and its parts by cause and person, the largest first; they sum to it."""
    source = ("Project", project.id)
    parts: dict[tuple[str, uuid.UUID], int] = {}
    for charge in delay.charges:
        key = (charge.part.cause.value, charge.person_id)
        parts[key] = parts.get(key, 0) + charge.part.seconds
    ordered = sorted(parts.items(), key=lambda item: (-item[1], item[0]))
    return [
        _fact(FactKind.DELAY, source, project.name, seconds=delay.seconds),
        *(
            _fact(FactKind.DELAY_PART, source, project.name, seconds=seconds, cause=cause, person_id=person_id)
            for (cause, person_id), seconds in ordered
        ),
    ]
