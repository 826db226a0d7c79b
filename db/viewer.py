"""Who is asking."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    EMPLOYEE = "EMPLOYEE"
    MANAGER = "MANAGER"
    HR = "HR"
    COMMITTEE = "COMMITTEE"
    PMO = "PMO"
    ADMINISTRATOR = "ADMINISTRATOR"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person of one organisation, or (`person_id` None) the system itself, always bound to one organisation."""

    organization_id: uuid.UUID
    person_id: uuid.UUID | None
    roles: frozenset[Role] = field(default_factory=frozenset)
    locale: str = "zh"

    @property
    def is_system(self) -> bool:
        return self.person_id is None

    def has(self, *roles: Role) -> bool:
        """Whether the viewer holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)


def system_viewer(organization_id: uuid.UUID) -> Viewer:
    """The viewer of scheduled work: sees its organisation, is nobody."""
    return Viewer(organization_id, None)
