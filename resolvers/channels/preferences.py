"""When people are left in peace: the organisation's quiet hours, and what each person wants."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.events import record
from db.models.channels import (
    NotificationChannel,
    NotificationPolicy,
    NotificationPreference,
    QuietChoice,
)
from db.models.inbox import NotificationCode
from db.queries import channels
from db.queries.channels import CHANNEL_ROLES
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_role
from resolvers.rules.quiet import Hours, allowed_at

MINUTES = range(24 * 60)
MUTED = 200

Muted = Mapping[uuid.UUID, Collection[NotificationCode]]
"""Channel → codes; none named: all of them."""


def set_policy(
    session: Session,
    viewer: Viewer,
    hours: Hours | None,
    urgent: Collection[NotificationCode],
    expected_version: int | None,
) -> NotificationPolicy:
    """Set the organisation's quiet hours (None: there are none) and what passes everybody's quiet hours. For HR and
    administrators.

    Raises FORBIDDEN, CONFLICT, NUMBER_OUT_OF_RANGE.
    """
    require_role(viewer, *CHANNEL_ROLES)
    policy = channels.policy(session, viewer)
    _expect(policy.version, expected_version)
    policy.quiet_from, policy.quiet_until = _checked(hours)
    policy.urgent_codes = sorted({code.value for code in urgent})
    _keep(session, policy)
    record(session, viewer, "notification_policy.set", "NotificationPolicy", policy.id)
    return policy


def set_preference(
    session: Session,
    viewer: Viewer,
    quiet: QuietChoice,
    hours: Hours | None,
    muted: Muted,
    *,
    expected_version: int | None,
) -> NotificationPreference:
    """Say what one wants carried on. `hours` go with OWN and nothing else.

    Raises CONFLICT, INVALID, NUMBER_OUT_OF_RANGE, TOO_MANY, NOT_FOUND for a channel that one does not see.
    """
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    if (quiet is QuietChoice.OWN) != (hours is not None):
        raise DomainError(ErrorCode.INVALID, ("input", "quietHours"))
    if len(muted) > MUTED:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "muted"))
    own = {"id": viewer.person_id, "organization_id": viewer.organization_id, "version": 0}
    preference = session.get(NotificationPreference, viewer.person_id) or NotificationPreference(**own)
    _expect(preference.version, expected_version)
    seen = set(session.scalars(channels.visible_to(viewer).with_only_columns(NotificationChannel.id)))
    for index, channel_id in enumerate(muted):
        if channel_id not in seen:
            raise DomainError(ErrorCode.NOT_FOUND, ("input", "muted", str(index), "channelId"))
    preference.quiet = quiet
    preference.quiet_from, preference.quiet_until = _checked(hours)
    preference.muted = {str(id_): sorted({code.value for code in codes}) for id_, codes in muted.items()}
    _keep(session, preference)
    record(session, viewer, "notification_preference.set", "NotificationPreference", preference.id)
    return preference


def is_muted(preference: NotificationPreference | None, channel_id: uuid.UUID, code: NotificationCode) -> bool:
    """Whether the person does not want this carried on there."""
    if preference is None or str(channel_id) not in preference.muted:
        return False
    codes = preference.muted[str(channel_id)]
    return not codes or code.value in codes


def may_go_at(
    moment: datetime.datetime,
    code: NotificationCode,
    policy: NotificationPolicy,
    preference: NotificationPreference | None,
    zone: ZoneInfo,
) -> datetime.datetime:
    """When a notification may reach a person in that zone, at the earliest from `moment` on."""
    if code.value in policy.urgent_codes:
        return moment
    chosen = preference.quiet if preference is not None else QuietChoice.ORGANIZATION
    if chosen is QuietChoice.NONE:
        return moment
    source = preference if preference is not None and chosen is QuietChoice.OWN else policy
    return allowed_at(moment, hours_of(source), zone)


def hours_of(row: NotificationPolicy | NotificationPreference) -> Hours | None:
    """The quiet hours that a row sets, if it sets any."""
    if row.quiet_from is None or row.quiet_until is None:
        return None
    return row.quiet_from, row.quiet_until


def _checked(hours: Hours | None) -> tuple[int | None, int | None]:
    if hours is None:
        return None, None
    begin, end = hours
    if begin not in MINUTES or end not in MINUTES or begin == end:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "quietHours"))
    return begin, end


def _expect(version: int, expected: int | None) -> None:
    if expected is not None and version != expected:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))


def _keep(session: Session, row: NotificationPolicy | NotificationPreference) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # another request was the first to set it, at the same time
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion")) from error
