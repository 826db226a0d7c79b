"""Templates of deliverables in the schema: what a file must contain, and how its metrics are judged."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from db.models.projects import templates as rows
from db.queries.paging import Order, Page, fetch_page
from db.queries.projects import templates
from ml.metrics.contract import MetricDefinition, RequirementKind
from resolvers.projects import templates as publishing
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, localized, person_of
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant, only
from schema.projects.thresholds import TemplateThresholds
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.scalars import described_enum

described_enum(
    RequirementKind,
    name="DeliverableRequirementKind",
    description="What a template may require of a file.",
    values={
        "METRIC": "A measured value of a metric.",
        "PICTURE": "A picture, known by its caption or by the words in it.",
        "SECTION": "A heading with something below it.",
    },
)

BY_KEY = Order((rows.DeliverableTemplate.key, rows.DeliverableTemplate.id))


def load_templates(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.DeliverableTemplate | None]:
    """The templates of the organisation."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(templates.by_ids(context.session, context.viewer, wanted), ids)


def template_of(attribute: str) -> Any:
    """The batch function of a field that is the template whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[rows.DeliverableTemplate | None]:
        return load_templates(context, [getattr(parent, attribute) for parent in parents])

    return load


def _newest(
    context: Context, parents: Sequence[rows.DeliverableTemplate]
) -> list[rows.DeliverableTemplateVersion | None]:
    found = templates.newest_versions(context.session, [parent.id for parent in parents])
    return [found.get(parent.id) for parent in parents]


def _versions(
    context: Context, parents: Sequence[rows.DeliverableTemplate]
) -> list[list[rows.DeliverableTemplateVersion]]:
    found = templates.versions(context.session, [parent.id for parent in parents])
    return [found.get(parent.id, []) for parent in parents]


def _requirements(
    _context: Context, parents: Sequence[rows.DeliverableTemplateVersion]
) -> list[list[publishing.LabelledRequirement]]:
    return [publishing.labelled_requirements(parent) for parent in parents]


def _definitions(_context: Context, parents: Sequence[rows.DeliverableTemplateVersion]) -> list[list[MetricDefinition]]:
    return [list(publishing.definitions_of(parent)) for parent in parents]


@strawberry.type(description="Something that must be in the file.")
class DeliverableRequirement:
    key: str = field(description="Its key in checklists.")
    kind: RequirementKind = field(description="What it is.")
    label: str = batch(localized("label"), description="What people call it.")
    words: list[str] = field(description="A heading, caption or picture that has one of these counts.")
    metric: str | None = field(description="Name of the metric, for METRIC.")


@strawberry.type(description="A metric of the template's own, found by table column, label or pattern.")
class DeliverableMetric:
    name: str = field(description="Its name in readings and thresholds.")
    aliases: list[str] = field(description="What files call it.")
    unit: str = field(description="Its unit.")
    pattern: str | None = field(description="Regular expression over one line.")
    column: str | None = field(description="Title of the table column that holds it.")


@strawberry.type(description="A published template. It never changes.")
class DeliverableTemplateVersion:
    number: int = field(description="From 1.")
    title: str = batch(localized("title"), description="What people call the template.")
    requirements: list[DeliverableRequirement] = batch(_requirements, description="What must be in the file.")
    metrics: list[DeliverableMetric] = batch(_definitions, description="Metrics beyond those that are always known.")
    published_by: Person | None = batch(person_of("published_by"), description="Who published it.")
    created_at: datetime.datetime = field(description="When.")


@node_type(
    rows.DeliverableTemplate, load=load_templates, description="A kind of deliverable, such as a load-test report."
)
class DeliverableTemplate(TemplateThresholds, Node):
    key: str = field(description="Short and unique in the organisation.")
    current: DeliverableTemplateVersion | None = batch(_newest, description="The newest version.")
    versions: list[DeliverableTemplateVersion] = batch(_versions, description="All versions, the newest first.")
    retired_at: datetime.datetime | None = field(description="From then on nothing new is handed in under it.")
    version: int = field(description="Changes with every change; for expectedVersion.")


def _templates(context: Context, first: First = None, after: After = None) -> Page[rows.DeliverableTemplate]:
    statement = templates.visible_to(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, BY_KEY, page), first, after)


@strawberry.input(description="Something that must be in the file.")
class DeliverableRequirementInput:
    key: str = strawberry.field(description="Its key in checklists; unique in the template.")
    kind: RequirementKind = strawberry.field(description="What it is.")
    label_zh: str = strawberry.field(description="What people call it in Chinese.")
    label_en: str = strawberry.field(description="What people call it in English.")
    words: list[str] = strawberry.field(
        default_factory=list,
        description="For PICTURE and SECTION: words of its caption, heading or content, in any language; one suffices.",
    )
    metric: str | None = strawberry.field(default=None, description="For METRIC: its name, such as `latency_p95`.")


@strawberry.input(description="A metric of the template's own.")
class DeliverableMetricInput:
    name: str = strawberry.field(description="Its name in readings and thresholds.")
    aliases: list[str] = strawberry.field(default_factory=list, description="What files call it, in any language.")
    unit: str | None = strawberry.field(default=None, description="Its unit; `count` without.")
    pattern: str | None = strawberry.field(
        default=None, description="Regular expression over one line, with a group `value` and perhaps a group `scope`."
    )
    column: str | None = strawberry.field(default=None, description="Title of the table column that holds it.")


@strawberry.input(description="A template to publish: a new one with its key, or a new version of one with its id.")
class PublishDeliverableTemplateInput:
    title_zh: str = strawberry.field(description="What people call it in Chinese.")
    title_en: str = strawberry.field(description="What people call it in English.")
    id: strawberry.ID | None = strawberry.field(default=None, description="The template that gets a new version.")
    key: str | None = strawberry.field(default=None, description="Key of a new template.")
    requirements: list[DeliverableRequirementInput] = strawberry.field(
        default_factory=list, description="What must be in the file."
    )
    metrics: list[DeliverableMetricInput] = strawberry.field(
        default_factory=list, description="Metrics beyond those that are always known."
    )
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The published template.")
class PublishDeliverableTemplatePayload:
    template: DeliverableTemplate | None = field(description="The template; null when nothing was published.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.input(description="Which template is no longer used.")
class RetireDeliverableTemplateInput:
    id: strawberry.ID = strawberry.field(description="Global id of the template.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The retired template.")
class RetireDeliverableTemplatePayload:
    template: DeliverableTemplate | None = field(description="The template; null when it could not be retired.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _publish(context: Context, input: PublishDeliverableTemplateInput) -> Mapping[str, Any]:
    draft = publishing.TemplateDraft(
        title_zh=input.title_zh,
        title_en=input.title_en,
        key=input.key,
        requirements=[
            publishing.LabelledRequirement(
                each.key, each.kind, each.label_zh, each.label_en, tuple(each.words), each.metric
            )
            for each in input.requirements
        ],
        definitions=[strawberry.asdict(each) for each in input.metrics],
    )
    template_id = optional_id(input.id, "DeliverableTemplate", ("input", "id"))
    template = publishing.publish_template(context.session, context.viewer, draft, template_id, input.expected_version)
    return {"template": template}


def _retire(context: Context, input: RetireDeliverableTemplateInput) -> Mapping[str, Any]:
    template_id = decode_id(input.id, "DeliverableTemplate", at=("input", "id"))
    template = publishing.retire_template(context.session, context.viewer, template_id, input.expected_version)
    return {"template": template}


@strawberry.type
class TemplateQueries:
    deliverable_templates: Connection[DeliverableTemplate] = root(
        _templates, description="The templates of deliverables, by key."
    )


@strawberry.type
class TemplateMutations:
    publish_deliverable_template: PublishDeliverableTemplatePayload = mutation(
        _publish, description="Publish a template or a new version of one; files handed in before keep theirs."
    )
    retire_deliverable_template: RetireDeliverableTemplatePayload = mutation(
        _retire, description="Hand in nothing new under a template; what was handed in stays."
    )


_PUBLISHERS = only(*publishing.TEMPLATE_ROLES)

PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "deliverableTemplates"),
    **grant("Mutation", _PUBLISHERS, "publishDeliverableTemplate retireDeliverableTemplate"),
    **grant("DeliverableTemplate", SIGNED_IN, "id key current versions thresholds retiredAt version"),
    **grant("DeliverableTemplateVersion", VISIBLE, "number title requirements metrics publishedBy createdAt"),
    **grant("DeliverableRequirement", VISIBLE, "key kind label words metric"),
    **grant("DeliverableMetric", VISIBLE, "name aliases unit pattern column"),
}
