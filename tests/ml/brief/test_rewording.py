"""A model's wording against the text: what it adds, what it loses, and what it turns round."""

from __future__ import annotations

import json

import pytest

from ml.brief.contract import EngineError
from ml.brief.rewording import Original, failures, propose

GOAL = Original("提高新客户留存率", ("留存率 从 62% 到 75%", "截止 2026-09-30"))
NOTE = Original("上周三的发布，李雷没有漏掉检查清单，提前两小时完成。")
ENGLISH = Original("In the release on 4 May Ada did not skip the checklist and finished two hours early.")
REFUND = Original("Marta never escalated the outage to the client, and the refund of $1,200 went out 3 days late.")


@pytest.mark.parametrize(
    ("original", "text"),
    [
        (GOAL, "在 2026 年 9 月 30 日前，将新客户留存率由 62% 提高到 75%"),
        (NOTE, "李雷在上周三的发布中没有漏掉检查清单，提前两小时完成。"),
        (NOTE, "上周三的发布提前 2 小时完成，李雷没有漏掉检查清单。"),
        (ENGLISH, "On 4 May Ada finished the release two hours early and did not skip the checklist."),
        (REFUND, "The refund of $1,200 went out 3 days late, and Marta never escalated the outage to the client."),
    ],
)
def test_faithful_wordings_stand(original: Original, text: str) -> None:
    assert failures(text, original) == []


@pytest.mark.parametrize(
    ("original", "text", "checks"),
    [
        (GOAL, "提高新客户留存率。", {"unchanged"}),
        (GOAL, "在 2026-09-30 前将新客户留存率由 62% 提高到 80%", {"figure"}),
        (GOAL, "在 2026-10-30 前将新客户留存率由 62% 提高到 75%", {"figure"}),
        (GOAL, "将新客户留存率由 62% 降低到 75%", {"direction", "added"}),
        (GOAL, "提高新客户留存率，确保团队执行力和满意度全面提升", {"added"}),
        (GOAL, "Raise retention from 62% to 75%", {"language"}),
        (GOAL, "提高新客户留存率" * 700, {"length"}),
        (NOTE, "李雷在上周三的发布中漏掉了检查清单，提前两小时完成。", {"direction"}),
        (NOTE, "李雷在上周三的发布中漏掉了检查清单，没有提前两小时完成。", {"direction"}),
        (NOTE, "韩梅在上周三的发布中没有漏掉检查清单，提前两小时完成。", {"name", "lost"}),
        (NOTE, "李雷在发布中没有漏掉检查清单，提前两小时完成。", {"lost"}),
        (NOTE, "李雷在上周三的发布中没有漏掉检查清单，提前两小时完成，客户非常满意。", {"added"}),
        (NOTE, "李雷在上周三的发布中没有漏掉检查清单，总是提前两小时完成。", {"generalises"}),
        (NOTE, "李雷和[[P7]]在上周三的发布中没有漏掉检查清单，提前两小时完成。", {"figure"}),
        (ENGLISH, "On 4 May Ada skipped the checklist and did not finish the release two hours early.", {"direction"}),
        (ENGLISH, "On 4 May Ada always finished two hours early and did not skip the checklist.", {"generalises"}),
        (REFUND, "The refund of $1,200 never went out, and Marta escalated the outage 3 days late.", {"direction"}),
        (REFUND, "Marta escalated the outage to the client; the refund of $1,200 went out 3 days late.", {"direction"}),
    ],
)  # fmt: skip
def test_what_is_added_lost_or_turned_is_named(original: Original, text: str, checks: set[str]) -> None:
    assert {failure.check for failure in failures(text, original)} == checks


class Scripted:
    """A model that answers with its script, and remembers what it was asked."""

    def __init__(self, reply: str, *, remote: bool) -> None:
        self.remote, self._reply, self.asked = remote, reply, ""

    def reply(self, conversation: list[dict[str, str]], opening: str) -> str:
        assert opening == '{"text": "'
        self.asked = conversation[1]["content"]
        return self._reply


def test_names_leave_the_process_as_codes_and_come_back() -> None:
    original = Original("周二阿依古丽把退款流程改成两步，电话 13812345678 已更新。", people=("阿依古丽",))
    answer = json.dumps({"text": "[[P1]]周二把退款流程改成两步，电话 [[P2]] 已更新。"})
    away = Scripted(f"好的：{answer} 完", remote=True)
    assert propose(original, away).text == "阿依古丽周二把退款流程改成两步，电话 13812345678 已更新。"
    assert propose(original, away).failures == ()
    assert ("阿依古丽" in away.asked, "13812345678" in away.asked) == (False, False)
    here = Scripted(answer, remote=False)
    assert {failure.check for failure in propose(original, here).failures} >= {"figure", "lost"}
    assert "阿依古丽" in here.asked


def test_what_no_database_stores_is_left_out() -> None:
    chat = Scripted('{"text": " 将新客户留存率由 62% 提高到\\u0000 75%\\ud800 "}', remote=False)
    assert propose(GOAL, chat).text == "将新客户留存率由 62% 提高到 75%"


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "不知道",
        '{"text": ""}',
        '{"text": "\\u0000"}',
        '{"text": ["x"]}',
        '{"text": "提高',
        "[[[",
        '{"a":' * 100_000,
    ],
)
def test_babble_is_no_proposal(reply: str) -> None:
    with pytest.raises(EngineError):
        propose(GOAL, Scripted(reply, remote=True))
