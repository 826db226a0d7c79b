"""Imports every table, for whoever needs the whole metadata: migrations, row security, the file sweeper."""

from db.base import Base
from db.models import events, files, goal_changes, goal_updates, goals, inbox, intake, jobs, people, reviews, schedules

MODULES = (events, files, goal_changes, goal_updates, goals, inbox, intake, jobs, people, reviews, schedules)
METADATA = Base.metadata
