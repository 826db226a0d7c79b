"""A person is erased from paper: briefs about them lose what they quote of it and say so, and files are withdrawn."""

from __future__ import annotations

import dataclasses
import io
import uuid
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import Base
from db.files import FileStore
from db.models.briefs import (
    Audience,
    Brief,
    BriefBatchEntry,
    BriefDocument,
    BriefEvidence,
    BriefSection,
    BriefSentence,
    DocumentFormat,
    EvidenceSource,
    Voice,
)
from db.models.events import Event
from db.models.reviews import Review, ReviewAnswer
from db.session import Database
from resolvers.briefs import batch_writing, batches, documents, reading, words, writing
from resolvers.briefs.batch_writing import Plan
from resolvers.briefs.batches import BatchWanted
from resolvers.briefs.contract import Citation, Item, Material, Text, Written
from resolvers.briefs.page import page_of
from resolvers.briefs.requesting import Wanted, exclude_evidence, request_brief
from resolvers.briefs.writing import EvidenceGoneError
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.giving import FeedbackDraft, Words, give_feedback
from resolvers.intake.confirmation import Confirmation, confirm_document
from resolvers.intake.erasure import erase_paper
from tests.paper import PaperCompany, make_paper_company, read_document

PAPER = ("支付网关延迟下降38%", "完成灰度发布", "当面夸过")
NOTE = "7月把对账从6小时降到2小时。"


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    """With a confirmed review of the report, which has a remark."""
    company = make_paper_company(database, files)
    checked = read_document(database, files, company)
    with database.begin(company.scope) as session:
        confirm_document(session, company.viewers["manager"], checked, Confirmation([], comment=PAPER[2]))
    return company


def wanted(company: PaperCompany) -> Wanted:
    return Wanted(company.subject.id, company.cycle.id, Audience.LINE, "zh", "extractive")


def asked(session: Session, company: PaperCompany) -> tuple[Brief, Material]:
    """A brief on its way, and what it is written from: the review and a colleague's note."""
    manager = company.viewers["manager"]
    brief = request_brief(session, manager, wanted(company))
    material = writing.material(session, manager, brief.id, "extractive")
    assert material is not None
    assert {item.text for item in material.items} == set(PAPER)
    note = give_feedback(session, company.viewers["colleague"], FeedbackDraft(company.subject.id, Words(text=NOTE)))
    of_note = Item(EvidenceSource.FEEDBACK, note.id, "", Voice.PEER, company.people["colleague"].id, NOTE)
    return brief, dataclasses.replace(material, items=[*material.items, of_note])


def text_of(material: Material) -> Text:
    """Each piece of evidence quoted once, the first and the last together besides."""
    last = len(material.items)
    quoted = [
        Written(BriefSection.FACTS, item.text, (Citation(at, 0, len(item.text)),))
        for at, item in enumerate(material.items, start=1)
    ]
    first = material.items[0].text
    both = Written(BriefSection.STRENGTHS, f"{first}{NOTE}", (Citation(1, 0, 2), Citation(last, 0, 2)))
    return Text("test", None, False, [both, *quoted], (), [(f"{PAPER[1]}!", "unsupported")], {})


def written(session: Session, company: PaperCompany) -> Brief:
    brief, material = asked(session, company)
    writing.record_text(session, company.viewers["manager"], brief.id, material, text_of(material))
    return brief


def quoting_tables(session: Session, quotes: Sequence[str]) -> set[str]:
    """Tables in which one of the quotes stands anywhere."""
    return {
        table.name
        for table in Base.metadata.sorted_tables
        for row in session.execute(sa.select(table))
        if any(quote in repr(tuple(row)) for quote in quotes)
    }


def refusal(take_out: Callable[[], object]) -> ErrorCode:
    with pytest.raises(DomainError) as caught:
        take_out()
    return caught.value.code


def batch_of(session: Session, company: PaperCompany, brief: Brief) -> tuple[uuid.UUID, uuid.UUID]:
    """A batch that holds the brief and is to be archived, and its job."""
    manager = company.viewers["manager"]
    ask = BatchWanted(company.cycle.id, None, Audience.LINE, "zh", [DocumentFormat.JSON])
    batch = batches.request_batch(session, manager, ask)
    mine = sa.select(BriefBatchEntry).where(BriefBatchEntry.subject_id == company.subject.id)
    entry = session.scalars(mine).one()
    batch_writing.keep(session, manager, Plan(entry.id, wanted(company), brief_id=brief.id), None)
    return batch.id, batch.job_id


def archive(session: Session, company: PaperCompany, files: FileStore, batch: tuple[uuid.UUID, uuid.UUID]) -> None:
    content = io.BytesIO(b"PK of the briefs")
    batch_writing.finish(session, company.viewers["manager"], files, *batch, archive=content, left_out={})


