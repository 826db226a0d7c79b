"""Reviews through GraphQL: what a list costs does not depend on its length."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from db.base import now
from db.files import FileStore
from db.models.people import Person, RoleGrant
from db.models.reviews import AnswerSource, Review, ReviewAnswer, ReviewSource, ReviewStatus
from db.session import Database
from db.viewer import Role
from tests.factories import make_person
from tests.paper import PaperCompany, make_paper_company
from tests.schema.client import Api
from tests.statements import counted

REVIEWS = """
query($first: Int) { reviews(first: $first) { nodes {
  id status score grade subject { name department { name } manager { name } } reviewer { name email }
  cycle { name } department { name } template { title } confirmedBy { name }
  answers { key label value score weight source field { value } } } } }
"""


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _review(session: Session, company: PaperCompany, subject: Person, score: str) -> None:
    review = Review(
        organization_id=company.organization.id,
        subject_id=subject.id,
        reviewer_id=company.people["manager"].id,
        cycle_id=company.cycle.id,
        form_version_id=company.form.id,
        source=ReviewSource.SCREEN,
        status=ReviewStatus.CONFIRMED,
        score=Decimal(score),
        grade="B",
        confirmed_by=company.people["hr"].id,
        confirmed_at=now(),
    )
    session.add(review)
    session.flush()
    session.add_all(
        ReviewAnswer(
            organization_id=company.organization.id,
            review_id=review.id,
            position=position,
            key=f"key{position}",
            label_zh="工作质量",
            label_en="Quality of work",
            value="4",
            score=Decimal(4),
            weight=Decimal("33.3333"),
            source=AnswerSource.TYPED,
        )
        for position in range(3)
    )


def test_one_and_ten_cost_the_same(api: Api, database: Database, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        for number in range(10):
            report = make_person(session, company.organization, manager=company.people["manager"])
            _review(session, company, report, f"4.{number:02}")
    viewer = company.viewers["hr"]
    api.data(viewer, REVIEWS, {"first": 1})
    with counted() as one:
        assert len(api.data(viewer, REVIEWS, {"first": 1})["reviews"]["nodes"]) == 1
    with counted() as ten:
        nodes = api.data(viewer, REVIEWS, {"first": 10})["reviews"]["nodes"]
    assert len(nodes) == 10
    assert len(ten) == len(one)
    assert [node["score"] for node in nodes] == [
        f"4.{number:02}".rstrip("0").rstrip(".") for number in range(9, -1, -1)
    ]
    assert nodes[0]["answers"][0] == {
        "key": "key0",
        "label": "工作质量",
        "value": "4",
        "score": "4",
        "weight": "33.3333",
        "source": "TYPED",
        "field": None,
    }


def test_a_named_reviewer_reads_what_another_line_reviews(api: Api, database: Database, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        _review(session, company, company.people["stranger"], "4")
    for who, count in (("manager", 1), ("hr", 1), ("stranger", 1), ("director", 0), ("report", 0), ("pmo", 0)):
        assert len(api.data(company.viewers[who], REVIEWS)["reviews"]["nodes"]) == count


def test_roles_are_read_anew_with_every_request(api: Api, database: Database, company: PaperCompany) -> None:
    """A token says who somebody is, never what they may do."""
    with database.begin(company.scope) as session:
        _review(session, company, company.people["report"], "4")
    director = company.viewers["director"]
    assert len(api.data(director, REVIEWS)["reviews"]["nodes"]) == 1
    with database.begin(company.scope) as session:
        session.delete(session.get_one(RoleGrant, (director.person_id, Role.MANAGER)))
    assert api.data(director, REVIEWS)["reviews"]["nodes"] == []
