"""When two people's values are the same."""

from __future__ import annotations

import pytest

from ocr.contract import FieldType, FormField, Words
from resolvers.rules.double_entry import agree, disputed
from resolvers.rules.values import checked_value


def _field(kind: FieldType, key: str = "x") -> FormField:
    return FormField(key, Words("甲", "x"), kind, 1, (0.0, 0.0, 10.0, 5.0))


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        (FieldType.NUMBER, "4.50", "４.5", True),
        (FieldType.NUMBER, "4.5", "4.05", False),
        (FieldType.SCORE, "4", " 4.0 ", True),
        (FieldType.SCORE, "4", None, False),
        (FieldType.SCORE, None, "  ", True),
        (FieldType.DATE, "２０２６-10-09", "2026-10-09", True),
        (FieldType.DATE, "2026-10-09", "2026-09-10", False),
        (FieldType.TEXT, "Ｔ1006", "T1006", True),
        (FieldType.TEXT, "支付网关  延迟", "支付网关 延迟", True),
        (FieldType.TEXT, "abc", "Abc", False),
        (FieldType.PERSON, "阿卜杜·热合曼", "阿卜杜•热合曼", True),
        (FieldType.PERSON, "LIN Siyuan", "Lin siyuan", True),
        (FieldType.PERSON, "刘晓雯", "刘晓变", False),
        (FieldType.LONG_TEXT, "延迟下降38%，\r\n无事故", "延迟下降38%,\n无事故", True),
        (FieldType.LONG_TEXT, "延迟下降38%", "延迟下降33%", False),
    ],
)
def test_values_are_compared_as_their_type_normalises_them(
    kind: FieldType, one: str | None, other: str | None, same: bool
) -> None:
    field = _field(kind)
    assert agree(field, checked_value(field, one), checked_value(field, other)) is same


def test_what_is_disputed_stands_in_the_order_of_the_form() -> None:
    fields = [_field(FieldType.TEXT, key) for key in ("a", "b", "c", "d")]
    one = {"d": "1", "c": "2", "a": None, "b": "3"}
    other = {"d": "2", "c": "2", "a": "0", "b": "4"}
    assert disputed(fields, ["d", "c", "a"], one, other) == ["a", "d"]
