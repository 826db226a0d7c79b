"""Projects, their tasks, updates and comments in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy.orm import Session

from db.base import now
from db.models.projects import tasks as rows
from db.models.projects.rules import TaskRuleRun as TaskRuleRunRow
from db.queries.feedback import agreed
from db.queries.paging import Order, Page, fetch_page, fetch_pages
from db.queries.projects import deliverables, rules
from db.queries.projects import tasks as queries
from resolvers.projects import boards, tracing
from schema.batching import batch, field, root
from schema.context import Context
from schema.feedback.comment_pages import comments_of
from schema.feedback.customers import CustomerComment
from schema.goal_types import Goal, Measure, goal_of, measure_of
from schema.inputs import lookup_text, optional_id
from schema.people import Person, load_people, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.projects.templates import DeliverableTemplate, load_templates
from schema.relay import After, Connection, First, Node, node_type, read_page
from schema.scalars import described_enum

if TYPE_CHECKING:
    from schema.feedback.meetings import OneOnOneAction
    from schema.projects.delays import ProjectDelay
    from schema.projects.deliverables import Deliverable
    from schema.projects.task_rules import TaskRuleRun

described_enum(
    rows.ProjectStatus,
    description="Whether a project goes on.",
    values={"ACTIVE": "It goes on.", "DONE": "It is finished.", "DROPPED": "It was given up."},
)
described_enum(
    rows.TaskStatus,
    description="How a task stands.",
    values={
        "OPEN": "Nobody has begun.",
        "IN_PROGRESS": "It is being worked on.",
        "WAITING": "It stands still until another task or person has done something.",
        "DONE": "It is finished.",
        "DROPPED": "It was given up and counts for nothing.",
    },
)

BY_MAKING = Order((rows.Project.id,))
TASKS_BY_MAKING = Order((rows.ProjectTask.id,))
TASKS_BY_DUE = Order((rows.ProjectTask.due_at, rows.ProjectTask.id))
UPDATES_LATEST_FIRST = Order((rows.TaskUpdate.id,), descending=True)
COMMENTS_IN_TURN = Order((rows.TaskComment.id,))
SEERS = Permission(
    "the project's members (who leads it, or owns or helps with a task, or did), the managers above them, HR, PMO"
)

Linked = Callable[[Session, Sequence[uuid.UUID]], Mapping[uuid.UUID, list[uuid.UUID]]]


def load_projects(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Project | None]:
    """The projects that the viewer may see."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(queries.projects_by_ids(context.session, context.viewer, wanted), ids)


def load_tasks(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.ProjectTask | None]:
    """The tasks that the viewer may see."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(queries.tasks_by_ids(context.session, context.viewer, wanted), ids)


def task_of(attribute: str) -> Callable[[Context, Sequence[Any]], list[rows.ProjectTask | None]]:
    """The batch function of a field that is the task whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[rows.ProjectTask | None]:
        return load_tasks(context, [getattr(parent, attribute) for parent in parents])

    return load


def project_of(context: Context, parents: Sequence[Any]) -> list[rows.Project | None]:
    """The batch function of a field that is the project whose id stands in the parent's row."""
    return load_projects(context, [parent.project_id for parent in parents])


def _people_linked(read: Linked) -> Callable[[Context, Sequence[Any]], list[list[Any]]]:
    """The batch function of the people whose ids a query finds for each parent."""

    def load(context: Context, parents: Sequence[Any]) -> list[list[Any]]:
        found = read(context.session, [parent.id for parent in parents])
        entries = iter(load_people(context, [id_ for parent in parents for id_ in found.get(parent.id, [])]))
        people = [[next(entries) for _ in found.get(parent.id, [])] for parent in parents]
        return [[person for person in some if person is not None] for some in people]

    return load


def _tasks_linked(read: Linked) -> Callable[[Context, Sequence[Any]], list[list[rows.ProjectTask]]]:
    """The batch function of the tasks whose ids a query finds for each parent."""

    def load(context: Context, parents: Sequence[Any]) -> list[list[rows.ProjectTask]]:
        found = read(context.session, [parent.id for parent in parents])
        wanted = {id_ for ids in found.values() for id_ in ids}
        known = queries.tasks_by_ids(context.session, context.viewer, wanted)
        return [[known[id_] for id_ in found.get(parent.id, []) if id_ in known] for parent in parents]

    return load


