"""Two people check chosen fields of a form; neither sees the other's values before; a third decides."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from db.files import FileStore
from db.models.inbox import Notification
from db.models.intake import IntakeCheck, IntakeEntry, IntakeField
from db.models.reviews import Review
from db.session import Database
from resolvers.errors import DomainError
from resolvers.intake.confirmation import Confirmation, Entry, confirm_document
from schema.relay import encode_id
from tests.contract.world import snapshot
from tests.paper import SCORE, VALUES, PaperCompany, jpeg, make_paper_company, read_document
from tests.schema.client import Api, codes
from tests.statements import counted

SET = """
mutation($input: SetDoubleEntryInput!) { setDoubleEntry(input: $input) {
  template { key doubleEntry { fields version } } errors { code field } } }
"""
CONFIRM = """
mutation($input: ConfirmIntakeDocumentInput!) { confirmIntakeDocument(input: $input) {
  review { id score grade comment confirmedBy { staffNumber } answers { key value source } }
  document { status waitsFor viewerMayAct disputedFields } errors { code field message } } }
"""
DOCUMENT = """
query($id: ID!) { node(id: $id) { ... on IntakeDocument {
  status waitsFor viewerMayAct doubleEntryFields disputedFields version
  checks { person { staffNumber } subject { staffNumber } cycle { key } }
  fields { key value entries { value person { staffNumber } } } } } }
"""
WAITING = """
query($waits: [IntakeWait!]) { intakeDocuments(filter: {waitsFor: $waits}) { nodes { id viewerMayAct
  doubleEntryFields checks { person { staffNumber } } fields { entries { value } } } } }
