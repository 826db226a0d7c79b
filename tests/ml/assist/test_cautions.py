"""Wording to look at again, and its harmless look-alikes."""

from __future__ import annotations

import pytest

from ml.assist.assist import assist


def codes(text: str) -> set[str]:
    return {str(caution.code) for caution in assist(text).cautions}


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("character_judgement", ["She is just selfish.", "He has no integrity.", "他这个人很自私。", "简直是个骗子。"]),
        ("absolute", ["You never reply.", "He is always late.", "他从不回复。", "每次都迟到。"]),
        (
            "hearsay",
            ["I heard that she left early.", "Rumour has it he copied it.", "听说他早退了。", "据说客户不满意。"],
        ),
        (
            "protected_attribute",
            [
                "He is too old for this.",
                "Because of her religion she is slow.",
                "都这把年纪了，学不会。",
                "他是残疾人，还能做到。",
            ],
        ),
        (
            "health_family",
            [
                "Since her pregnancy she is tired.",
                "His depression slows us down.",
                "离婚以后状态很差。",
                "她有抑郁症。",
            ],
        ),
        (
            "gendered_wording",
            ["For a woman she codes well.", "Man up and decide.", "女人就是情绪化。", "一个女孩子能做到不容易。"],
        ),
        (
            "regional_wording",
            ["Her accent is hard to bear.", "Typical southerner.", "河南人都这样。", "一口外地口音。"],
        ),
        ("threat", ["Fix it or you are out.", "You will regret this.", "再犯就走人。", "后果自负。"]),
    ],
)
def test_each_code_is_found_in_both_languages(code: str, texts: list[str]) -> None:
    for text in texts:
        assert code in codes(text), text


@pytest.mark.parametrize(
    "text",
    [
        "She ran the health check on the mother board before the child process started.",
        "He sold the family plan to 40 households.",
        "The always-on display and the never-ending retry loop were removed.",
        "You fixed the race condition in the scheduler.",
        "She arranged the maternity leave cover in time.",
        "He is not lazy: he closed 40 tickets.",
        "他修好了健康检查，理顺了父子进程。",
        "家庭套餐卖了60户。",
        "做了一份产假交接清单。",
        "每次迭代评审她都请客服参加。",
        "报告晚一天才送到董事会。",
        "给老客户寄了样品。",
        "外地仓的库存他当天盘完。",
    ],
)
def test_harmless_words_raise_nothing(text: str) -> None:
    assert codes(text) == set()


def test_a_caution_quotes_the_place_and_gives_its_reason_in_both_languages() -> None:
    text = "听说她上周早退。"
    (caution,) = assist(text).cautions
    assert text[caution.quote.start : caution.quote.end] == caution.quote.text == "听说"
    assert caution.message("zh") == caution.message_zh
    assert caution.message("en") == caution.message_en
    assert caution.message_zh != caution.message_en
