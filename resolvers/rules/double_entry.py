"""When two people who checked a field without seeing each other agree."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from ocr.contract import FieldType, FormField
from resolvers.rules.reading import plain

_WORDS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})


def agree(field: FormField, one: str | None, other: str | None) -> bool:
    """Whether two checked values (see `resolvers.rules.values.checked_value`) say the same.

    Numbers, dates and choices are normalised already. Words are the same in full or half width and however they are
    spaced or broken into lines; names also in capitals and with dots or without.
    """
    if one is None or other is None:
        return one is other
    if field.type is FieldType.PERSON:
        return plain(one) == plain(other)
    if field.type in _WORDS:
        return _spaced(one) == _spaced(other)
    return one == other


def disputed(
    fields: Sequence[FormField], keys: Sequence[str], one: Mapping[str, str | None], other: Mapping[str, str | None]
) -> list[str]:
    """Those of the keys for which two people's values differ, in the order of the form."""
    return [field.key for field in fields if field.key in keys and not agree(field, one[field.key], other[field.key])]


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
