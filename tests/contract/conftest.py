"""The API, as in the tests of the schema."""

from tests.schema.conftest import api

__all__ = ["api"]
