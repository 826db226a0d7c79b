"""Folding, sentences, negation, direction and names."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.text.folding import fold, language_of, normal
from ml.text.names import name_like, names
from ml.text.polarity import negations, signs
from ml.text.sentences import sentences
from ml.text.words import stem, terms


@given(st.text(max_size=120))
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_folding_makes_forms_alike() -> None:
    assert fold("ＡＢｃ“１２”") == 'abc"12"'
    assert normal("  Ａ  “x”\n㎡ ") == 'a "x" m2'


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("你好", "zh"),
        ("hello", "en"),
        ("用API修好了登录", "zh"),
        ("", "en"),
        ("Met 李雷 at noon today", "en"),
        ("PR merge 了", "zh"),
        ("deadline 又 miss 了 sorry", "zh"),
        ("Great job 王伟", "en"),
        ("The word 了 was missing on the label", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "He left at 3 a.m. We saw v2.1 fail. Dr. Lang agreed.",
            ["He left at 3 a.m.", "We saw v2.1 fail.", "Dr. Lang agreed."],
        ),
        (
            "你好。真棒！下午3.5小时,很好\n1. 第一点\n2、第二点",
            ["你好。", "真棒！", "下午3.5小时,很好", "第一点", "第二点"],
        ),
        ("See www.example.org, e.g. this. OK?", ["See www.example.org, e.g. this.", "OK?"]),
        ("她说“可以。”然后走了。", ["她说“可以。”", "然后走了。"]),
        ("- one\n- two", ["one", "two"]),
        ("  ...  ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in sentences(text)] == expected


@given(st.text(max_size=200))
def test_sentences_of_any_text_are_ordered_pieces_of_it(text: str) -> None:
    spans = sentences(text)
    assert all(span.of(text).strip() for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "axis", "sign"),
    [
        ("It was on time.", "time", 1),
        ("It was not on time.", "time", -1),
        ("项目没有按期完成", "time", -1),
        ("三天后逾期", "time", -1),
        ("Not only on time but cheap.", "time", 1),
        ("投诉下降了", "change", -1),
        ("Sales rose.", "change", 1),
        ("the rating is down 14 %", "change", -1),
        ("发票不正确", "correct", -1),
        ("He refused the shift.", "consent", -1),
    ],
)
def test_directions(text: str, axis: str, sign: int) -> None:
    assert signs(text)[axis] == {sign}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("没有通知客服", 1),
        ("不得不说", 0),
        ("She didn't call", 1),
        ("not only fast", 0),
        ("不错", 0),
        ("从不道歉", 1),
        ("All good", 0),
    ],
)
def test_negations(text: str, count: int) -> None:
    assert len(negations(text)) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tomas deleted it and Irina Volkova told Mr. Lang.", ["Tomas", "Irina Volkova", "Lang"]),
        ("张伟12分钟内恢复，李强误删了库。", ["张伟", "李强"]),
        ("王经理每小时给我们打电话", ["王经理"]),
        ("老马调整了线路，和陈静一起", ["老马", "陈静"]),
        ("高效完成方案，于是马上关闭项目", []),
        ("Great job by the team on Monday", []),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in names(text)] == expected


def test_name_like_also_returns_what_could_be_one() -> None:
    assert [span.of("Reviews by Irina took days") for span in name_like("Reviews by Irina took days")] == [
        "Reviews",
        "Irina",
    ]


def test_terms_meet_across_forms() -> None:
    assert terms("Deliveries were delivered") == ["delivery", "deliver"]
    assert stem("reviewed") == stem("reviews") == stem("reviewing")
    assert "回滚" in terms("张伟的回滚")
