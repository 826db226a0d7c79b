"""The schema as a whole: the root types and the permission map, put together from the domain files.

A domain file brings mixins for `Query`, `Mutation` and `Subscription` and its part of the permission map; they are
listed here and nowhere else.
"""

from __future__ import annotations

from functools import cache

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema import (
    brief_batches,
    brief_mutations,
    briefs,
    chain,
    change_feed,
    channel_mutations,
    channels,
    form_drafts,
    forms,
    goal_changes,
    goal_following,
    goal_mutations,
    goal_overview,
    goal_settings,
    goal_steps,
    goal_transfers,
    goal_types,
    goals,
    inbox,
    intake,
    intake_candidates,
    intake_entries,
    intake_mutations,
    intake_types,
    jobs,
    paper_change_over,
    people,
    process_metrics,
    progress,
    review_standards,
    reviews,
    rewordings,
    smart,
    upload_progress,
    weekly,
    working_time,
)
from schema.batching import root
from schema.catalog import Catalog
from schema.feedback import (
    archive,
    assist,
    comment_imports,
    customers,
    giving,
    growth,
    growth_mutations,
    meetings,
    notes,
    points,
    records,
    retrospective_mutations,
    retrospectives,
    upward,
)
from schema.feedback import settings as feedback_settings
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.projects import (
    acceptance,
    delays,
    deliverable_places,
    deliverables,
    feed_mutations,
    feeds,
    flags,
    task_following,
    task_mutations,
    task_rules,
    tasks,
    templates,
    thresholds,
)
from schema.relay import Node, load_node
from schema.scalars import SCALARS


@strawberry.type(description="Everything that can be read.")
class Query(
    people.PeopleQueries,
    goals.GoalQueries,
    goal_types.GoalListQueries,
    goal_overview.GoalOverviewQueries,
    chain.ChainQueries,
    change_feed.ChangeQueries,
    channels.ChannelQueries,
    goal_changes.GoalChangeQueries,
    goal_settings.GoalSettingQueries,
    goal_transfers.GoalTransferQueries,
    weekly.WeeklyQueries,
    smart.SmartQueries,
    tasks.ProjectQueries,
    feeds.FeedQueries,
    task_rules.TaskRuleQueries,
    reviews.ReviewQueries,
    review_standards.ReviewStandardQueries,
    briefs.BriefQueries,
    brief_batches.BriefBatchQueries,
    notes.FeedbackQueries,
    customers.CustomerCommentQueries,
    comment_imports.CommentImportQueries,
    growth.GrowthQueries,
    assist.AssistQueries,
    points.PointsQueries,
    meetings.MeetingQueries,
    retrospectives.RetrospectiveQueries,
    archive.ArchiveQueries,
    upward.UpwardQueries,
    records.RecordQueries,
    feedback_settings.FeedbackSettingQueries,
    intake.IntakeQueries,
    paper_change_over.ChangeOverQueries,
    process_metrics.ProcessMetricsQueries,
    forms.FormQueries,
    deliverables.DeliverableQueries,
    templates.TemplateQueries,
    form_drafts.FormDraftQueries,
    jobs.JobQueries,
    working_time.WorkingTimeQueries,
):
    node: Node | None = root(
        load_node, description="The object with this global id; null when there is none that the viewer may see."
    )


@strawberry.type(description="Everything that can be changed. Each field is one transaction.")
class Mutation(
    goal_mutations.GoalMutations,
    goal_changes.GoalChangeMutations,
    goal_steps.GoalStepMutations,
    goal_settings.GoalSettingMutations,
    goal_transfers.GoalTransferMutations,
    weekly.WeeklyMutations,
    task_mutations.ProjectMutations,
    feed_mutations.FeedMutations,
    task_rules.TaskRuleMutations,
    giving.GivingMutations,
    customers.CustomerCommentMutations,
    comment_imports.CommentImportMutations,
    growth_mutations.GrowthMutations,
    assist.AssistMutations,
    points.PointsMutations,
    meetings.MeetingMutations,
    retrospective_mutations.RetrospectiveMutations,
    upward.UpwardMutations,
    feedback_settings.FeedbackSettingMutations,
    channel_mutations.ChannelMutations,
    inbox.InboxMutations,
    intake_mutations.IntakeMutations,
    intake_entries.DoubleEntryMutations,
    review_standards.ReviewStandardMutations,
    rewordings.RewordingMutations,
    deliverables.DeliverableMutations,
    acceptance.AcceptanceMutations,
    flags.FlagMutations,
    templates.TemplateMutations,
    brief_mutations.BriefMutations,
    brief_batches.BriefBatchMutations,
    thresholds.ThresholdMutations,
    form_drafts.FormDraftMutations,
    jobs.JobMutations,
    working_time.WorkingTimeMutations,
):
    pass


