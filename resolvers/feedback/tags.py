"""An organisation's behaviour tags: the shipped list, with its own words and tags over it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.events import record
from db.models.feedback.notes import BehaviourTag
from db.queries.feedback import notes
from db.viewer import Role, Viewer
from ml.assist.contract import Tag
from ml.assist.tags import DEFAULT_TAGS
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_role
from resolvers.goals.inputs import required_text

EDITORS = (Role.HR, Role.ADMINISTRATOR)
MOST_OWN = 200
LABEL_LENGTH = 100
CUES = 100
CUE_LENGTH = 64
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class ListedTag:
    """A tag as the organisation has it."""

    key: str
    label_zh: str
    label_en: str
    competency: str | None
    cues_zh: tuple[str, ...]
    cues_en: tuple[str, ...]
    retired: bool
    shipped: bool
    """Of the shipped list, with or without words of the organisation's own."""

    @property
    def recognised(self) -> Tag:
        """The tag as `ml.assist` looks for it."""
        return Tag(self.key, self.label_zh, self.label_en, self.cues_zh, self.cues_en)


def listed_tags(session: Session, viewer: Viewer) -> dict[str, ListedTag]:
    """All tags by key, retired ones included: the shipped list in its order, then the organisation's own by key.

    A shipped tag stands for the competency of its own key until the organisation says otherwise.
    """
    found = {
        tag.key: ListedTag(
            tag.key, tag.label_zh, tag.label_en, tag.key, tag.cues_zh, tag.cues_en, retired=False, shipped=True
        )
        for tag in DEFAULT_TAGS
    }
    for row in notes.own_tags(session, viewer):
        found[row.key] = ListedTag(
            row.key,
            row.label_zh,
            row.label_en,
            row.competency,
            tuple(row.cues_zh),
            tuple(row.cues_en),
            retired=row.retired,
            shipped=row.key in found,
        )
    return found


def offered(tags: dict[str, ListedTag]) -> list[Tag]:
    """Those that are not retired, as `ml.assist` looks for them."""
    return [tag.recognised for tag in tags.values() if not tag.retired]


@dataclass(frozen=True, slots=True)
class TagDraft:
    key: str
    label_zh: str
    label_en: str
    competency: str | None = None
    cues_zh: Sequence[str] | None = None
    cues_en: Sequence[str] | None = None
    """None: the shipped words of a shipped tag, and none for an own one, which is then found by its labels."""
    retired: bool = False


def save_tag(session: Session, viewer: Viewer, draft: TagDraft) -> str:
    """Add a tag or change one, by its key, which is returned. For HR and administrators.

    Raises `DomainError`: FORBIDDEN, INVALID for a key that is not lower-case letters, digits and `_`, TEXT_REQUIRED,
    TEXT_TOO_LONG, TOO_MANY.
    """
    require_role(viewer, *EDITORS)
    for name, key in (("key", draft.key), ("competency", draft.competency)):
        if key is not None and not _KEY.fullmatch(key):
            raise DomainError(ErrorCode.INVALID, ("input", name))
    shipped = next((tag for tag in DEFAULT_TAGS if tag.key == draft.key), None)
    own = {tag.key: tag for tag in notes.own_tags(session, viewer)}
    if draft.key not in own and len(own) >= MOST_OWN:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "key"))
    row = own.get(draft.key) or BehaviourTag(organization_id=viewer.organization_id, key=draft.key)
    row.label_zh = required_text(draft.label_zh, LABEL_LENGTH, ("input", "labelZh"))
    row.label_en = required_text(draft.label_en, LABEL_LENGTH, ("input", "labelEn"))
    row.competency = draft.competency
    row.cues_zh = _cues(draft.cues_zh, shipped.cues_zh if shipped else (), "cuesZh")
    row.cues_en = _cues(draft.cues_en, shipped.cues_en if shipped else (), "cuesEn")
    row.retired = draft.retired
    session.add(row)
    session.flush()
    record(session, viewer, "behaviour_tag.saved", "BehaviourTag", row.id)
    return row.key


def _cues(given: Sequence[str] | None, shipped: Sequence[str], name: str) -> list[str]:
    if given is None:
        return list(shipped)
    if len(given) > CUES:
        raise DomainError(ErrorCode.TOO_MANY, ("input", name))
    return [required_text(cue, CUE_LENGTH, ("input", name, str(index))).lower() for index, cue in enumerate(given)]
