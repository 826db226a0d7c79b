"""Organisations, departments, people, their dated employments, roles and logins."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Identified, OrganizationOwned, Timestamped, Versioned
from db.viewer import Role


class Organization(Base, Identified, Timestamped):
    __tablename__ = "organization"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")


class Department(Base, Identified, OrganizationOwned):
    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str] = mapped_column(String(64))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"), index=True)


class Person(Base, Identified, OrganizationOwned, Timestamped, Versioned):
    """A person without what identifies them, so that erasing the identity leaves numbers and history whole."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("organization_id", "staff_number"),)

    staff_number: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    timezone: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    archived_at: Mapped[datetime.datetime | None]

    identity: Mapped[PersonIdentity | None] = relationship(lazy="raise")


class PersonIdentity(Base, OrganizationOwned):
    """Name and contact; the row is deleted when the person is erased."""

    __tablename__ = "person_identity"
    __table_args__ = (UniqueConstraint("organization_id", "email"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    """As the person writes it; Chinese or English."""
    name_latin: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))


class Employment(Base, Identified, OrganizationOwned):
    """Who worked where, under whom, from when to when (dates of the organisation's calendar, both inclusive)."""

    __tablename__ = "employment"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
        Index("ix_employment_manager", "organization_id", "manager_id"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"), index=True)
    manager_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    job_title: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(32))
    starts_on: Mapped[datetime.date]
    ends_on: Mapped[datetime.date | None]


class RoleGrant(Base, OrganizationOwned, Timestamped):
    __tablename__ = "role_grant"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)


class Login(Base, Identified, OrganizationOwned, Timestamped):
    """Binds an identity provider's issuer and subject to a person. An e-mail address never signs anyone in."""

    __tablename__ = "login"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
