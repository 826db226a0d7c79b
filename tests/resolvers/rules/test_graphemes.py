"""Characters as people count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.rules.graphemes import count_graphemes


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("完成接口联调并上线", 9),
        ("Ship v2", 7),
        ("e\u0301te\u0301", 3),
        ("👍🏽", 1),
        ("👩‍👩‍👧‍👦好", 2),
        ("❤️", 1),
        ("🇨🇳🇩🇪", 2),
        ("🇨🇳🇩", 2),
        ("1️⃣", 1),
        ("각", 1),
        ("\u1100\u1161\u11a8", 1),
        ("नमस्ते", 4),
        ("\r\n\n", 2),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 1),
        ("👩‍好", 2),
        ("𠮷野家", 3),
        ("葛\U000e0100飾", 2),
    ],
)
def test_counts(text: str, count: int) -> None:
    assert count_graphemes(text) == count


@given(st.text())
def test_never_more_than_code_points_and_never_none_for_something(text: str) -> None:
    assert (1 if text else 0) <= count_graphemes(text) <= len(text)
