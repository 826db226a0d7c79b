"""Many ids as one parameter, and statements that are kept and run for several organisations."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa

from db.models.people import Organization, Person
from db.queries.sets import among
from db.session import Database, Scope
from tests.factories import make_organization, make_person

KEPT = sa.select(Person.id).where(among(Person.id, "people"))
MANY = 40_000
"""More than SQLite takes as parameters."""


def found(database: Database, organization: Organization, ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """What the kept statement and one of its own find, which must be the same."""
    wanted = list(ids)
    with database.begin(Scope(organization.id), write=False) as session:
        kept = session.scalars(KEPT, {"people": wanted}).all()
        assert session.scalars(sa.select(Person.id).where(among(Person.id, wanted))).all() == kept
    return list(kept)


def test_ids_are_found_among_any_number_in_each_organisation_by_its_own(database: Database) -> None:
    organizations = [make_organization(database), make_organization(database)]
    people = []
    for organization in organizations:
        with database.begin(Scope(organization.id)) as session:
            people.append(make_person(session, organization).id)
    for _ in range(2):
        for organization, own in zip(organizations, people, strict=True):
            assert found(database, organization, []) == []
            assert found(database, organization, [*people, *people]) == [own]
            assert found(database, organization, [own, *(uuid.uuid4() for _ in range(MANY))]) == [own]
