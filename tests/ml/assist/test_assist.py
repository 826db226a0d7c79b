"""What the help in writing promises for any note."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.assist.assist import LONGEST, analyse, assist
from ml.assist.contract import Part, Tag
from ml.assist.describe import describe
from ml.assist.tags import DEFAULT_TAGS


@given(st.text(max_size=300))
def test_any_text_is_answered_with_exact_quotes(text: str) -> None:
    found = assist(text)
    for quote in (found.situation, found.behaviour, found.impact, *(caution.quote for caution in found.cautions)):
        if quote is not None:
            assert text[quote.start : quote.end] == quote.text != ""
    absent = {
        part
        for part, quote in zip(Part, (found.situation, found.behaviour, found.impact), strict=True)
        if quote is None
    }
    assert set(found.missing) == absent
    assert assist(text) == found


@pytest.mark.parametrize("text", ["", "   ", "。。。", "👍", "!!!"])
def test_a_note_without_words_is_empty(text: str) -> None:
    found = assist(text)
    assert found.empty_praise
    assert found.missing == tuple(Part)
    assert found.tags == ()


@pytest.mark.parametrize(
    ("empty", "texts"),
    [
        (
            True,
            [
                "情绪平稳",
                "表述积极。",
                "文本整体呈正向。",
                "语义倾向偏正面，协作意愿较强",
                "情感得分0.87",
                "系统判断其沟通状态良好",
            ],
        ),
        (True, ["Sentiment score: 0.87", "The tone is positive.", "Emotion: calm.", "No negative signals detected"]),
        (False, ["情绪平稳地接待了三位拍桌子的客户", "She stayed calm and offered the angry caller two dates"]),
    ],
)
def test_what_a_machine_says_of_a_text_is_empty(empty: bool, texts: list[str]) -> None:
    assert {text: got for text in texts if (got := assist(text).empty_praise) is not empty} == {}


@pytest.mark.parametrize(
    ("sentiment", "texts"),
    [
        (
            "concern",
            [
                "“系统又停了”——这个月第三次，仓库停工半天。",
                "9月送来的3箱里有1箱是坏的，打了两次电话才有人来换！",
                "催到第4次才肯派人来，送来的零件还是坏的。",
                "本周第2次停电，车间停工一天。",
            ],
        ),
        ("strength", ["一天送到，三箱没有一箱是坏的。", "本月第三次提前交货，仓库再没停工。"]),
    ],
)
def test_what_a_customer_says_plainly_is_heard(sentiment: str, texts: list[str]) -> None:
    assert {text: got for text in texts if (got := assist(text).sentiment) != sentiment} == {}


@pytest.mark.parametrize(
    ("strength", "concern", "said"),
    [(0.9, 0.05, "strength"), (0.05, 0.9, "concern"), (0.9, 0.9, "mixed"), (0.05, 0.05, "none"), (0.5, 0.48, "none")],
)
def test_a_side_is_told_only_when_it_is_clear(strength: float, concern: float, said: str) -> None:
    for language in ("zh", "en"):
        analysis = analyse("Fixed the pump.", language)
        assert replace(analysis, strength=strength, concern=concern).sentiment == said


def test_a_very_long_text_is_cut_before_it_costs() -> None:
    started = time.process_time()
    found = assist("She fixed the pump. " * 20_000)
    assert time.process_time() - started < 3
    assert found.behaviour is not None
    assert found.behaviour.end <= LONGEST


def test_questions_ask_for_what_is_missing_in_the_language_of_the_note() -> None:
    english = assist("She rewrote the guide.")
    assert english.missing == (Part.SITUATION, Part.IMPACT)
    assert len(english.questions) == 2
    assert english.suggestion == " ".join(english.questions)
    chinese = assist("需要改进。")
    assert chinese.empty_praise
    assert chinese.sentiment == "concern"
    assert len(chinese.questions) == 4
    assert chinese.suggestion is not None
    assert "影响" in chinese.suggestion
    assert assist("Needs to improve.", language="zh").questions[0].endswith("？")


def test_tags_come_from_the_list_that_is_given() -> None:
    text = "She helped the warehouse and explained the label to the customer."
    keys = [tag.tag for tag in assist(text).tags]
    assert set(keys) <= {tag.key for tag in DEFAULT_TAGS}
    assert {"collaboration", "communication", "customer_focus"} <= set(keys)
    own = (Tag("labels", "标签", "Labels", cues_en=("label*",)), Tag("stock_taking", "库存盘点", "Warehouse work"))
    found = assist(text, own).tags
    assert [(tag.tag, tag.because) for tag in found] == [("labels", ("label",)), ("stock_taking", ("warehouse",))]
    assert all(0 < tag.score <= 1 for tag in found)


def test_the_description_has_the_names_that_clients_rely_on() -> None:
    described = describe(assist("周三会上你打断了李雷三次，方案没有讲完。"), "n1")
    assert list(described) == [
        "id", "situation", "behaviour", "impact", "missing", "empty_praise", "tags", "sentiment", "cautions",
        "suggestion",
    ]  # fmt: skip
    assert described["situation"] == "周三会上"
    assert described["sentiment"] == "concern"
    assert "id" not in describe(assist("ok"))