def test_what_a_brief_quotes_of_paper_goes_and_the_rest_stays(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    manager, hr = company.viewers["manager"], company.viewers["hr"]
    with database.begin(company.scope) as session:
        brief = written(session, company)
        first = session.scalars(sa.select(BriefEvidence).order_by(BriefEvidence.position).limit(1)).one()
        exclude_evidence(session, manager, first.id, f"{first.text}：不准确", "extractive")
        before = len(session.scalars(sa.select(BriefSentence)).all())
        assert quoting_tables(session, PAPER) >= {"brief_evidence", "brief_sentence", "brief", "evidence_exclusion"}
    with database.begin(company.scope) as session:
        erase_paper(session, hr, company.subject.id)
    with database.begin(company.scope) as session:
        assert quoting_tables(session, PAPER) == set()
        brief = session.get_one(Brief, brief.id)
        text = reading.texts(session, manager, [brief])[brief.id]
        said = [sentence.text for sentences in text.sections.values() for sentence in sentences]
        assert (said, text.withheld, text.whole) == ([NOTE], 4, False)
        assert [item.text for item in text.evidence] == [NOTE]
        assert brief.gaps == [{"code": "EVIDENCE_ERASED", "params": {"count": 3}}]
        assert [words.gap_text(brief.gaps[0], locale)[:6] for locale in ("zh", "en")] == ["有 3 条依", "Pieces"]
        kept = session.scalars(sa.select(BriefEvidence).where(BriefEvidence.erased_at.is_not(None))).all()
        assert {(item.source, item.text) for item in kept} == {(EvidenceSource.REVIEW, "")}
        assert all(item.occurred_on is not None and item.author_id is not None for item in kept)
        assert len(session.scalars(sa.select(BriefSentence)).all()) == before
        told = session.scalars(sa.select(Event.subject_id).where(Event.type == "brief.erased")).all()
        assert told == [brief.id]
        erase_paper(session, hr, company.subject.id)
        again = session.scalars(sa.select(Event.subject_id).where(Event.type == "brief.erased")).all()
        assert (again, session.get_one(Brief, brief.id).gaps[0]["params"]) == (told, {"count": 3})


def test_files_that_hold_such_words_are_withdrawn(database: Database, files: FileStore, company: PaperCompany) -> None:
    manager, hr = company.viewers["manager"], company.viewers["hr"]
    with database.begin(company.scope) as session:
        brief = written(session, company)
        document = documents.request_document(session, manager, brief.id, DocumentFormat.JSON)
        documents.record_document(session, files, document.id, page_of(session, manager, brief), b"quoted")
        batch = batch_of(session, company, brief)
        archive(session, company, files, batch)
        assert documents.take_out(session, document.id).id == document.file_id
        assert batches.take_out(session, manager, batch[0]) is not None
        session.info.clear()
    with database.begin(company.scope) as session:
        erase_paper(session, hr, company.subject.id)
    with database.begin(company.scope) as session:
        assert session.get_one(BriefDocument, document.id).file_id is None
        assert refusal(lambda: documents.take_out(session, document.id)) is ErrorCode.EVIDENCE_WITHDRAWN
        assert refusal(lambda: batches.take_out(session, manager, batch[0])) is ErrorCode.EVIDENCE_WITHDRAWN
        files.sweep(session, company.organization.id)
    with database.begin(company.scope) as session:
        later = documents.request_document(session, manager, brief.id, DocumentFormat.JSON)
        page = page_of(session, manager, session.get_one(Brief, brief.id))
        documents.record_document(session, files, later.id, page, b"of what is left")
        assert [proof.text for proof in page.evidence] == [NOTE]
        assert files.read(documents.take_out(session, later.id)) == b"of what is left"


def test_what_is_written_meanwhile_does_not_come_back(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    manager, hr = company.viewers["manager"], company.viewers["hr"]
    with database.begin(company.scope) as session:
        brief = written(session, company)
        document = documents.request_document(session, manager, brief.id, DocumentFormat.JSON)
        page = page_of(session, manager, brief)
        batch = batch_of(session, company, brief)
    with database.begin(company.scope) as session:
        hers = request_brief(session, hr, dataclasses.replace(wanted(company), audience=Audience.SUBJECT))
        material = writing.material(session, hr, hers.id, "extractive")
        assert material is not None
    with database.begin(company.scope) as session:
        erase_paper(session, hr, company.subject.id)
    with pytest.raises(EvidenceGoneError), database.begin(company.scope) as session:
        writing.record_text(session, hr, hers.id, material, text_of(material))
    with database.begin(company.scope) as session:
        documents.record_document(session, files, document.id, page, b"quoted")
        archive(session, company, files, batch)
        assert session.get_one(BriefDocument, document.id).file_id is None
        assert refusal(lambda: documents.take_out(session, document.id)) is ErrorCode.EVIDENCE_WITHDRAWN
        assert refusal(lambda: batches.take_out(session, manager, batch[0])) is ErrorCode.EVIDENCE_WITHDRAWN
        assert quoting_tables(session, PAPER) == set()
        anew = writing.material(session, hr, hers.id, "extractive")
        assert anew is not None
        assert all(item.source is not EvidenceSource.REVIEW for item in anew.items)


def test_erasing_again_finds_what_was_erased_before_briefs_were_looked_at(
    database: Database, company: PaperCompany
) -> None:
    with database.begin(company.scope) as session:
        written(session, company)
        session.execute(sa.update(ReviewAnswer).values(value=None))
        session.execute(sa.update(Review).values(comment=None))
    with database.begin(company.scope) as session:
        erase_paper(session, company.viewers["hr"], company.subject.id)
    with database.begin(company.scope) as session:
        assert not quoting_tables(session, PAPER) & {"brief", "brief_evidence", "brief_sentence"}