def _load_updates(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.TaskUpdate | None]:
    statement = queries.updates(context.session, context.viewer).where(rows.TaskUpdate.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@node_type(
    rows.TaskUpdate, load=_load_updates, description="How a task stood from a moment on. Updates are never changed."
)
class ProjectTaskUpdate(Node):
    author: Person | None = batch(person_of("author_id"), description="Who said so; null for a rule of the system.")
    status: rows.TaskStatus = field(description="The status from then on.")
    waiting_for_task: Annotated[ProjectTask, strawberry.lazy("schema.projects.tasks")] | None = batch(
        task_of("waiting_for_task_id"), description="The task that it waited for."
    )
    waiting_for_person: Person | None = batch(
        person_of("waiting_for_person_id"), description="The person that it waited for."
    )
    owner: Person | None = batch(person_of("owner_id"), description="Who owned it then.")
    due_at: datetime.datetime = field(description="When it was due then.")
    note: str | None = field(description="What was said about it.")
    created_at: datetime.datetime = field(description="When.")


def _load_comments(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.TaskComment | None]:
    statement = queries.comments(context.session, context.viewer).where(rows.TaskComment.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@node_type(rows.TaskComment, load=_load_comments, description="Something said about a task.")
class ProjectTaskComment(Node):
    author: Person | None = batch(person_of("author_id"), description="Who wrote it.")
    text: str = field(description="What was written.")
    mentions: list[Person] = batch(_people_linked(queries.mentions), description="The colleagues named in it.")
    created_at: datetime.datetime = field(description="When.")


@strawberry.type(description="A late, silent task was told of.")
class TaskEscalation:
    level: int = field(description="How many managers above the owner; PMO hears of each.")
    since: datetime.datetime = field(description="From when on nobody had said anything.")
    told: int = field(description="How many people were told.")
    escalated_at: datetime.datetime = field(description="When.")


def _escalations(context: Context, parents: Sequence[rows.ProjectTask]) -> list[list[rows.TaskEscalation]]:
    found = queries.escalations(context.session, [task.id for task in parents])
    return [found.get(task.id, []) for task in parents]


def _updates(
    context: Context, parents: Sequence[rows.ProjectTask], first: First = None, after: After = None
) -> list[Page[rows.TaskUpdate]]:
    statement, ids = queries.updates(context.session, context.viewer), [task.id for task in parents]
    parent, order = rows.TaskUpdate.task_id, UPDATES_LATEST_FIRST
    return read_page(
        lambda page: fetch_pages(context.session, statement, order, page, parent=parent, parent_ids=ids), first, after
    )


def _comments(
    context: Context, parents: Sequence[rows.ProjectTask], first: First = None, after: After = None
) -> list[Page[rows.TaskComment]]:
    statement, ids = queries.comments(context.session, context.viewer), [task.id for task in parents]
    parent, order = rows.TaskComment.task_id, COMMENTS_IN_TURN
    return read_page(
        lambda page: fetch_pages(context.session, statement, order, page, parent=parent, parent_ids=ids), first, after
    )


def _handed_in(context: Context, parents: Sequence[rows.ProjectTask]) -> list[list[Any]]:
    found = deliverables.of_tasks(context.session, context.viewer, [task.id for task in parents])
    return [found.get(task.id, []) for task in parents]


def _agreed_actions(context: Context, parents: Sequence[rows.ProjectTask]) -> list[Any]:
    found = agreed.of_tasks(context.session, context.viewer, [task.id for task in parents])
    return [found.get(task.id) for task in parents]


def _causes(context: Context, parents: Sequence[rows.ProjectTask]) -> list[TaskRuleRunRow | None]:
    found = rules.runs_of_tasks(context.session, [task.id for task in parents if task.created_by is None])
    return [found.get(task.id) for task in parents]


def _template(context: Context, parents: Sequence[rows.ProjectTask]) -> list[Any]:
    return load_templates(context, [task.template_id for task in parents])


@node_type(
    rows.ProjectTask,
    load=load_tasks,
    description="One thing that one person answers for, with the deliverable that will show it is done.",
)
class ProjectTask(Node):
    project: Annotated[Project, strawberry.lazy("schema.projects.tasks")] | None = batch(
        project_of, description="The project."
    )
    number: int = field(description="From 1, within the project.")
    title: str = field(description="What is to be done.")
    description: str | None = field(description="More about it.")
    owner: Person | None = batch(person_of("owner_id"), description="Who answers for it.")
    collaborators: list[Person] = batch(_people_linked(queries.collaborators), description="Who helps, at most 50.")
    template: DeliverableTemplate | None = batch(_template, description="The template of what is to be handed in.")
    goal: Goal | None = batch(goal_of("goal_id"), description="The goal it serves, if the viewer may see that.")
    measure: Measure | None = batch(measure_of("measure_id"), description="The key result it serves.")
    planned_start_at: datetime.datetime | None = field(
        description="When it is to begin; null: when what it depends on is due."
    )
    due_at: datetime.datetime = field(description="When it is due.")
    first_due_at: datetime.datetime = field(description="When it was due as first planned.")
    status: rows.TaskStatus = field(description="How it stands.")
    overdue: bool = batch(
        lambda _context, parents: [task.status in rows.UNFINISHED and task.due_at < now() for task in parents],
        description="Whether it is past its due time and not finished.",
    )
    blocked: bool = batch(
        lambda _context, parents: [task.escalation_level > 0 for task in parents],
        description="Whether its managers were told that it is late and silent, and nobody has said anything since.",
    )
    waiting_for_task: Annotated[ProjectTask, strawberry.lazy("schema.projects.tasks")] | None = batch(
        task_of("waiting_for_task_id"), description="The task that it waits for."
    )
    waiting_for_person: Person | None = batch(
        person_of("waiting_for_person_id"), description="The person that it waits for."
    )
    depends_on: list[Annotated[ProjectTask, strawberry.lazy("schema.projects.tasks")]] = batch(
        _tasks_linked(queries.dependencies), description="What must be done before, at most 100."
    )
    started_at: datetime.datetime | None = field(description="When it was first in progress.")
    finished_at: datetime.datetime | None = field(description="When it was done or dropped.")
    reported_at: datetime.datetime | None = field(description="When somebody last said how it stands.")
    deliverables: list[Annotated[Deliverable, strawberry.lazy("schema.projects.deliverables")]] = batch(
        _handed_in, description="What was handed in for it, as far as the viewer may see it."
    )
    updates: Connection[ProjectTaskUpdate] = batch(_updates, description="Its history, the latest first.")
    comments: Connection[ProjectTaskComment] = batch(_comments, description="What was said about it, in turn.")
    customer_comments: Connection[CustomerComment] = batch(
        comments_of("ProjectTask"), description="What customers said of it, as far as the viewer may see it."
    )
    agreed_action: Annotated[OneOnOneAction, strawberry.lazy("schema.feedback.meetings")] | None = batch(
        _agreed_actions,
        description="What it carries out of a talk, for the two who talked, or of a retrospective, for who sees that.",
    )
    escalations: list[TaskEscalation] = batch(_escalations, description="When it was told of as late and silent.")
    created_by: Person | None = batch(person_of("created_by"), description="Who made it; null for a rule.")
    cause: Annotated[TaskRuleRun, strawberry.lazy("schema.projects.task_rules")] | None = batch(
        _causes, description="What happened in the product that made it by rule; null for all others."
    )
    created_at: datetime.datetime = field(description="When it was made.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which tasks to list; every part that is given must hold.")
class ProjectTaskFilter:
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="Owned by this person.")
    collaborator_id: strawberry.ID | None = strawberry.field(default=None, description="Helped by this person.")
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="Serving this goal.")
    statuses: list[rows.TaskStatus] | None = strawberry.field(default=None, description="In one of these states.")
    overdue: bool | None = strawberry.field(default=None, description="True: past the due time and not finished.")
    blocked: bool | None = strawberry.field(default=None, description="Whether managers were told of its silence.")
    waiting_for_person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Marked as waiting for this person, or for a task of this person."
    )


