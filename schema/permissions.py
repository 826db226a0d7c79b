"""Who may use which field. Every field of every type is classified; what is not classified cannot be used.

This is the first wall: it knows the viewer's roles and the schema, never a row. Which rows a viewer sees is decided in
the SQL of `db/queries` (`visible_to(viewer)`), and row security stands behind both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.viewer import Role, Viewer


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may use a field, for the machine and in words."""

    words: str
    roles: frozenset[Role] | None = None
    """None: every role."""

    def allows(self, roles: frozenset[Role]) -> bool:
        return self.roles is None or not self.roles.isdisjoint(roles)


SIGNED_IN = Permission("everyone who is signed in")
VISIBLE = Permission("whoever may see the object")
"""The rows are filtered by the object's policy; the field adds no rule of its own."""


def only(*roles: Role) -> Permission:
    """Holders of at least one of these roles."""
    names = ", ".join(role.value for role in sorted(roles))
    return Permission(f"only the roles {names}" if len(roles) > 1 else f"only the role {names}", frozenset(roles))


PermissionMap = Mapping[str, Permission]
"""By coordinate: `Type.field`."""


def grant(type_name: str, permission: Permission, fields: str) -> dict[str, Permission]:
    """Classify fields of a type, given by their GraphQL names with spaces between."""
    return {f"{type_name}.{name}": permission for name in fields.split()}


@dataclass(slots=True)
class Mask:
    """The fields that a set of roles may not use, worked out once for each set."""

    permissions: PermissionMap
    _forbidden: dict[frozenset[Role], frozenset[str]] = field(default_factory=dict)

    def refused(self, coordinates: frozenset[str], viewer: Viewer) -> list[str]:
        """Those of the coordinates that the viewer may not use, in order."""
        return sorted(coordinates & self._of(viewer.roles) | coordinates - self.permissions.keys())

    def allows(self, coordinate: str, viewer: Viewer) -> bool:
        permission = self.permissions.get(coordinate)
        return permission is not None and permission.allows(viewer.roles)

    def _of(self, roles: frozenset[Role]) -> frozenset[str]:
        if roles not in self._forbidden:
            self._forbidden[roles] = frozenset(
                coordinate for coordinate, permission in self.permissions.items() if not permission.allows(roles)
            )
        return self._forbidden[roles]
