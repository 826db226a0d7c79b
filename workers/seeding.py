"""The invented company with its published forms, for development and the demo."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.feedback.retrospectives import Retrospective, Step
from db.models.projects.templates import DeliverableTemplate, ThresholdDirection
from db.queries.projects import templates
from db.seed.company import ORGANIZATION_ID, bind_sheet, cycle_id, person_id, seed_company, stable_id
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer, system_viewer
from ml.metrics.contract import RequirementKind
from resolvers.feedback.agreed import ActionDraft
from resolvers.feedback.retrospective_subjects import Subject
from resolvers.feedback.retrospectives import (
    Contribution,
    EntryDraft,
    OpeningDraft,
    finish_retrospective,
    open_retrospective,
    write_retrospective,
)
from resolvers.projects.templates import LabelledRequirement, TemplateDraft, publish_template
from resolvers.projects.thresholds import ThresholdDraft, set_threshold
from workers.founding import furnish

PHOTOGRAPH = Path(__file__).parent / "demo" / "review-photo.jpg"
_DESCRIPTION = PHOTOGRAPH.with_suffix(".json")

LOAD_TEST = TemplateDraft(
    key="load-test-report",
    title_zh="压测报告",
    title_en="Load-test report",
    requirements=(
        LabelledRequirement("concurrency", RequirementKind.METRIC, "并发数", "Concurrency", metric="concurrency"),
        LabelledRequirement("p95", RequirementKind.METRIC, "P95 响应时间", "p95 latency", metric="latency_p95"),
        LabelledRequirement(
            "cpu",
            RequirementKind.PICTURE,
            "CPU 峰值截图",
            "CPU peak screenshot",
            words=("CPU 峰值", "CPU peak", "CPU max"),
        ),
        LabelledRequirement(
            "errors",
            RequirementKind.SECTION,
            "错误日志摘要",
            "Summary of errors",
            words=("错误日志", "错误类型", "error log"),
        ),
    ),
)
"""The template that the company starts with."""

LOOKED_BACK: Mapping[str, Sequence[EntryDraft]] = {
    "T1005": (
        EntryDraft(Step.INTENDED, "第三季度把支付网关的 P95 响应时间压到 500 ms 以内，并完成两次全链路压测。"),
        EntryDraft(Step.HAPPENED, "P95 在 9 月降到 470 ms；压测只完成一次，第二次因测试环境推迟到 10 月。"),
        EntryDraft(Step.CHANGE, "立项当天就预订测试环境，不等到开发完成。"),
    ),
    "T1006": (EntryDraft(Step.CAUSES, "测试环境排期比计划晚了两周，我们到 8 月底才去申请。"),),
    "T1008": (
        EntryDraft(Step.KEEP, "Load tests run from the same scripts every week, so the figures can be compared."),
    ),
}
"""What people of the company wrote in the retrospective on the backend's quarter, by staff number."""


def photograph_truth() -> dict[str, Any]:
    """What is written on the demo's photographed form: `{sheet_id, template: {key}, values: {field: value}, …}`."""
    truth: dict[str, Any] = json.loads(_DESCRIPTION.read_text("utf-8"))
    return truth


def seed(settings: Settings) -> None:
    """Write the invented company, publish the shipped forms and a template of load-test reports in it, enter the sheet
    of the demo's photograph, and hold a retrospective.

    Doing it again changes nothing.
    """
    truth = photograph_truth()
    database = Database(settings)
    files = FileStore(settings.files_url)
    viewer = system_viewer(ORGANIZATION_ID)
    try:
        with database.begin(Scope(ORGANIZATION_ID)) as session:
            seed_company(session)
            form_id = furnish(session, viewer, files)[truth["template"]["key"]]
            bind_sheet(session, uuid.UUID(hex=truth["sheet_id"]), truth["values"]["staff_number"], form_id)
            _publish_load_test(session, viewer)
            _look_back(session)
    finally:
        database.close()


def _publish_load_test(session: Session, viewer: Viewer) -> None:
    known = session.scalars(templates.visible_to(viewer).where(DeliverableTemplate.key == LOAD_TEST.key)).first()
    if known is not None:
        return
    template = publish_template(session, viewer, LOAD_TEST)
    for metric, unit, green, yellow in (("latency_p95", "ms", "500", "800"), ("error_rate", "%", "0.5", "1")):
        draft = ThresholdDraft(
            template.id,
            metric,
            unit,
            ThresholdDirection.AT_MOST,
            green_high=Decimal(green),
            yellow_high=Decimal(yellow),
        )
        set_threshold(session, viewer, draft)


def _look_back(session: Session) -> None:
    """The retrospective of the backend team on the company's quarter, unless there is one."""
    if session.scalars(sa.select(Retrospective.id).limit(1)).first() is not None:
        return
    authors = {number: Viewer(ORGANIZATION_ID, person_id(number)) for number in LOOKED_BACK}
    lead = Viewer(ORGANIZATION_ID, person_id("T1005"), frozenset({Role.MANAGER}))
    draft = OpeningDraft(
        Subject("Department", stable_id("department", "RD"), cycle_id()),
        [viewer.person_id for viewer in authors.values() if viewer.person_id],
        reason="后端组第三季度复盘",
    )
    held = open_retrospective(session, lead, draft)
    for number, entries in LOOKED_BACK.items():
        actions = [ActionDraft("预订 11 月的压测环境", person_id("T1006"))] if number == "T1006" else []
        write_retrospective(session, authors[number], held.id, Contribution(entries, actions), None)
    finish_retrospective(session, lead, held.id, None)
