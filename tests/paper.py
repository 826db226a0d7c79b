"""A company with paper: a manager with a report, HR, colleagues, the standard form, and readings made by hand.

A reading made here is what a reader would hand over, as data: tests of what follows a reading need no pictures.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.goals import Cycle
from db.models.intake import FormVersion, IntakeDocument, Sheet
from db.models.people import Organization, Person
from db.queries import intake
from db.session import Database, Scope
from db.viewer import Role, Viewer, system_viewer
from ocr.contract import (
    Code,
    Confidence,
    FieldReading,
    FieldStatus,
    FieldType,
    FormReading,
    FormTemplate,
    MatchedBy,
    PageGlance,
    PageReading,
    Retake,
    Suggestion,
    TemplateCandidate,
)
from ocr.forms import shipped
from resolvers.forms import publish_form, template_of
from resolvers.intake import inspection
from resolvers.intake import reading as use_cases
from resolvers.intake.uploads import ReceivedFile, UploadDraft, receive_upload
from tests.factories import make_cycle, make_department, make_organization, make_person, viewer_of

FORM = "quarterly-review"

VALUES: dict[str, str | None] = {
    "employee_name": "刘晓雯",
    "staff_number": "T1006",
    "department": "研发部",
    "period": "2026年第三季度",
    "reviewer": "王立国",
    "score_results": "4",
    "score_quality": "5",
    "score_collaboration": "3",
    "score_initiative": "4",
    "score_learning": "5",
    "grade": "B",
    "key_achievements": "支付网关延迟下降38%",
    "improvements": None,
    "next_goals": "完成灰度发布",
    "signature": "present",
    "signed_on": "2026-10-09",
}
"""What stands on the form of T1006, written by T1005."""
SCORE = "4.15"
"""(30x4 + 25x5 + 20x3 + 15x4 + 10x5) / 100."""


def jpeg(shade: int = 200, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small grey photograph; another shade is another photograph."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(buffer, "JPEG")
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class PaperCompany:
    """People with the staff numbers of the form: T1005 leads T1006 and T1007, T1002 leads T1005."""

    organization: Organization
    cycle: Cycle
    next_cycle: Cycle
    form: FormVersion
    people: Mapping[str, Person]
    viewers: Mapping[str, Viewer]
    """By what they are: director, manager, report, colleague, stranger (another line's manager), hr, pmo,
    administrator, committee."""

    @property
    def scope(self) -> Scope:
        return Scope(self.organization.id)

    @property
    def template(self) -> FormTemplate:
        return template_of(self.form)

    @property
    def subject(self) -> Person:
        return self.people["report"]


def make_paper_company(database: Database, files: FileStore) -> PaperCompany:
    """An organisation with the standard form published, committed."""
    organization = make_organization(database)
    with database.begin(Scope(organization.id)) as session:
        research = make_department(session, organization, "RD")
        research.name_zh, research.name_en = "研发部", "Research and Development"
        everybody = (Role.EMPLOYEE,)
        people: dict[str, Person] = {}
        roles: dict[str, tuple[Role, ...]] = {}

        def hire(what: str, name: str, number: str, manager: str | None, *more: Role) -> None:
            roles[what] = (*everybody, *more)
            people[what] = make_person(
                session,
                organization,
                name,
                staff_number=number,
                manager=people[manager] if manager else None,
                department=research,
                roles=roles[what],
            )

        hire("director", "林思远", "T1002", None, Role.MANAGER)
        hire("manager", "王立国", "T1005", "director", Role.MANAGER)
        hire("report", "刘晓雯", "T1006", "manager")
        hire("colleague", "赵一鸣", "T1007", "manager")
        hire("stranger", "孙佳宁", "T1009", None, Role.MANAGER)
        hire("hr", "何静怡", "T1012", "director", Role.HR)
        hire("pmo", "黄志强", "T1010", "director", Role.PMO)
        hire("administrator", "许可欣", "T1014", "director", Role.ADMINISTRATOR)
        hire("committee", "周明轩", "T1001", None, Role.COMMITTEE)
        cycle = make_cycle(session, organization, "2026Q3")
        next_cycle = make_cycle(session, organization, "2026Q4")
        form = publish_form(session, system_viewer(organization.id), files, shipped.load(FORM), shipped.blank_pdf(FORM))
    viewers = {what: viewer_of(person, *roles[what]) for what, person in people.items()}
    return PaperCompany(organization, cycle, next_cycle, form, people, viewers)


def make_sheet(session: Session, company: PaperCompany, subject: Person | None = None) -> Sheet:
    """A printed sheet, by default for the manager's report."""
    sheet = Sheet(
        id=uuid.uuid4(),
        organization_id=company.organization.id,
        form_version_id=company.form.id,
        subject_id=(subject or company.subject).id,
        cycle_id=company.cycle.id,
    )
    session.add(sheet)
    session.flush()
    return sheet


def read_as(
    template: FormTemplate,
    values: Mapping[str, str | None],
    *,
    sheet_id: uuid.UUID | None = None,
    doubtful: Iterable[str] = (),
    unreadable: Iterable[str] = (),
    pages: int = 1,
) -> FormReading:
    """What a reader hands over that read these values: sure of all but the doubtful ones; None is empty."""
    fields = tuple(
        _field(template, key, value, key in set(doubtful), key in set(unreadable)) for key, value in values.items()
    )
    return FormReading(
        template_key=template.key,
        template_version=template.version,
        matched_by=MatchedBy.MARKERS,
        score=0.99,
        sheet_id=sheet_id.hex if sheet_id else None,
        pages=(_page(),) * pages,
        fields=fields,
    )


def retake(reason: Retake) -> FormReading:
    """What a reader hands over that wants another picture."""
    return FormReading(None, None, MatchedBy.NONE, 0.0, None, (_page(MatchedBy.NONE),), (), reason)


def _page(matched_by: MatchedBy = MatchedBy.MARKERS) -> PageReading:
    return PageReading(1, 64, 48, jpeg(180), matched_by, 30, 33, 0.31)


def _field(template: FormTemplate, key: str, value: str | None, doubtful: bool, unreadable: bool) -> FieldReading:
    field = next(field for field in template.fields if field.key == key)
    if unreadable:
        status, value, recognition = FieldStatus.UNREADABLE, None, 0.1
    elif value is None:
        status, recognition = FieldStatus.EMPTY, 0.99
    elif doubtful:
        status, recognition = FieldStatus.LOW_CONFIDENCE, 0.62
    else:
        status, recognition = FieldStatus.READ, 0.99
    ticked = field.type in (FieldType.CHOICE, FieldType.SCORE)
    return FieldReading(
        key=key,
        label=field.label,
        type=field.type,
        page=field.page,
        value=value,
        raw_text="" if ticked or value is None else value,
        confidence=Confidence(recognition=recognition, registration=0.97),
        status=status,
        box=((1.0, 2.0), (11.0, 2.0), (11.0, 8.5), (1.0, 8.5)),
        crop=jpeg(150, (20, 8)),
    )


def hand_in(
    session: Session, files: FileStore, viewer: Viewer, content: bytes | None = None, **more: object
) -> IntakeDocument:
    """Upload a photograph and return its document."""
    draft = UploadDraft([ReceivedFile(content or jpeg(), "photo.jpg")], **more)  # type: ignore[arg-type]
    upload = receive_upload(session, viewer, files, draft)
    (document,) = intake.documents_of_uploads(session, viewer, [upload.id])[upload.id]
    return document


def glanced(number: int = 1, sheet: uuid.UUID | None = None, **more: Any) -> PageGlance:
    """What a glance at a page hands over, by default of one without a code."""
    code = Code(FORM, 1, number, sheet.hex) if sheet else None
    return PageGlance(jpeg(170), 64, 48, code, **more)


def inspect_as(
    session: Session, files: FileStore, viewer: Viewer, upload_id: uuid.UUID, *pages: Sequence[PageGlance]
) -> None:
    """Record an inspection that found these pages in the upload's files, by default one page in each."""
    for place, file in enumerate(inspection.files_to_inspect(session, viewer, upload_id) or []):
        found = pages[place] if pages else [glanced()]
        assert inspection.begin_file(session, file.id, len(found))
        for number, glance in enumerate(found, start=1):
            inspection.keep_page(session, files, file.id, number, glance)
    inspection.settle_upload(session, viewer, upload_id)


def read_document(
    database: Database,
    files: FileStore,
    company: PaperCompany,
    *,
    viewer: Viewer | None = None,
    content: bytes | None = None,
    values: Mapping[str, str | None] = VALUES,
    sheet: bool = True,
    subject: Person | None = None,
    doubtful: Iterable[str] = (),
    unreadable: Iterable[str] = (),
) -> uuid.UUID:
    """Upload a photograph as the manager (or `viewer`), record a reading of it, commit, and return its document."""
    by = viewer or company.viewers["manager"]
    with database.begin(company.scope) as session:
        document = hand_in(session, files, by, content)
        sheet_id = make_sheet(session, company, subject).id if sheet else None
        inspect_as(session, files, by, document.upload_id)
        assert use_cases.begin_reading(session, by, document.id)
        reading = read_as(company.template, values, sheet_id=sheet_id, doubtful=doubtful, unreadable=unreadable)
        use_cases.record_reading(session, by, files, document.id, reading)
        return document.id


def unknown_document(
    database: Database,
    files: FileStore,
    company: PaperCompany,
    *,
    content: bytes | None = None,
    suggestions: Sequence[Suggestion] = (),
) -> uuid.UUID:
    """Upload a photograph as the manager, record that its form was not recognised, and return its document."""
    by = company.viewers["manager"]
    candidate = TemplateCandidate(company.template.key, company.template.version, 0.41)
    reading = FormReading(
        None,
        None,
        MatchedBy.NONE,
        0.0,
        None,
        (_page(MatchedBy.NONE),),
        (),
        candidates=(candidate, TemplateCandidate("gone", 9, 0.3)),
        suggestions=tuple(suggestions),
    )
    with database.begin(company.scope) as session:
        document = hand_in(session, files, by, content)
        inspect_as(session, files, by, document.upload_id)
        assert use_cases.begin_reading(session, by, document.id)
        use_cases.record_reading(session, by, files, document.id, reading)
        return document.id
