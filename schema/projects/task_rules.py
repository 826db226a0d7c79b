"""Rules by which what happens in the product makes tasks, and what became of them, in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models.projects import rules as rows
from db.queries.paging import Order, Page, fetch_page, fetch_pages
from db.queries.projects import rules as queries
from resolvers.inbox import path_of
from resolvers.projects import task_rules as use_cases
from resolvers.projects.words import rule_failure_text
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.projects.task_plans import EditPlanInput, PlanInput, PlannedTasks, PlanRevision, planned
from schema.projects.tasks import ProjectTask, task_of
from schema.relay import After, Connection, First, Node, decode_id, load_references, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.RuleTrigger,
    name="TaskRuleTrigger",
    description="What happens in the product that makes a task.",
    values={
        "DELIVERABLE_RED": "The flag of a deliverable turns red.",
        "GOAL_AT_RISK": "A check-in finds a goal at risk or behind for the second time running.",
        "TASK_BLOCKED": "The silence about a late task reaches the rule's level.",
    },
)
described_enum(
    rows.RuleOwner,
    name="TaskRuleOwner",
    description="Who owns the tasks of a rule.",
    values={
        "SUBJECT_OWNER": "Whoever owns the deliverable, goal or task that it happened to.",
        "GOAL_OWNER": "Whoever owns the goal that this serves, or that it is.",
        "NAMED": "The person whom the rule names.",
    },
)
described_enum(
    rows.RuleFailure,
    name="TaskRuleFailure",
    description="Why a rule made no task.",
    values={
        "PROJECT_ENDED": "Its project is done or dropped.",
        "TEMPLATE_RETIRED": "Its template is not used any more.",
        "OWNER_LEFT": "Who would own the task has left.",
        "NOBODY_OWNS": "It happened to something without an owner, or that serves no goal.",
        "NOBODY_HELPS": "None of its collaborators is there besides the owner, nor the project's lead.",
        "NO_WORKING_TIME": "The calendar has no working days by which the task could be due.",
        "GOAL_GONE": "The goal or key result is not there any more.",
    },
)

BY_MAKING = Order((rows.TaskRule.id,))
LATEST_FIRST = Order((rows.TaskRuleRun.id,), descending=True)
SEERS = Permission("PMO, administrators and HR; for everybody else there are none")
RUN_SEERS = Permission("who sees the task that was made; all of them: PMO, administrators and HR")


def _load(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.TaskRule | None]:
    wanted = [id_ for id_ in ids if id_ is not None]
    found = context.session.scalars(queries.rules(context.viewer).where(rows.TaskRule.id.in_(wanted)))
    return loaded({row.id: row for row in found}, ids)


def _revisions(context: Context, parents: Sequence[rows.TaskRule]) -> list[list[rows.TaskRuleRevision]]:
    found = queries.revisions(context.session, [rule.id for rule in parents])
    return [found.get(rule.id, []) for rule in parents]


def _runs(
    context: Context, parents: Sequence[rows.TaskRule], first: First = None, after: After = None
) -> list[Page[rows.TaskRuleRun]]:
    statement, ids, parent = queries.runs(context.viewer), [rule.id for rule in parents], rows.TaskRuleRun.rule_id
    return read_page(
        lambda page: fetch_pages(context.session, statement, LATEST_FIRST, page, parent=parent, parent_ids=ids),
        first,
        after,
    )


def _subjects(context: Context, parents: Sequence[rows.TaskRuleRun]) -> list[Any]:
    about = [(run.subject_type, run.subject_id) for run in parents]
    found = load_references(context, about)
    return [found.get(reference) for reference in about]


def _texts(context: Context, parents: Sequence[rows.TaskRuleRun]) -> list[str | None]:
    return [rule_failure_text(run.reason, context.locale) if run.reason is not None else None for run in parents]


@strawberry.type(description="What the tasks of a rule were like until it was edited. It never changes.")
class TaskRuleRevision(PlanRevision):
    owner_from: rows.RuleOwner = field(description="Who owned its tasks.")


@strawberry.type(description="A rule fired: the task that it made, or why it made none.")
class TaskRuleRun:
    rule: TaskRule | None = batch(
        lambda context, parents: _load(context, [run.rule_id for run in parents]),
        description="The rule; null for who does not see rules.",
    )
    rule_number: int = field(description="The rule's number then: it says what it was like.")
    subject: Node | None = batch(
        _subjects, description="The deliverable, goal or task that it happened to; null when the reader may not see it."
    )
    link: str = batch(
        lambda _context, parents: [path_of(run.subject_type, run.subject_id) for run in parents],
        description="Where a front end shows that: a path below its own address.",
    )
    happened_at: datetime.datetime = field(description="When it happened.")
    task: ProjectTask | None = batch(task_of("task_id"), description="The task that was made.")
    reason: rows.RuleFailure | None = field(description="Why none was made.")
    reason_text: str | None = batch(_texts, description="The same and what to do, in the viewer's language.")


@node_type(rows.TaskRule, load=_load, description="When this happens in the product, make a task like that.")
class TaskRule(PlannedTasks, Node):
    trigger: rows.RuleTrigger = field(description="What has to happen.")
    level: int | None = field(description="For blocked tasks: how far up its silence was told.")
    owner_from: rows.RuleOwner = field(description="Who owns its tasks.")
    number: int = field(description="Of what its tasks are like now, from 1; grows with every edit.")
    revisions: list[TaskRuleRevision] = batch(
        _revisions, description="What its tasks were like before it was edited, the latest first."
    )
    disabled_at: datetime.datetime | None = field(description="From then on it does nothing; null: it is in force.")
    runs: Connection[TaskRuleRun] = batch(_runs, description="What became of it, the latest first.")
    created_by: Person | None = batch(person_of("created_by"), description="Who set it, or edited it the last time.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="What is to make which task.")
class AddTaskRuleInput(PlanInput):
    trigger: rows.RuleTrigger = strawberry.field(description="What has to happen.")
    level: int | None = strawberry.field(
        default=None, description="For blocked tasks, and for these alone: how far up the silence was told, 1 to 10."
    )
    owner_from: rows.RuleOwner = strawberry.field(description="Who owns them.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="The owner, if NAMED.")


@strawberry.input(description="What a rule's tasks are to be like from now on; what is left out or null stays.")
class EditTaskRuleInput(EditPlanInput):
    owner_from: rows.RuleOwner | None = strawberry.field(default=None, description="Who owns them.")


@strawberry.input(description="Whether a rule is in force.")
class EnableTaskRuleInput:
    id: strawberry.ID = strawberry.field(description="The rule.")
    enabled: bool = strawberry.field(description="False: it does nothing from now on.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The rule.")
class AddTaskRulePayload:
    rule: TaskRule | None = field(description="The rule; null when nothing was done.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The rule.")
class EditTaskRulePayload(AddTaskRulePayload):
    pass


@strawberry.type(description="The rule.")
class EnableTaskRulePayload(AddTaskRulePayload):
    pass


def _add(context: Context, input: AddTaskRuleInput) -> Mapping[str, Any]:
    plan = {"owner_id": None, **planned(input)}
    draft = use_cases.TaskRuleDraft(trigger=input.trigger, level=input.level, owner_from=input.owner_from, **plan)
    return {"rule": use_cases.add_task_rule(context.session, context.viewer, draft)}


def _edit(context: Context, input: EditTaskRuleInput) -> Mapping[str, Any]:
    rule_id = decode_id(input.id, "TaskRule", at=("input", "id"))
    values = planned(input)
    if input.owner_from is not None:
        values["owner_from"] = input.owner_from
    return {"rule": use_cases.edit_task_rule(context.session, context.viewer, rule_id, values, input.expected_version)}


def _enable(context: Context, input: EnableTaskRuleInput) -> Mapping[str, Any]:
    rule_id = decode_id(input.id, "TaskRule", at=("input", "id"))
    return {
        "rule": use_cases.enable_task_rule(
            context.session, context.viewer, rule_id, input.enabled, input.expected_version
        )
    }


def _rules(context: Context, first: First = None, after: After = None) -> Page[rows.TaskRule]:
    statement = queries.rules(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, BY_MAKING, page), first, after)


def _failures(context: Context, first: First = None, after: After = None) -> Page[rows.TaskRuleRun]:
    statement = queries.runs(context.viewer).where(rows.TaskRuleRun.reason.is_not(None))
    return read_page(lambda page: fetch_page(context.session, statement, LATEST_FIRST, page), first, after)


@strawberry.type
class TaskRuleQueries:
    task_rules: Connection[TaskRule] = root(_rules, description="The rules that make tasks of what happens.")
    task_rule_failures: Connection[TaskRuleRun] = root(
        _failures, description="When rules made no task, and why; the latest first."
    )


@strawberry.type
class TaskRuleMutations:
    add_task_rule: AddTaskRulePayload = mutation(
        _add, description="Let a red deliverable, a goal at risk or a blocked task make a task from now on."
    )
    edit_task_rule: EditTaskRulePayload = mutation(
        _edit,
        description="Let a rule's tasks be like that from now on; what it made stays and says which version made it.",
    )
    enable_task_rule: EnableTaskRulePayload = mutation(
        _enable, description="Let a rule fire, or not any more; what it made stays."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "taskRules taskRuleFailures"),
    **grant("Mutation", only(*queries.RULE_ROLES), "addTaskRule editTaskRule enableTaskRule"),
    **grant(
        "TaskRule",
        SEERS,
        "id trigger level project title ownerFrom owner collaborators template dueHours number revisions disabledAt "
        "runs createdBy version",
    ),
    **grant(
        "TaskRuleRevision",
        SEERS,
        "number project title ownerFrom owner collaborators template dueHours createdBy createdAt",
    ),
    **grant("TaskRuleRun", RUN_SEERS, "rule ruleNumber subject link happenedAt task reason reasonText"),
}
