"""Imports every table, for whoever needs the whole metadata: migrations, row security, the file sweeper."""

from db.base import Base
from db.models import (
    briefs,
    channels,
    events,
    files,
    forms,
    goal_changes,
    goal_updates,
    goals,
    inbox,
    intake,
    jobs,
    people,
    reviews,
    rewordings,
    schedules,
)
from db.models.feedback import (
    customers,
    growth,
    meetings,
    notes,
    points,
    upward,
)
from db.models.projects import (
    deliverables,
    feeds,
    flags,
    tasks,
    templates,
)

MODULES = (
    briefs,
    channels,
    events,
    files,
    forms,
    goal_changes,
    goal_updates,
    goals,
    inbox,
    intake,
    jobs,
    people,
    reviews,
    rewordings,
    schedules,
    customers,
    growth,
    meetings,
    notes,
    points,
    upward,
    deliverables,
    feeds,
    flags,
    tasks,
    templates,
)
METADATA = Base.metadata
