"""How people say that they feel, in talks and in the growth log."""

from __future__ import annotations

from typing import NamedTuple

import strawberry

from db.models.feedback.meetings import Mood
from resolvers.feedback.growth import mood_word
from schema.batching import batch, field
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.scalars import described_enum

described_enum(
    Mood,
    description="How somebody feels.",
    values={"GREAT": "Great.", "GOOD": "Good.", "FAIR": "Fair.", "LOW": "Low.", "BAD": "Bad."},
)


class Choice(NamedTuple):
    """A mood that can be chosen."""

    mood: Mood


CHOICES = tuple(map(Choice, Mood))


@strawberry.type(description="A mood to choose from.")
class MoodChoice:
    mood: Mood = field(description="The mood.")
    word: str = batch(
        lambda context, parents: [mood_word(choice.mood, context.locale) for choice in parents],
        description="Its word in the viewer's language.",
    )


PERMISSIONS: PermissionMap = grant("MoodChoice", SIGNED_IN, "mood word")