def _wanted(given: ProjectTaskFilter | None) -> queries.WantedTasks:
    wanted = given or ProjectTaskFilter()
    return queries.WantedTasks(
        owner_id=optional_id(wanted.owner_id, "Person", ("filter", "ownerId")),
        collaborator_id=optional_id(wanted.collaborator_id, "Person", ("filter", "collaboratorId")),
        goal_id=optional_id(wanted.goal_id, "Goal", ("filter", "goalId")),
        statuses=wanted.statuses,
        overdue_at=now() if wanted.overdue else None,
        blocked=wanted.blocked,
        waiting_for_person_id=optional_id(wanted.waiting_for_person_id, "Person", ("filter", "waitingForPersonId")),
    )


def _tasks_of_projects(
    context: Context,
    parents: Sequence[rows.Project],
    first: First = None,
    after: After = None,
    filter: ProjectTaskFilter | None = None,
) -> list[Page[rows.ProjectTask]]:
    statement = queries.filtered_tasks(queries.tasks(context.session, context.viewer), _wanted(filter))
    ids, parent, order = [project.id for project in parents], rows.ProjectTask.project_id, TASKS_BY_MAKING
    return read_page(
        lambda page: fetch_pages(context.session, statement, order, page, parent=parent, parent_ids=ids), first, after
    )


