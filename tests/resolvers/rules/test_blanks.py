"""Texts that show nothing."""

import pytest

from resolvers.rules.blanks import is_blank


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("", True),
        (" \t\r\n\u3000\u00a0", True),
        ("\u200b\u200c\u200d\u2060\ufeff", True),
        ("\u202e\u2066\u2069", True),
        ("\ufe0f\u0301", True),
        ("\u115f\u2800\u3164\uffa0", True),
        ("\u200b好\u200b", False),
        ("\U0001f44d\ufe0f", False),
        ("\U0001fae8", False),  # an emoji of a later Unicode than this Python's may be
        (".", False),
        ("0", False),
        ("\ue000", False),  # a company's own glyph
    ],
)
def test_what_is_seen(text: str, blank: bool) -> None:
    assert is_blank(text) is blank