"""
GRADE, QUALITY, DEEDS = "grade", "score_quality", "key_achievements"
DOUBLE = [QUALITY, GRADE, DEEDS]
SAME = {GRADE: "B", QUALITY: "５", DEEDS: "支付网关延迟下降38％"}
"""What stands on the form, written otherwise."""
MANAGER, DIRECTOR, HR = "T1005", "T1002", "T1012"


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


@pytest.fixture
def document(api: Api, database: Database, files: FileStore, company: PaperCompany) -> uuid.UUID:
    """A read document of a form with three fields that two people check."""
    choose(api, company, [GRADE, DEEDS, QUALITY])
    return read_document(database, files, company, doubtful=["improvements"])


def choose(api: Api, company: PaperCompany, fields: list[str], who: str = "hr", **more: Any) -> dict[str, Any]:
    values = {"formTemplateId": encode_id("FormTemplate", company.form.id), "fields": fields, **more}
    payload: dict[str, Any] = api.data(company.viewers[who], SET, {"input": values})["setDoubleEntry"]
    return payload


def enter(
    api: Api, company: PaperCompany, who: str, document: uuid.UUID, said: Mapping[str, str | None], **more: Any
) -> dict[str, Any]:
    fields = [{"key": key, "value": value} for key, value in said.items()]
    values = {"id": encode_id("IntakeDocument", document), "fields": fields, **more}
    payload: dict[str, Any] = api.data(company.viewers[who], CONFIRM, {"input": values})["confirmIntakeDocument"]
    return payload


def seen(api: Api, company: PaperCompany, who: str, document: uuid.UUID) -> dict[str, Any]:
    """The document as somebody sees it, its entries by field: (value, who)."""
    node: dict[str, Any] = api.data(company.viewers[who], DOCUMENT, {"id": encode_id("IntakeDocument", document)})[
        "node"
    ]
    fields = node.pop("fields")
    node["said"] = {
        field["key"]: [(entry["value"], entry["person"]["staffNumber"]) for entry in field["entries"]]
        for field in fields
        if field["entries"]
    }
    return node


def told(database: Database, company: PaperCompany, code: str) -> set[str]:
    """What the people are who were told that."""
    with database.begin(company.scope) as session:
        people = set(session.scalars(sa.select(Notification.person_id).where(Notification.code == code)))
    return {what for what, person in company.people.items() if person.id in people}


def test_the_setting(api: Api, database: Database, company: PaperCompany, files: FileStore) -> None:
    foreign = make_paper_company(database, files)
    before = snapshot(database, company)
    assert codes(choose(api, company, [GRADE, "nothing", QUALITY, QUALITY])) == [
        ("FIELD_UNKNOWN", "nothing"),
        ("FIELD_REPEATED", QUALITY),
    ]
    assert codes(choose(api, company, [GRADE], who="manager")) == [("FORBIDDEN", None)]
    elsewhere = {"formTemplateId": encode_id("FormTemplate", foreign.form.id), "fields": [GRADE]}
    payload = api.data(company.viewers["hr"], SET, {"input": elsewhere})["setDoubleEntry"]
    assert codes(payload) == [("NOT_FOUND", "formTemplateId")]
    assert codes(choose(api, company, [GRADE], expectedVersion=1)) == [("CONFLICT", "expectedVersion")]
    assert snapshot(database, company) == before
    first = choose(api, company, [DEEDS, GRADE], who="administrator", expectedVersion=0)
    # In the order of the form.
    assert first["template"]["doubleEntry"] == {"fields": [GRADE, DEEDS], "version": 1}
    assert codes(choose(api, company, [], expectedVersion=0)) == [("CONFLICT", "expectedVersion")]
    assert choose(api, company, [], expectedVersion=1)["template"]["doubleEntry"] == {"fields": [], "version": 2}


def test_two_people_who_agree_make_the_review(
    api: Api, database: Database, company: PaperCompany, document: uuid.UUID
) -> None:
    waiting = seen(api, company, "manager", document)
    assert (waiting["waitsFor"], waiting["viewerMayAct"], waiting["doubleEntryFields"]) == ("ENTRY", True, DOUBLE)
    short = enter(api, company, "manager", document, {GRADE: "B", "improvements": None})
    assert codes(short) == [("FIELD_NEEDS_CHECK", QUALITY), ("FIELD_NEEDS_CHECK", DEEDS)]
    first = enter(api, company, "manager", document, {**SAME, "improvements": "评审太晚"}, comment="甲")
    assert (first["review"], first["errors"]) == (None, [])
    assert first["document"] == {
        "status": "NEEDS_REVIEW",
        "waitsFor": "SECOND_ENTRY",
        "viewerMayAct": False,
        "disputedFields": [],
    }
    own = seen(api, company, "manager", document)
    assert own["said"][GRADE] == [("B", MANAGER)]
    for who in ("director", "hr"):
        other = seen(api, company, who, document)
        # What one person is enough for may be seen.
        assert other["said"] == {"improvements": [("评审太晚", MANAGER)]}
        assert (other["waitsFor"], other["viewerMayAct"], other["doubleEntryFields"]) == ("SECOND_ENTRY", True, DOUBLE)
        assert other["checks"] == [{"person": {"staffNumber": MANAGER}, "subject": None, "cycle": None}]
    assert told(database, company, "PAPER_SECOND_ENTRY") == {"director", "hr"}
    before = snapshot(database, company)
    assert codes(enter(api, company, "manager", document, SAME)) == [("ALREADY_ENTERED", None)]
    stale = enter(api, company, "hr", document, SAME, expectedVersion=waiting["version"])
    assert codes(stale) == [("CONFLICT", "expectedVersion")]
    assert codes(enter(api, company, "hr", document, {GRADE: "B"})) == [
        ("FIELD_NEEDS_CHECK", QUALITY),
        ("FIELD_NEEDS_CHECK", DEEDS),
    ]
    for who in ("report", "stranger", "pmo", "colleague"):
        assert {code for code, _ in codes(enter(api, company, who, document, SAME))} <= {"FORBIDDEN", "NOT_FOUND"}
    assert snapshot(database, company) == before
    # What HR changes now counts for later documents.
    choose(api, company, [])
    second = enter(api, company, "hr", document, {GRADE: "B", QUALITY: "5", DEEDS: "支付网关延迟下降38%"}, comment="乙")
    assert second["errors"] == []
    assert second["document"] == {
        "status": "CONFIRMED",
        "waitsFor": None,
        "viewerMayAct": False,
        "disputedFields": [],
    }
    assert (Decimal(second["review"]["score"]), second["review"]["grade"]) == (Decimal(SCORE), "B")
    assert (second["review"]["comment"], second["review"]["confirmedBy"]) == ("甲\n乙", {"staffNumber": HR})
    answers = {answer["key"]: answer for answer in second["review"]["answers"]}
    assert {key: answer["value"] for key, answer in answers.items()} == {**VALUES, "improvements": "评审太晚"}
    assert {key: answers[key]["source"] for key in (*DOUBLE, "improvements", "score_results")} == {
        **dict.fromkeys(DOUBLE, "CHECKED"),
        "improvements": "CORRECTED",
        "score_results": "MACHINE",
    }
    assert seen(api, company, "director", document)["said"] == {
        QUALITY: [("5", MANAGER), ("5", HR)],
        GRADE: [("B", MANAGER), ("B", HR)],
        DEEDS: [("支付网关延迟下降38％", MANAGER), ("支付网关延迟下降38%", HR)],
        "improvements": [("评审太晚", MANAGER)],
    }
    with database.begin(company.scope) as session:  # the machine's readings stand as they were
        machine = dict(session.execute(sa.select(IntakeField.key, IntakeField.value)).all())
    assert machine == VALUES


def test_a_third_person_decides_between_two(
    api: Api, database: Database, company: PaperCompany, document: uuid.UUID
) -> None:
    enter(api, company, "manager", document, {**SAME, "improvements": None})
    second = enter(api, company, "director", document, {**SAME, QUALITY: "4", DEEDS: "延迟下降33%"})
    assert (second["review"], second["errors"]) == (None, [])
    assert second["document"] == {
        "status": "NEEDS_REVIEW",
        "waitsFor": "DECISION",
        "viewerMayAct": False,
        "disputedFields": [QUALITY, DEEDS],
    }
    assert told(database, company, "PAPER_DECISION") == {"hr"}
    before = snapshot(database, company)
    for who in ("manager", "director"):
        assert codes(enter(api, company, who, document, SAME)) == [("ALREADY_ENTERED", None)]
    assert codes(enter(api, company, "hr", document, {QUALITY: "4"})) == [("FIELD_NEEDS_CHECK", DEEDS)]
    assert snapshot(database, company) == before
    third = seen(api, company, "hr", document)
    assert (third["waitsFor"], third["viewerMayAct"]) == ("DECISION", True)
    assert (third["said"][QUALITY], third["said"][GRADE]) == (
        [("5", MANAGER), ("4", DIRECTOR)],
        [("B", MANAGER), ("B", DIRECTOR)],
    )
    report = {"subject": {"staffNumber": "T1006"}, "cycle": {"key": "2026Q3"}}
    assert third["checks"] == [
        {"person": {"staffNumber": MANAGER}, **report},
        {"person": {"staffNumber": DIRECTOR}, **report},
    ]
    decided = enter(api, company, "hr", document, {QUALITY: "4", DEEDS: "延迟下降38%"})
    assert decided["errors"] == []
    answers = {answer["key"]: (answer["value"], answer["source"]) for answer in decided["review"]["answers"]}
    assert {key: answers[key] for key in DOUBLE} == {
        QUALITY: ("4", "CORRECTED"),
        GRADE: ("B", "CHECKED"),
        DEEDS: ("延迟下降38%", "CORRECTED"),
    }
    assert Decimal(decided["review"]["score"]) == Decimal(SCORE) - Decimal("0.25")
    assert seen(api, company, "manager", document)["said"][QUALITY] == [("5", MANAGER), ("4", DIRECTOR), ("4", HR)]


def test_two_people_may_disagree_about_whom_a_form_is(
    api: Api, database: Database, files: FileStore, company: PaperCompany
) -> None:
    choose(api, company, [GRADE])
    nameless = {**VALUES, "employee_name": None, "staff_number": None}
    document = read_document(database, files, company, values=nameless, sheet=False)
    report = {"subjectId": encode_id("Person", company.subject.id)}
    colleague = {"subjectId": encode_id("Person", company.people["colleague"].id)}
    words = {GRADE: "B", "employee_name": None, "staff_number": None, "improvements": None}
    assert enter(api, company, "manager", document, words, **report)["document"]["waitsFor"] == "SECOND_ENTRY"
    # Nobody learns from the document whom the first one named.
    assert codes(enter(api, company, "hr", document, words)) == [("SUBJECT_REQUIRED", "subjectId")]
    second = enter(api, company, "hr", document, words, **colleague)
    assert (second["document"]["waitsFor"], second["document"]["disputedFields"]) == ("DECISION", [])
    with database.begin(company.scope) as session:
        assert session.scalars(sa.select(Review)).all() == []
        subjects = set(session.scalars(sa.select(IntakeCheck.subject_id)))
    assert subjects == {company.subject.id, company.people["colleague"].id}


def _at_once(database: Database, company: PaperCompany, document: uuid.UUID, *whose: str) -> list[str]:
    barrier = threading.Barrier(len(whose))
    outcomes: list[str] = []

    def work(who: str) -> None:
        said = [Entry(key, value) for key, value in {**SAME, "improvements": None}.items()]
        try:
            with database.begin(company.scope) as session:
                barrier.wait(10) if not database.embedded else None
                review = confirm_document(session, company.viewers[who], document, Confirmation(said))
            outcomes.append("entered" if review is None else "confirmed")
        except DomainError as error:
            outcomes.append(error.code.value)
        except StaleDataError:
            outcomes.append("CONFLICT")

    threads = [threading.Thread(target=work, args=(who,)) for who in whose]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_entries_at_once(api: Api, database: Database, company: PaperCompany, document: uuid.UUID) -> None:
    assert _at_once(database, company, document, "manager", "manager") == ["ALREADY_ENTERED", "entered"]
    assert _at_once(database, company, document, "hr", "director") == ["ALREADY_CONFIRMED", "confirmed"]
    with database.begin(company.scope) as session:
        counts = [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (IntakeCheck, Review)]
        entries = session.scalar(sa.select(sa.func.count()).select_from(IntakeEntry))
    assert (counts, entries) == ([2, 1], 8)


def test_what_waits_for_whom_costs_the_same_for_many(
    api: Api, database: Database, files: FileStore, company: PaperCompany, document: uuid.UUID
) -> None:
    enter(api, company, "manager", document, {**SAME, "improvements": None})
    other = [read_document(database, files, company, content=jpeg(shade)) for shade in (20, 40)]
    query = {"waits": ["SECOND_ENTRY", "DECISION"]}
    with counted() as one:
        nodes = api.data(company.viewers["manager"], WAITING, query)["intakeDocuments"]["nodes"]
    assert [(node["id"], node["viewerMayAct"]) for node in nodes] == [(encode_id("IntakeDocument", document), False)]
    assert nodes[0]["doubleEntryFields"] == DOUBLE
    with counted() as three:
        nodes = api.data(company.viewers["manager"], WAITING, {"waits": ["SECOND_ENTRY", "ENTRY"]})["intakeDocuments"][
            "nodes"
        ]
    assert {node["id"]: node["viewerMayAct"] for node in nodes} == {
        encode_id("IntakeDocument", document): False,
        **{encode_id("IntakeDocument", id_): True for id_ in other},
    }
    assert len(three) == len(one)