def _tasks(
    context: Context, first: First = None, after: After = None, filter: ProjectTaskFilter | None = None
) -> Page[rows.ProjectTask]:
    statement = queries.filtered_tasks(queries.tasks(context.session, context.viewer), _wanted(filter))
    return read_page(lambda page: fetch_page(context.session, statement, TASKS_BY_DUE, page), first, after)


@strawberry.type(description="How many tasks there are of one kind.")
class TaskCount:
    tasks: int = field(description="All.")
    overdue: int = field(description="Of these: past the due time and not finished.")
    blocked: int = field(description="Of these: told of as late and silent.")


@strawberry.type(description="A column of the board.")
class TaskStatusCount(TaskCount):
    status: rows.TaskStatus = field(description="The status.")


@strawberry.type(description="A row of the board.")
class TaskOwnerCount(TaskCount):
    owner: Person | None = batch(person_of("owner_id"), description="The owner.")
    unfinished: int = field(description="Of these: not done and not dropped.")


@strawberry.type(description="A project's tasks in numbers, by status and by owner.")
class ProjectBoard:
    by_status: list[TaskStatusCount] = field(description="Every status, in order.")
    by_owner: list[TaskOwnerCount] = field(description="Everybody who owns a task, the most unfinished first.")


def _boards(context: Context, parents: Sequence[rows.Project]) -> list[boards.Board]:
    return boards.boards(context.session, [project.id for project in parents], now())


def _delays(
    context: Context,
    parents: Sequence[rows.Project],
    in_working_time: Annotated[
        bool, strawberry.argument(description="Count working time by the organisation's calendar.")
    ] = False,
) -> list[tracing.ProjectDelay]:
    return tracing.delays(context.session, context.viewer, parents, now(), in_working_time=in_working_time)


@node_type(rows.Project, load=load_projects, description="Work of several teams towards one end, cut into tasks.")
class Project(Node):
    name: str = field(description="What it is called.")
    description: str | None = field(description="More about it.")
    lead: Person | None = batch(person_of("lead_id"), description="Who leads it.")
    members: list[Person] = batch(
        _people_linked(queries.members), description="Who leads it, or owns or helps with a task of it, or did."
    )
    goal: Goal | None = batch(goal_of("goal_id"), description="The goal it serves, if the viewer may see that.")
    status: rows.ProjectStatus = field(description="Whether it goes on.")
    starts_at: datetime.datetime | None = field(description="When it is to begin.")
    due_at: datetime.datetime | None = field(description="When it is due; null: when its last task is.")
    first_due_at: datetime.datetime | None = field(description="When it was due as first planned.")
    ended_at: datetime.datetime | None = field(description="When it was done or dropped.")
    board: ProjectBoard = batch(_boards, description="Its tasks in numbers.")
    tasks: Connection[ProjectTask] = batch(_tasks_of_projects, description="Its tasks, in the order of making.")
    customer_comments: Connection[CustomerComment] = batch(
        comments_of("Project"),
        description="What customers said of it and its tasks, as far as the viewer may see it.",
    )
    delay: Annotated[ProjectDelay, strawberry.lazy("schema.projects.delays")] = batch(
        _delays, description="How late it is, and who waited for whom."
    )
    created_by: Person | None = batch(person_of("created_by"), description="Who made it.")
    created_at: datetime.datetime = field(description="When it was made.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which projects to list; every part that is given must hold.")
