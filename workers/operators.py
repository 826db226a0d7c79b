"""What an operator at the command line may ask that no signed-in person may."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from db.models.people import Login, Organization, Person, PersonIdentity
from db.session import Database, Scope
from db.settings import Settings
from resolvers.tokens import LOCAL_ISSUER
from workers.commands.output import CommandError


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can sign in with tokens that this installation issues."""

    organization: str
    """Key."""
    person_id: uuid.UUID
    subject: str


def known_organizations(settings: Settings) -> dict[str, uuid.UUID]:
    """Keys and ids of all organisations, as the role that owns the tables sees them; maybe none."""
    database = Database(settings, url=settings.migration_url)
    try:
        with database.engine.connect() as connection:
            rows = connection.execute(sa.select(Organization.key, Organization.id).order_by(Organization.key)).all()
    finally:
        database.close()
    return {row.key: row.id for row in rows}


def organizations(settings: Settings) -> dict[str, uuid.UUID]:
    """The same; raises `CommandError` where there is none."""
    known = known_organizations(settings)
    if not known:
        raise CommandError(
            "no organisation is there, or the database role does not see any: run `throughline seed` or `throughline "
            "directory import`, or set THROUGHLINE_MIGRATION_DATABASE_URL to the role that owns the tables"
        )
    return known


def the_organization(settings: Settings, key: str | None) -> uuid.UUID:
    """The organisation of this key, or the only one. Raises `CommandError`."""
    known = organizations(settings)
    if key is None and len(known) == 1:
        return next(iter(known.values()))
    if key is None:
        raise CommandError(f"name the organisation with --organization; there are: {', '.join(known)}")
    if key not in known:
        raise CommandError(f"no organisation {key!r}; there are: {', '.join(known)}")
    return known[key]


def accounts(settings: Settings, email: str, organization_key: str | None) -> list[Account]:
    """Who has this e-mail address, in one organisation or in all, and a login for local tokens."""
    known = organizations(settings)
    if organization_key is not None:
        known = {organization_key: the_organization(settings, organization_key)}
    found: list[Account] = []
    database = Database(settings)
    try:
        for key, organization_id in known.items():
            with database.begin(Scope(organization_id), write=False) as session:
                rows = session.execute(
                    sa.select(Login.person_id, Login.subject)
                    .join(PersonIdentity, PersonIdentity.person_id == Login.person_id)
                    .join(Person, Person.id == Login.person_id)
                    .where(
                        sa.func.lower(PersonIdentity.email) == email.lower(),
                        Login.issuer == LOCAL_ISSUER,
                        Person.archived_at.is_(None),
                    )
                ).all()
            found += [Account(key, row.person_id, row.subject) for row in rows]
    finally:
        database.close()
    return found