@strawberry.type(description="Everything that can be followed, over WebSocket or server-sent events.")
class Subscription(
    progress.ProgressSubscriptions,
    upload_progress.UploadSubscriptions,
    inbox.InboxSubscriptions,
    goal_following.GoalSubscriptions,
    task_following.ProjectTaskSubscriptions,
    flags.FlagSubscriptions,
):
    pass


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "node"),
    **grant("Node", VISIBLE, "id"),
    **grant("Connection", VISIBLE, "edges nodes pageInfo"),
    **grant("Edge", VISIBLE, "node cursor"),
    **grant("PageInfo", VISIBLE, "hasNextPage hasPreviousPage startCursor endCursor"),
    **grant("UserError", SIGNED_IN, "code field message"),
    **people.PERMISSIONS,
    **goals.PERMISSIONS,
    **goal_types.PERMISSIONS,
    **goal_mutations.PERMISSIONS,
    **goal_changes.PERMISSIONS,
    **goal_following.PERMISSIONS,
    **goal_overview.PERMISSIONS,
    **chain.PERMISSIONS,
    **change_feed.PERMISSIONS,
    **goal_settings.PERMISSIONS,
    **goal_steps.PERMISSIONS,
    **goal_transfers.PERMISSIONS,
    **weekly.PERMISSIONS,
    **working_time.PERMISSIONS,
    **smart.PERMISSIONS,
    **rewordings.PERMISSIONS,
    **tasks.PERMISSIONS,
    **delays.PERMISSIONS,
    **task_following.PERMISSIONS,
    **task_mutations.PERMISSIONS,
    **feeds.PERMISSIONS,
    **task_rules.PERMISSIONS,
    **feed_mutations.PERMISSIONS,
    **reviews.PERMISSIONS,
    **review_standards.PERMISSIONS,
    **briefs.PERMISSIONS,
    **brief_mutations.PERMISSIONS,
    **brief_batches.PERMISSIONS,
    **notes.PERMISSIONS,
    **assist.PERMISSIONS,
    **giving.PERMISSIONS,
    **customers.PERMISSIONS,
    **comment_imports.PERMISSIONS,
    **growth.PERMISSIONS,
    **growth_mutations.PERMISSIONS,
    **points.PERMISSIONS,
    **meetings.PERMISSIONS,
    **retrospectives.PERMISSIONS,
    **archive.PERMISSIONS,
    **retrospective_mutations.PERMISSIONS,
    **upward.PERMISSIONS,
    **records.PERMISSIONS,
    **feedback_settings.PERMISSIONS,
    **intake.PERMISSIONS,
    **intake_types.PERMISSIONS,
    **intake_candidates.PERMISSIONS,
    **intake_entries.PERMISSIONS,
    **intake_mutations.PERMISSIONS,
    **paper_change_over.PERMISSIONS,
    **process_metrics.PERMISSIONS,
    **forms.PERMISSIONS,
    **deliverables.PERMISSIONS,
    **deliverable_places.PERMISSIONS,
    **acceptance.PERMISSIONS,
    **flags.PERMISSIONS,
    **templates.PERMISSIONS,
    **thresholds.PERMISSIONS,
    **form_drafts.PERMISSIONS,
    **jobs.PERMISSIONS,
    **progress.PERMISSIONS,
    **upload_progress.PERMISSIONS,
    **channels.PERMISSIONS,
    **channel_mutations.PERMISSIONS,
    **inbox.PERMISSIONS,
}


@cache
def catalog() -> Catalog:
    """The schema prepared for execution, made once for each process."""
    schema = strawberry.Schema(
        query=Query, mutation=Mutation, subscription=Subscription, config=StrawberryConfig(scalar_map=SCALARS)
    )
    return Catalog(schema, PERMISSIONS)
