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


TURNS = (
    ("character_judgement", "He is a born moaner"),
    ("character_judgement", "Frankly the man is a bully"),
    ("character_judgement", "She is so full of herself"),
    ("character_judgement", "what a lazy sod"),
    ("character_judgement", "他就是个吃里扒外的主"),
    ("character_judgement", "典型的刺儿头"),
    ("character_judgement", "心眼儿比针尖还小"),
    ("character_judgement", "骨子里就是懒"),
    ("absolute", "You have not once filled in the log"),
    ("absolute", "You are forever late"),
    ("absolute", "Each and every time she blames the tool"),
    ("absolute", "他没有哪次准时"),
    ("absolute", "他压根就没按时交过"),
    ("absolute", "回回都是他掉链子"),
    ("hearsay", "A mate in finance reckons he cheats"),
    ("hearsay", "The talk in the canteen is that she's leaving"),
    ("hearsay", "I gather from others he shouted"),
    ("hearsay", "听隔壁组的人讲他私下接活"),
    ("hearsay", "大伙儿背地里都说他不行"),
    ("hearsay", "有人跟我反映他上班打游戏"),
    ("protected_attribute", "He's too long in the tooth for this"),
    ("protected_attribute", "At her age you don't learn Kubernetes"),
    ("protected_attribute", "She's childless, so she doesn't understand deadlines"),
    ("protected_attribute", "快退休的人了跟不上"),
    ("protected_attribute", "奔六的人了学不动"),
    ("protected_attribute", "不生孩子的女人不懂责任"),
    ("health_family", "Ever since the chemo she calls out"),
    ("health_family", "With his mum in a care home he leaves early"),
    ("health_family", "he's back on the antidepressants"),
    ("health_family", "她妈妈住院以后心不在焉"),
    ("health_family", "听说他在看心理医生"),
    ("health_family", "孩子得了白血病，老请假"),
    ("gendered_wording", "Quite technical for a lady"),
    ("gendered_wording", "Female bosses are so moody"),
    ("gendered_wording", "一个大老爷们磨磨唧唧"),
    ("gendered_wording", "女领导就是情绪化"),
    ("gendered_wording", "办公室一枝花"),
    ("regional_wording", "People from that valley are all tight-fisted"),
    ("regional_wording", "Londoners, what do you expect"),
    ("regional_wording", "农村出来的眼界就是窄"),
    ("regional_wording", "他们那个地方的人都这样"),
    ("threat", "Next mistake and you can hand in your badge"),
    ("threat", "Do it again and see what happens"),
    ("threat", "再迟到一次你就别来上班了"),
    ("threat", "你信不信我让你明天就别来了"),
)
HARMLESS = (
    "He never-endingly tested the always-on probe",
    "The customer told us the pump had failed",
    "She explained the family plan to a customer with diabetes",
    "The old press was replaced for 40k",
    "He told the team about the health check endpoint",
    "The patient's mother asked and the nurse answered",
    "Sick leave policy page updated by Ana",
    "She is responsible for the northern region warehouses",
    "Everyone got the link before nine",
    "He trained the women's team for the race on 3 May",
    "The final warning light was fixed by Tom",
    "The first and last chance to register was sent on Monday",
    "He translated for visitors from the south plant",
    "Their accent colour in the UI was fixed",
    "He cleared his locker of old cables",
    "他把母亲节活动的排期发了出来",
    "她给糖尿病患者讲了饮食",
    "他负责北京仓的盘点",
    "总是否开启这个开关他写了说明",
    "她给外地客户寄了样品",
    "他整理了家属探视登记",
    "公司年纪最大的机床他修好了",
    "产品手册里健康管理一章是她写的",
    "他在四川项目上带了三个人",
    "孩子们都喜欢她编的操",
    "地域分布图是他画的",
    "他给老年大学讲了一次课",
    "最后一次机会抽奖的页面她上线了",
    "病人家属听说手术推迟，她解释了二十分钟",
    "单身公寓的水管是他修的",
    "本地人工成本他算了一遍",
    "他跟进了离婚案件的卷宗",
    "她听完客户的抱怨记了六条",
    "从不同角度测了三次",
    "有人说明了故障原因，他当场核对",
)


def test_turns_of_phrase_are_found_and_their_look_alikes_are_not() -> None:
    assert [(code, text) for code, text in TURNS if code not in codes(text)] == []
    assert {text: found for text in HARMLESS if (found := codes(text))} == {}
