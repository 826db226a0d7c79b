"""What makes a piece of feedback useful to whoever receives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.assist.assist import assist
from ml.assist.contract import Assist, Part, Tag


@dataclass(frozen=True, slots=True)
class Quality:
    """What was found in a piece of feedback. It prompts its giver and is never a reason to refuse it."""

    language: str
    sentiment: str
    """`strength`, `concern`, `mixed` or `none`."""
    missing: tuple[str, ...]
    """Parts that nobody wrote, in their order."""
    empty_praise: bool
    useful: bool


def looked_at(text: str | None, parts: Sequence[str | None], tags: Sequence[Tag]) -> Assist | None:
    """What `ml.assist` finds in the words of a piece of feedback; None when there are none."""
    words = "\n".join(each for each in (text, *parts) if each)
    return assist(words, tags) if words else None


def quality_of(
    text: str | None,
    situation: str | None,
    behaviour: str | None,
    impact: str | None,
    *,
    tags: Sequence[Tag],
    tagged: bool,
    linked: bool,
    locale: str,
) -> Quality:
    """Judge a piece of feedback by its own words, the fields that were filled, its tags and what it is linked to.

    A field that was filled is not missing, whatever the words look like. Useful is what its receiver can do something
    with: words that are not empty, or, without words, a behaviour named at a certain event. `tags` is the
    organisation's list; `tagged`: one of it is named; `linked`: an event is.
    """
    given = {Part.SITUATION: situation, Part.BEHAVIOUR: behaviour, Part.IMPACT: impact}
    found = looked_at(text, (situation, behaviour, impact), tags)
    if found is None:
        missing = tuple(
            part.value
            for part, here in ((Part.SITUATION, linked), (Part.BEHAVIOUR, tagged), (Part.IMPACT, False))
            if not here
        )
        return Quality(locale, "none", missing, empty_praise=False, useful=tagged and linked)
    missing = tuple(part.value for part in Part if part in found.missing and not given[part])
    return Quality(found.language, found.sentiment, missing, found.empty_praise, useful=not found.empty_praise)
