"""The week's key action, its scan, and the health check of goals in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from db.models import goal_updates as rows
from db.queries import goal_updates
from db.queries.paging import Order, Page, fetch_page
from db.viewer import Role
from resolvers.goals import healthchecks, weekly
from resolvers.goals.inputs import monday_of
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.goal_types import Goal, goal_of
from schema.goals import Cycle, cycle_of
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.ActionOutcome,
    description="What became of a key action.",
    values={"OPEN": "The week is not closed yet.", "DONE": "Finished.", "NOT_DONE": "Not finished."},
)
described_enum(
    rows.WitnessAnswer,
    description="What the witness says.",
    values={"ASKED": "Nothing yet.", "SEEN": "Saw it finished.", "NOT_SEEN": "Did not see it finished."},
)
described_enum(
    rows.HealthVerdict,
    description="What came of looking at a person's goals in mid-cycle.",
    values={
        "KEEP": "They stand as they are.",
        "CHANGE": "A change request is to follow.",
        "SUPPORT": "They stand; the person needs help.",
    },
)

LATEST_WEEK_FIRST = Order((rows.WeeklyAction.week, rows.WeeklyAction.id), descending=True)
CHECKS_IN_TURN = Order((rows.GoalHealthCheck.id,))
ACTION_SEERS = Permission("the person, the witness, the managers above and HR")
CHECK_SEERS = Permission("the person, the reviewer, the managers above and HR")


def _load_actions(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.WeeklyAction | None]:
    statement = goal_updates.weekly_actions(context.session, context.viewer).where(rows.WeeklyAction.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@node_type(rows.WeeklyAction, load=_load_actions, description="The one thing a person must finish in a week.")
class WeeklyAction(Node):
    person: Person | None = batch(person_of("person_id"), description="Whose action it is.")
    week: datetime.date = field(description="The Monday of the week.")
    goal_text: str = field(description="My goal, in the person's own words.")
    goal: Goal | None = batch(goal_of("goal_id"), description="The goal it serves, if it is linked to one.")
    must_finish: str = field(description="What must be finished.")
    witness: Person | None = batch(person_of("witness_id"), description="The colleague who is asked as witness.")
    witness_answer: rows.WitnessAnswer = field(description="What the witness says.")
    witnessed_at: datetime.datetime | None = field(description="When the witness answered.")
    outcome: rows.ActionOutcome = field(description="What became of it.")
    closed_at: datetime.datetime | None = field(description="When that was said.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which weekly actions to list; every part that is given must hold.")
class WeeklyActionFilter:
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Of this person.")
    witness_id: strawberry.ID | None = strawberry.field(default=None, description="Witnessed by this person.")
    week: datetime.date | None = strawberry.field(default=None, description="Of the week with this day.")


def _actions(
    context: Context, first: First = None, after: After = None, filter: WeeklyActionFilter | None = None
) -> Page[rows.WeeklyAction]:
    wanted = filter or WeeklyActionFilter()
    statement = goal_updates.filtered_actions(
        goal_updates.weekly_actions(context.session, context.viewer),
        person_id=optional_id(wanted.person_id, "Person", ("filter", "personId")),
        witness_id=optional_id(wanted.witness_id, "Person", ("filter", "witnessId")),
        week=None if wanted.week is None else monday_of(wanted.week),
    )
    return read_page(lambda page: fetch_page(context.session, statement, LATEST_WEEK_FIRST, page), first, after)


@dataclass(frozen=True, slots=True)
class _Asked:
    person_id: uuid.UUID
    times: int


@strawberry.type(description="How often a colleague was asked as witness.")
class WitnessCount:
    person: Person | None = batch(person_of("person_id"), description="The colleague.")
    times: int = field(description="How often.")


@strawberry.type(description="A week of a team at a glance.")
class WeeklyScan:
    week: datetime.date = field(description="The Monday of the week.")
    people: int = field(description="People of the team.")
    planned: int = field(description="Key actions written down.")
    completion_percent: Decimal | None = field(description="Of these: finished, in percent.")
    linked_percent: Decimal | None = field(description="Of these: linked to a goal, in percent.")
    witnessed_percent: Decimal | None = field(description="Of these: answered by the witness, in percent.")
    witnesses: list[WitnessCount] = batch(
        lambda _context, scans: [[_Asked(*pair) for pair in scan.witnesses] for scan in scans],
        description="Who was asked how often, the most often asked first.",
    )


def _scan(
    context: Context,
    week: Annotated[datetime.date, strawberry.argument(description="Any day of the week that is asked about.")],
    department_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="Only people of this department and those below it.")
    ] = None,
) -> weekly.WeeklyScan:
    return weekly.weekly_scan(
        context.session, context.viewer, week, optional_id(department_id, "Department", ("departmentId",))
    )


def _load_checks(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.GoalHealthCheck | None]:
    statement = goal_updates.health_checks(context.session, context.viewer).where(rows.GoalHealthCheck.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@node_type(
    rows.GoalHealthCheck, load=_load_checks, description="The look at one person's goals in the middle of a cycle."
)
class GoalHealthCheck(Node):
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="The cycle.")
    person: Person | None = batch(person_of("person_id"), description="Whose goals are looked at.")
    reviewer: Person | None = batch(person_of("reviewer_id"), description="The manager when it was opened.")
    verdict: rows.HealthVerdict | None = field(description="What came of it; null while it is open.")
    note: str | None = field(description="What was said.")
    completed_by: Person | None = batch(person_of("completed_by"), description="Who completed it.")
    completed_at: datetime.datetime | None = field(description="When.")
    created_at: datetime.datetime = field(description="When the system opened it.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which health checks to list; every part that is given must hold.")
class GoalHealthCheckFilter:
    cycle_id: strawberry.ID | None = strawberry.field(default=None, description="Of this cycle.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Of this person's goals.")
    reviewer_id: strawberry.ID | None = strawberry.field(default=None, description="For this manager.")
    open: bool | None = strawberry.field(default=None, description="True: not completed yet; false: completed.")


def _checks(
    context: Context, first: First = None, after: After = None, filter: GoalHealthCheckFilter | None = None
) -> Page[rows.GoalHealthCheck]:
    wanted = filter or GoalHealthCheckFilter()
    statement = goal_updates.filtered_checks(
        goal_updates.health_checks(context.session, context.viewer),
        cycle_id=optional_id(wanted.cycle_id, "Cycle", ("filter", "cycleId")),
        person_id=optional_id(wanted.person_id, "Person", ("filter", "personId")),
        reviewer_id=optional_id(wanted.reviewer_id, "Person", ("filter", "reviewerId")),
        still_open=wanted.open,
    )
    return read_page(lambda page: fetch_page(context.session, statement, CHECKS_IN_TURN, page), first, after)


@strawberry.type
class WeeklyQueries:
    weekly_actions: Connection[WeeklyAction] = root(_actions, description="Weekly key actions, the latest week first.")
    weekly_scan: WeeklyScan = root(
        _scan, description="The week of the people for whom the viewer answers, of one department or of all."
    )
    goal_health_checks: Connection[GoalHealthCheck] = root(
        _checks, description="Health checks of goals, in the order of opening."
    )


@strawberry.input(description="The key action of a week: my goal, the one thing, a witness.")
class PlanWeeklyActionInput:
    goal_text: str = strawberry.field(description="My goal, in one's own words; at most 300 characters.")
    must_finish: str = strawberry.field(description="The one thing that must be finished; at most 20 characters.")
    witness_id: strawberry.ID = strawberry.field(description="A colleague.")
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="The goal it serves.")
    goal_code: str | None = strawberry.field(default=None, description="Or that goal's code.")
    week: datetime.date | None = strawberry.field(
        default=None, description="Any day of the week, at most four weeks ahead; by default this week."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Another key action in place of an open one.")
class ReplanWeeklyActionInput:
    id: strawberry.ID = strawberry.field(description="The action.")
    goal_text: str = strawberry.field(description="My goal, in one's own words.")
    must_finish: str = strawberry.field(description="The one thing that must be finished; at most 20 characters.")
    witness_id: strawberry.ID = strawberry.field(description="A colleague, who is asked anew.")
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="The goal it serves.")
    goal_code: str | None = strawberry.field(default=None, description="Or that goal's code.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Whether one's key action was finished.")
class CloseWeeklyActionInput:
    id: strawberry.ID = strawberry.field(description="The action.")
    done: bool = strawberry.field(description="Whether it was finished.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What the witness saw.")
class WitnessWeeklyActionInput:
    id: strawberry.ID = strawberry.field(description="The action.")
    seen: bool = strawberry.field(description="Whether it was seen finished.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What came of looking at a person's goals.")
class CompleteGoalHealthCheckInput:
    id: strawberry.ID = strawberry.field(description="The health check.")
    verdict: rows.HealthVerdict = strawberry.field(description="What came of it.")
    note: str | None = strawberry.field(default=None, description="More about it.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The key action.")
class WeeklyActionPayload:
    action: WeeklyAction | None = field(description="The action; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The key action.")
class PlanWeeklyActionPayload(WeeklyActionPayload):
    pass


@strawberry.type(description="The key action.")
class ReplanWeeklyActionPayload(WeeklyActionPayload):
    pass


@strawberry.type(description="The key action.")
class CloseWeeklyActionPayload(WeeklyActionPayload):
    pass


@strawberry.type(description="The key action.")
class WitnessWeeklyActionPayload(WeeklyActionPayload):
    pass


@strawberry.type(description="The health check.")
class CompleteGoalHealthCheckPayload:
    check: GoalHealthCheck | None = field(description="The health check; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _draft(input: PlanWeeklyActionInput | ReplanWeeklyActionInput, week: datetime.date | None) -> weekly.ActionDraft:
    return weekly.ActionDraft(
        goal_text=input.goal_text,
        must_finish=input.must_finish,
        witness_id=decode_id(input.witness_id, "Person", at=("input", "witnessId")),
        goal_id=optional_id(input.goal_id, "Goal", ("input", "goalId")),
        goal_code=input.goal_code,
        week=week,
    )


def _plan(context: Context, input: PlanWeeklyActionInput) -> Mapping[str, Any]:
    return {"action": weekly.plan_week(context.session, context.viewer, _draft(input, input.week))}


def _replan(context: Context, input: ReplanWeeklyActionInput) -> Mapping[str, Any]:
    action_id = decode_id(input.id, "WeeklyAction", at=("input", "id"))
    draft = _draft(input, None)
    return {"action": weekly.replan_week(context.session, context.viewer, action_id, draft, input.expected_version)}


def _close(context: Context, input: CloseWeeklyActionInput) -> Mapping[str, Any]:
    action_id = decode_id(input.id, "WeeklyAction", at=("input", "id"))
    return {"action": weekly.close_week(context.session, context.viewer, action_id, input.done, input.expected_version)}


def _witness(context: Context, input: WitnessWeeklyActionInput) -> Mapping[str, Any]:
    action_id = decode_id(input.id, "WeeklyAction", at=("input", "id"))
    return {"action": weekly.answer_as_witness(context.session, context.viewer, action_id, input.seen)}


def _complete(context: Context, input: CompleteGoalHealthCheckInput) -> Mapping[str, Any]:
    check = healthchecks.complete_health_check(
        context.session,
        context.viewer,
        decode_id(input.id, "GoalHealthCheck", at=("input", "id")),
        verdict=input.verdict,
        note=input.note,
        expected_version=input.expected_version,
    )
    return {"check": check}


@strawberry.type
class WeeklyMutations:
    plan_weekly_action: PlanWeeklyActionPayload = mutation(_plan, description="Write down one's key action of a week.")
    replan_weekly_action: ReplanWeeklyActionPayload = mutation(_replan, description="Change one's open key action.")
    close_weekly_action: CloseWeeklyActionPayload = mutation(
        _close, description="Say whether one's key action was finished."
    )
    witness_weekly_action: WitnessWeeklyActionPayload = mutation(
        _witness, description="Answer as the witness of a colleague's key action."
    )
    complete_goal_health_check: CompleteGoalHealthCheckPayload = mutation(
        _complete, description="Complete the health check of a person's goals. For the managers above that person."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "weeklyActions goalHealthChecks"),
    **grant("Query", only(Role.MANAGER, Role.HR), "weeklyScan"),
    **grant(
        "Mutation",
        SIGNED_IN,
        "planWeeklyAction replanWeeklyAction closeWeeklyAction witnessWeeklyAction completeGoalHealthCheck",
    ),
    **grant(
        "WeeklyAction",
        ACTION_SEERS,
        "id person week goalText goal mustFinish witness witnessAnswer witnessedAt outcome closedAt version",
    ),
    **grant(
        "WeeklyScan",
        only(Role.MANAGER, Role.HR),
        "week people planned completionPercent linkedPercent witnessedPercent witnesses",
    ),
    **grant("WitnessCount", only(Role.MANAGER, Role.HR), "person times"),
    **grant(
        "GoalHealthCheck",
        CHECK_SEERS,
        "id cycle person reviewer verdict note completedBy completedAt createdAt version",
    ),
}
