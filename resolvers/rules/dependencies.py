"""Tasks that wait for one another must not do so in a circle."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence


def reaches(depends_on: Mapping[uuid.UUID, Sequence[uuid.UUID]], begin: Iterable[uuid.UUID], end: uuid.UUID) -> bool:
    """Whether one comes from any of `begin` to `end` by dependencies, in no step or in many."""
    waiting, seen = list(begin), set[uuid.UUID]()
    while waiting:
        id_ = waiting.pop()
        if id_ == end:
            return True
        if id_ not in seen:
            seen.add(id_)
            waiting.extend(depends_on.get(id_, ()))
    return False
