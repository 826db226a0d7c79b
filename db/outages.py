"""What says that the database or the file store cannot be reached or is full: trouble that passes, nobody's fault."""

from __future__ import annotations

import errno

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

_STORAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})


def is_outage(error: BaseException) -> bool:
    """Whether the same work may well succeed later: no connection to the database, its shutdown, a full disk."""
    if isinstance(error, OSError):
        return error.errno in _STORAGE
    # On both drivers "operational" is what the database's surroundings did to a statement, not what is wrong with it.
    return isinstance(error, (OperationalError, InterfaceError, NoConnectionError))
