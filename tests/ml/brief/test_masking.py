"""Names and contact data never reach a configured server, and stand in the brief again."""

from __future__ import annotations

import json

import pytest

from ml.brief.brief import write_brief
from ml.brief.contract import Note
from ml.brief.engines.openai import OpenAIEngine, OpenAIOptions
from ml.brief.masking import Mask
from tests.ml.brief.test_openai import completion, server


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("请联系 zhang.wei@lanhai.example 处理", "zhang.wei@lanhai.example"),
        ("客户电话13812345678，已回访", "13812345678"),
        ("客户电话 138 1234 5678，已回访", "138 1234 5678"),
        ("Call +49 30 901820 about the claim", "+49 30 901820"),
        ("座机021-62345678无人接听", "021-62345678"),
        ("身份证31010119900307663X登记有误", "31010119900307663X"),
        ("卡号6222 0212 3456 7890 123付款失败", "6222 0212 3456 7890 123"),
        ("On 3 September Grace Miller restored shipping in 40 minutes.", "Grace Miller"),
    ],
)
def test_what_is_hidden_comes_back(text: str, hidden: str) -> None:
    mask = Mask([text])
    sent = mask.hide(text)
    assert hidden not in sent
    assert "[[P1]]" in sent
    assert mask.reveal(sent) == text


def test_known_people_are_hidden_wherever_they_stand() -> None:
    text = "9月3日王立国在40分钟内恢复了发货，李娜娜和李娜都在。"
    mask = Mask([text], ["李娜", "王立国", "李娜娜"])
    sent = mask.hide(text)
    assert sent == "9月3日[[P2]]在40分钟内恢复了发货，[[P3]]和[[P1]]都在。"
    assert mask.reveal(sent) == text


@pytest.mark.parametrize(
    "text",
    [
        "9月3日在40分钟内恢复了发货，当天没有漏单。",
        "2026-09-03 p95 fell from 800 ms to 320 ms under 10000 requests.",
        "订单 20260903 的金额是 1,250,000.50 元",
    ],
)
def test_figures_and_dates_stay(text: str) -> None:
    assert Mask([text]).hide(text) == text


def test_a_code_in_a_note_reveals_nobody() -> None:
    mask = Mask(["王立国修好了接口。", "[[P1]]说得对。"], ["王立国"])
    assert "王立国" not in mask.reveal(mask.hide("[[P1]]说得对。"))
    assert mask.reveal("[[P7]] 修好了接口。") == "[[P7]] 修好了接口。"


def test_a_server_sees_codes_and_the_brief_shows_names() -> None:
    notes = (
        Note("a", "On 4 May Grace Miller rebuilt the index in two hours.", "p1", "s"),
        Note("b", "Grace Miller wrote the restore guide; questions to +44 20 7946 0958.", "p2", "s"),
        Note("c", "The invoice run of June started three days late.", "p3", "s"),
    )
    said = {"text": "On 4 May [[P1]] rebuilt the index in two hours.", "citations": ["N1"], "kind": "strength"}
    with server(200, completion(said)) as (url, requests):
        brief = write_brief(notes, engine=OpenAIEngine(OpenAIOptions(url, "tiny")))
    assert [sentence.text for sentence in brief.sentences] == ["On 4 May Grace Miller rebuilt the index in two hours."]
    sent = json.dumps(requests, ensure_ascii=False)
    assert "Miller" not in sent
    assert "7946" not in sent
