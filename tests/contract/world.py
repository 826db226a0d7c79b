"""Organisations with everything in them, for the access matrix: a row of every table behind a type of the schema."""

from __future__ import annotations

import datetime
import inspect
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, Session

from db.base import Base, now
from db.files import FileStore
from db.inbox import notify
from db.jobs import enqueue
from db.models.briefs import Audience, Brief, BriefEvidence, BriefStatus, DocumentFormat, EvidenceSource, Voice
from db.models.events import AccessEvent, RequestReceipt
from db.models.feedback.customers import CustomerComment, CustomerCommentImport
from db.models.feedback.growth import GrowthEntry, GrowthRecording, GrowthTodo, TranscriptionState
from db.models.feedback.meetings import CoachingCommitment, OneOnOne, OneOnOneAction
from db.models.feedback.notes import FeedbackVisibility
from db.models.feedback.points import PointsRedemption, RedemptionStatus
from db.models.feedback.retrospectives import (
    FactKind,
    Occasion,
    Retrospective,
    RetrospectiveEdition,
    RetrospectiveEntry,
    RetrospectiveFact,
    RetrospectiveParticipant,
    RetrospectiveState,
    Step,
)
from db.models.feedback.upward import RoundStatus, UpwardNote, UpwardRound
from db.models.goal_updates import TableFormat
from db.models.inbox import NotificationCode
from db.models.people import Organization, Person
from db.models.projects.deliverables import Deliverable
from db.models.projects.rules import TaskRule, TaskRuleRun
from db.models.projects.tasks import Project, ProjectTask, TaskDependency
from db.models.projects.templates import DeliverableTemplate
from db.models.registry import METADATA
from db.models.reviews import Review
from db.queries.people import DirectoryEntry
from db.session import Database
from db.viewer import Viewer
from ocr.forms import shipped
from ocr.proposal.contract import Proposal
from resolvers.briefs.batches import BatchWanted, request_batch
from resolvers.feedback.giving import FeedbackDraft, Words, give_feedback
from resolvers.feedback.settings import add_phrase
from resolvers.form_drafts import Blank, record_proposal, register
from resolvers.intake.confirmation import Confirmation, Entry, confirm_document
from resolvers.rewording import request_for_feedback
from schema.relay import NODES, encode_id
from schema.root import catalog
from tests.paper import FORM, PaperCompany, jpeg, make_paper_company, read_document, unknown_document
from tests.projects import judge_p95, publish, read_deliverable, report

TABLES: dict[type, type] = {DirectoryEntry: Person}
"""The table behind a type whose values are no rows of a table."""
NODE_TYPES = sorted(type_.name for type_ in catalog().schema.get_possible_types(catalog().schema.type_map["Node"]))  # type: ignore[arg-type]
_UNWATCHED = {AccessEvent.__table__, RequestReceipt.__table__}


CHECKED = [Entry("improvements", None)]


@dataclass(frozen=True)
class World:
    """An organisation with at least one row of each type."""

    company: PaperCompany
    rows: Mapping[str, list[Any]]
    """By the name of the type."""

    @property
    def viewers(self) -> Mapping[str, Viewer]:
        return self.company.viewers

    def ids(self, type_name: str) -> list[str]:
        return [encode_id(type_name, row.id) for row in self.rows[type_name]]


def table_of(type_name: str) -> type[Any]:
    row = NODES[type_name].row
    return TABLES.get(row, row)


def make_world(database: Database, files: FileStore) -> World:
    """A company with a confirmed review and a deliverable of the manager's report, a document that waits, jobs, and one
    of all else."""
    company = make_paper_company(database, files)
    done = read_document(database, files, company)
    read_document(database, files, company, content=jpeg(90), doubtful=["grade"])
    unknown_document(database, files, company, content=jpeg(91))
    with database.begin(company.scope) as session:
        confirm_document(session, company.viewers["manager"], done, Confirmation(CHECKED))
        _propose_form(session, company, files)
        enqueue(session, company.viewers["director"], "intake.read", {})
        notify(
            session,
            company.viewers["director"],
            [company.people["report"].id],
            NotificationCode.MENTIONED,
            key="told",
        )
        session.add_all(_brief(session, company))
        request_batch(
            session,
            company.viewers["hr"],
            BatchWanted(company.next_cycle.id, None, Audience.LINE, "zh", [DocumentFormat.PDF]),
        )
        template = publish(session, company.viewers["pmo"])
        judge_p95(session, company.viewers["pmo"], template)
        read_deliverable(session, files, company.viewers["report"], template, report(900))
        _depending_tasks(session, company)
        _made_by_rule(session, company)
        _give(session, company)
        _customers(session, company, files)
        _grow(session, company, files)
        _look_back(session, company)
        for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__):
            _ensure(session, company, mapper.class_)
    with database.begin(company.scope, write=False) as session:
        rows = {name: list(session.scalars(sa.select(table_of(name)))) for name in NODE_TYPES}
    return World(company, {**rows, "Organization": [company.organization]})