class ProjectFilter:
    lead_id: strawberry.ID | None = strawberry.field(default=None, description="Led by this person.")
    member_id: strawberry.ID | None = strawberry.field(default=None, description="With this person as a member.")
    goal_id: strawberry.ID | None = strawberry.field(default=None, description="Serving this goal.")
    status: rows.ProjectStatus | None = strawberry.field(default=None, description="In this state.")
    search: str | None = strawberry.field(default=None, description="With these words in the name.")


def _projects(
    context: Context, first: First = None, after: After = None, filter: ProjectFilter | None = None
) -> Page[rows.Project]:
    given = filter or ProjectFilter()
    wanted = queries.WantedProjects(
        lead_id=optional_id(given.lead_id, "Person", ("filter", "leadId")),
        member_id=optional_id(given.member_id, "Person", ("filter", "memberId")),
        goal_id=optional_id(given.goal_id, "Goal", ("filter", "goalId")),
        status=given.status,
        words=lookup_text(given.search, ("filter", "search")),
    )
    statement = queries.filtered_projects(queries.projects(context.session, context.viewer), wanted)
    return read_page(lambda page: fetch_page(context.session, statement, BY_MAKING, page), first, after)


def _load_policies(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.ProjectPolicy | None]:
    own = context.viewer.organization_id
    return [queries.policy(context.session, context.viewer) if id_ == own else None for id_ in ids]


@node_type(
    rows.ProjectPolicy,
    load=_load_policies,
    description="When silence about late tasks is told, in hours of working time.",
)
class ProjectPolicy(Node):
    first_hours: int = field(description="From the due time, without an update since. By default 2.")
    silence_hours: int | None = field(
        description="From an update made after the due time; null: an update ends it for good. By default 18."
    )
    repeat_hours: int = field(description="From one level to the next. By default 9.")
    levels: int = field(description="How far up it goes. By default 3.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.type
class ProjectQueries:
    projects: Connection[Project] = root(_projects, description="The projects that the viewer may see.")
    project_tasks: Connection[ProjectTask] = root(
        _tasks, description="The tasks of all projects that the viewer may see, by their due times."
    )
    project_policy: ProjectPolicy = root(
        lambda context: queries.policy(context.session, context.viewer),
        description="The organisation's limits for late tasks.",
    )


def _chain_tasks(context: Context, goals: Sequence[Any]) -> list[list[rows.ProjectTask]]:
    found = queries.tasks_serving(context.session, context.viewer, [goal.id for goal in goals])
    return [found.get(goal.id, []) for goal in goals]


@strawberry.type
class TaskLinks:
    """What the board brings to the chain of one goal, see `schema.chain`."""

    tasks: list[ProjectTask] = batch(
        _chain_tasks, description="The 50 latest tasks that serve it, as far as the viewer may see them."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "projects projectTasks projectPolicy"),
    **grant("Chain", SEERS, "tasks"),
    **grant(
        "Project",
        SEERS,
        "id name description lead members goal status startsAt dueAt firstDueAt endedAt board tasks "
        "customerComments delay createdBy createdAt version",
    ),
    **grant("ProjectBoard", SEERS, "byStatus byOwner"),
    **grant("TaskStatusCount", SEERS, "status tasks overdue blocked"),
    **grant("TaskOwnerCount", SEERS, "owner tasks overdue blocked unfinished"),
    **grant(
        "ProjectTask",
        SEERS,
        "id project number title description owner collaborators template goal measure plannedStartAt dueAt "
        "firstDueAt status overdue blocked waitingForTask waitingForPerson dependsOn startedAt finishedAt reportedAt "
        "deliverables updates comments customerComments agreedAction escalations createdBy cause createdAt version",
    ),
    **grant(
        "ProjectTaskUpdate",
        SEERS,
        "id author status waitingForTask waitingForPerson owner dueAt note createdAt",
    ),
    **grant("ProjectTaskComment", SEERS, "id author text mentions createdAt"),
    **grant("TaskEscalation", SEERS, "level since told escalatedAt"),
    **grant("ProjectPolicy", SIGNED_IN, "id firstHours silenceHours repeatHours levels version"),
}
