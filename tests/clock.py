"""A clock that a test sets: the product lives through a quarter in seconds."""

from __future__ import annotations

import datetime

import pytest


class Clock:
    """Stands for the product's clock until the test ends. Only what asks `db.base.now` is moved: not the databases'
    servers, nor the validity of tokens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, begin: str) -> None:
        self.moment = datetime.datetime.fromisoformat(begin)
        monkeypatch.setattr("db.base.clock", lambda: self.moment)

    def set(self, to: datetime.datetime | str) -> None:
        """It is this instant now, and stays so until it is set again. Clocks do not go back."""
        moment = datetime.datetime.fromisoformat(to) if isinstance(to, str) else to
        assert moment >= self.moment
        self.moment = moment