def _made_by_rule(session: Session, company: PaperCompany) -> None:
    """A task that a rule made because of another one."""
    owned = {"organization_id": company.organization.id}
    cause, made = session.scalars(sa.select(ProjectTask).order_by(ProjectTask.number).limit(2)).all()
    rule = _ensure(session, company, TaskRule)
    rule.number = 2  # it was edited: `_ensure` makes a row of what it was like before
    run = {
        "rule_id": rule.id,
        "rule_number": 1,
        "cause": "x",
        "happened_at": now(),
        "chain": [],
    }
    session.add(TaskRuleRun(**owned, **run, subject_type="ProjectTask", subject_id=cause.id, task_id=made.id))
    session.flush()


def _depending_tasks(session: Session, company: PaperCompany) -> None:
    """A task that depends on another one: two different rows of one table."""
    owned = {"organization_id": company.organization.id}
    shared = {
        **owned,
        "project_id": _ensure(session, company, Project).id,
        "title": "x",
        "owner_id": _ensure(session, company, Person).id,
        "template_id": _ensure(session, company, DeliverableTemplate).id,
        "due_at": now(),
        "first_due_at": now(),
    }
    first, second = (ProjectTask(**shared, number=number) for number in (1, 2))
    session.add_all([first, second])
    session.flush()
    session.add(TaskDependency(**owned, task_id=second.id, depends_on_id=first.id))
    session.flush()


def _brief(session: Session, company: PaperCompany) -> list[Any]:
    """A brief for the line, whose evidence is the confirmed review of the manager's report."""
    review = session.scalars(sa.select(Review)).one()
    owned = {"organization_id": company.organization.id}
    brief = Brief(
        **owned,
        id=uuid.uuid4(),
        subject_id=review.subject_id,
        cycle_id=review.cycle_id,
        audience=Audience.LINE,
        language="zh",
        edition=1,
        digest="0" * 64,
        status=BriefStatus.READY,
    )
    evidence = BriefEvidence(
        **owned,
        brief_id=brief.id,
        position=1,
        source=EvidenceSource.REVIEW,
        source_id=review.id,
        voice=Voice.MANAGER,
        text="9月的盘点没有差错。",
    )
    return [brief, evidence]


def _propose_form(session: Session, company: PaperCompany, files: FileStore) -> None:
    """A form of the company's own that waits to be looked over."""
    blank = shipped.load(FORM)
    draft = register(session, company.viewers["hr"], files, Blank(jpeg(61), "blank.jpg", "house-form"))
    proposal = Proposal(blank.template, blank.blank_pages, shipped.blank_pdf(FORM))
    record_proposal(session, company.viewers["hr"], files, draft.id, proposal)


def _give(session: Session, company: PaperCompany) -> None:
    """The colleague's feedback about the report: for both, and for the line alone."""
    for visibility in (FeedbackVisibility.RECEIVER, FeedbackVisibility.LINE):
        draft = FeedbackDraft(
            company.subject.id, Words("发布前主动补了回滚脚本"), visibility, "尚未与本人谈过", draft_id=uuid.uuid4()
        )
        given = give_feedback(session, company.viewers["colleague"], draft)
    request_for_feedback(session, company.viewers["colleague"], given.id)
    add_phrase(session, company.viewers["report"], "谢谢支援")
    owned: dict[str, Any] = {"organization_id": company.organization.id}
    round_ = UpwardRound(
        **owned,
        subject_id=company.people["manager"].id,
        closes_on=now().date(),
        minimum=4,
        status=RoundStatus.RELEASED,
    )
    session.add(round_)
    session.flush()
    session.add(UpwardNote(**owned, round_id=round_.id, text="评审太晚"))
    manager_id, report_id = company.people["manager"].id, company.subject.id
    pair: dict[str, Any] = {**owned, "manager_id": manager_id, "report_id": report_id}
    session.add(
        CoachingCommitment(**pair, quarter=now().date(), author_id=manager_id, position=1, text="每周辅导一小时")
    )
    wish = PointsRedemption(
        **owned, person_id=company.subject.id, points=1, wish="咖啡", status=RedemptionStatus.REQUESTED
    )
    session.add(wish)
    session.flush()


def _customers(session: Session, company: PaperCompany, files: FileStore) -> None:
    """What a customer said of the manager's report, what one said of a project alone, and the manager's table."""
    owned: dict[str, Any] = {"organization_id": company.organization.id, "source": "crm", "said_on": now().date()}
    named = CustomerComment(
        **owned, source_id="1", text="响应很快", subject_id=company.subject.id, recorded_by=company.people["pmo"].id
    )
    project_id = _ensure(session, company, Project).id
    table = CustomerCommentImport(
        organization_id=company.organization.id,
        file_id=files.put(session, company.organization.id, b"a,b", "text/csv").id,
        requested_by=company.people["manager"].id,
        format=TableFormat.CSV,
        dry_run=True,
        errors=[],
    )
    session.add_all([table, named, CustomerComment(**owned, source_id="2", text="交付准时", project_id=project_id)])
    session.flush()


