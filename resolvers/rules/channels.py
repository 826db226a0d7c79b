"""What may go through which channel, and when a failed delivery is tried again."""

from __future__ import annotations

import datetime

from db.channels import DeliveryReason
from db.models.inbox import NotificationCode

SHARED = frozenset(
    {
        NotificationCode.WEEKLY_ACTION_TO_WRITE,
        NotificationCode.WEEKLY_ACTION_OPEN,
        NotificationCode.CHECK_IN_DUE,
        NotificationCode.DELIVERABLE_RED,
        NotificationCode.TASK_ASSIGNED,
        NotificationCode.TASK_WAITED_FOR,
        NotificationCode.TASK_FREED,
        NotificationCode.TASK_BLOCKED,
    }
)
"""All that may go to a place that several people read. That somebody had feedback is that person's own affair."""
NEVER = frozenset({NotificationCode.CHANNEL_FAILED})
"""What stays in the inbox: a failing channel must not feed itself."""

PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Before another try; after so many the delivery is given up."""
HOPELESS = frozenset(
    {
        DeliveryReason.URL_INVALID,
        DeliveryReason.UNSEALABLE,
        DeliveryReason.HOST_NOT_ALLOWED,
        DeliveryReason.PRIVATE_ADDRESS,
        DeliveryReason.NO_ADDRESS,
    }
)
"""What another try does not mend."""


def carried(*, shared: bool) -> frozenset[NotificationCode]:
    """What may go through a channel at all: one that several people read, or one that leads to a person."""
    return SHARED if shared else frozenset(NotificationCode) - NEVER