def _grow(session: Session, company: PaperCompany, files: FileStore) -> None:
    """The report's growth log: an entry with a voice note, and one that is shared."""
    owned: dict[str, Any] = {"organization_id": company.organization.id}
    for shared in (False, True):
        entry = GrowthEntry(
            **owned, id=uuid.uuid4(), person_id=company.subject.id, written_on=now().date(), text="x", shared=shared
        )
        session.add(entry)
        session.flush()
        session.add(GrowthTodo(**owned, entry_id=entry.id, person_id=entry.person_id, text="x"))
        file = files.put(session, company.organization.id, b"RIFF" + entry.id.bytes, "audio/wav")
        session.add(
            GrowthRecording(**owned, entry_id=entry.id, file_id=file.id, state=TranscriptionState.NOT_CONFIGURED)
        )
    session.flush()


def _look_back(session: Session, company: PaperCompany) -> None:
    """Retrospectives of the manager on the report's cycle: a finished one with a fact, and an open one. In each, as in
    a talk of the two, something is agreed."""
    owned: dict[str, Any] = {"organization_id": company.organization.id}
    manager_id = company.people["manager"].id
    talk = OneOnOne(**owned, manager_id=manager_id, report_id=company.subject.id, held_on=now().date())
    session.add(talk)
    session.flush()
    pair = {"meeting_id": talk.id, "manager_id": talk.manager_id, "report_id": talk.report_id}
    session.add(OneOnOneAction(**owned, **pair, owner_id=manager_id, text="x"))
    for finished_at in (now(), None):
        held = Retrospective(
            **owned,
            person_id=company.subject.id,
            cycle_id=company.next_cycle.id,
            occasion=Occasion.ENDED,
            facilitator_id=manager_id,
            state=RetrospectiveState.FINISHED if finished_at else RetrospectiveState.OPEN,
            written_at=now(),
            finished_at=finished_at,
        )
        session.add(held)
        session.flush()
        finished_by = manager_id if finished_at else None
        edition = RetrospectiveEdition(
            **owned, retrospective_id=held.id, number=1, finished_at=finished_at, finished_by=finished_by
        )
        part = RetrospectiveParticipant(**owned, retrospective_id=held.id, person_id=manager_id)
        session.add_all(
            [edition, part, OneOnOneAction(**owned, retrospective_id=held.id, owner_id=manager_id, text="x")]
        )
        session.flush()
        session.add(
            RetrospectiveEntry(**owned, edition_id=edition.id, author_id=manager_id, step=Step.CAUSES, text="x")
        )
        source = {"source_type": "Deliverable", "source_id": session.scalars(sa.select(Deliverable.id)).one()}
        if finished_at:
            session.add(
                RetrospectiveFact(**owned, **source, edition_id=edition.id, position=1, kind=FactKind.FLAG, name="x")
            )
    session.flush()


def snapshot(database: Database, company: PaperCompany) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the organisation, but for the access log and receipts."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with database.begin(company.scope, write=False) as session:
        for table in METADATA.sorted_tables:
            if table in _UNWATCHED:
                continue
            owner = table.c["organization_id" if "organization_id" in table.c else "id"]
            rows = session.execute(sa.select(table).where(owner == company.organization.id))
            found[table.name] = sorted(tuple(map(str, row)) for row in rows)
    return found


def _ensure(session: Session, company: PaperCompany, model: type[Any]) -> Any:
    """A row of the table in the organisation: one that is there, or one made of plain values."""
    if model is Organization:
        return company.organization
    row = session.scalars(sa.select(model).limit(1)).first()
    if row is not None:
        return row
    mapper: Mapper[Any] = sa.inspect(model)
    values: dict[str, Any] = {}
    for column in mapper.columns:
        name = mapper.get_property_by_column(column).key
        if name == "organization_id":
            values[name] = company.organization.id
        elif column.foreign_keys and not column.nullable:
            (key,) = column.foreign_keys
            values[name] = getattr(_ensure(session, company, _model(key.column.table)), key.column.name)
        elif not column.nullable and column.default is None and column.autoincrement is not True:
            # Growing numbers: what opens before it closes, and begins before it ends, does so here too.
            values[name] = _json(model, name) if isinstance(column.type, sa.JSON) else _plain(column, len(values))
    made = model(**values)
    session.add(made)
    session.flush()
    return made


def _model(table: sa.Table) -> type[Any]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)


def _json(model: type[Any], name: str) -> Any:
    """An empty list or object, whichever the column is declared to hold."""
    annotations: dict[str, Any] = {}
    for base in reversed(model.__mro__):  # a column may stand on a mixin
        annotations |= inspect.get_annotations(base)
    return [] if "list[" in str(annotations[name]) else {}


def _plain(column: sa.Column[Any], number: int) -> Any:
    """Some value that fits a column."""
    kind = column.type
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return next(iter(kind.enum_class))
    python_type = (kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind).python_type
    values: dict[type, Any] = {
        str: "x",
        bool: False,
        int: number,
        Decimal: Decimal(number),
        datetime.datetime: now(),
        datetime.date: now().date(),
        uuid.UUID: uuid.uuid4(),
    }
    return values[python_type]
