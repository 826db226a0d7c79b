"""The SMART check on texts in Chinese and English, judged letter by letter by a person.

In a judgement 1 is met, w weak, 0 missing; ? is left open where people would disagree.
"""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.rules.smart.check import check
from resolvers.rules.smart.contract import Facts, Ground, Letter, Verdict
from resolvers.rules.smart.words import explanation, suggestion

CODES = {Verdict.MET: "1", Verdict.WEAK: "w", Verdict.MISSING: "0"}


@pytest.mark.parametrize(
    ("text", "judgement"),
    [
        ("在2026年9月30日前，通过优化结算流程将客户投诉率从 5% 降至 2%，以支持公司服务战略", "11111"),
        ("提高工作效率", "000?0"),
        ("努力做好本职工作，争取更大进步", "00000"),
        ("加强团队沟通", "00000"),
        ("三季度新增付费客户 120 家", "11w11"),
        ("年底前完成 ERP 系统迁移", "1w0?1"),
        ("尽快提升代码质量", "?00?0"),
        ("每周拜访 5 家客户", "11?1w"),
        ("将首次响应时间从 48 小时缩短到 24 小时", "11110"),
        ("工单在 2 天内回复", "11w10"),
        ("两个月内把库存周转天数降到 28 天", "11w11"),
        ("2026年底前通过 ISO 9001 认证", "1w0?1"),
        ("实现零事故", "?1w10"),
        ("本季度销售额达到 5000 万元，同比增长 20%", "11111"),
        ("Q4 前上线 B2B 平台 2.0 版本", "1w0?1"),
        ("提升客户满意度", "1?010"),
        ("满意度达到 92%", "11w10"),
        ("学习 Python", "1?0?0"),
        ("把新员工培训覆盖率由 60% 提升至 95%，12月底完成", "11111"),
        ("降低成本", "?0010"),
        ("营收翻十倍", "?1w10"),
        ("十二月之前招聘三名后端工程师", "11?11"),
        ("推动数字化转型，打造一流团队", "?0000"),
        ("上半年完成 3 轮用户访谈并输出报告", "11?11"),
        ("Increase customer retention from 85% to 90% by the end of Q3 by launching a loyalty programme", "11111"),
        ("Improve communication", "00000"),
        ("Get better at my job", "00000"),
        ("Hire three engineers by June 30", "11w11"),
        ("Reduce average ticket resolution time to 4 hours", "11w10"),
        ("Respond to customer emails within 24 hours", "11w10"),
        ("Launch the new website by March 2027", "1w011"),
        ("Work harder and do more", "00000"),
        ("Zero defects", "?1w10"),
        ("Grow revenue 10x next year", "?1w11"),
        ("Read two books on negotiation each month", "11?0w"),
        ("Cut cloud spend by 15% in FY26 by moving batch jobs to spot instances", "11111"),
        ("Migrate the billing service to Kubernetes", "1w000"),
        ("Complete ISO 27001 certification before December", "1w0?1"),
        ("Increase sales significantly as soon as possible", "?0010"),
        ("Reach 1,000 daily active users within six months", "11w11"),
        ("Write documentation", "1?000"),
        ("Be the best team in the company", "0000?"),
        ("Reduce p95 latency from 900ms to 400 ms", "11110"),
        ("Train 40 nurses on the new triage protocol by 15 May 2027 so that waiting times fall", "11w11"),
        ("客户首次响应时间 ≤ 2 小时", "11w10"),
        ("10月31日前交付3个模块", "11w?1"),
        ("百分之九十的订单在三天内发货", "11w10"),
        ("开展安全培训", "1?0?0"),
        ("提升个人综合能力", "00000"),
        ("", "00000"),
        ("在现有基础上把良品率提高 3 个百分点", "11110"),
        ("Improve NPS", "1?010"),
        ("做好年度预算", "1?0??"),
        ("减重5公斤", "11w00"),
        ("跟进重点项目进度", "?0000"),
        ("在第一季度内完成供应商整合，采购成本下降8%", "11w11"),
        ("Sign 5 new enterprise contracts this quarter", "11w11"),
        ("Support the sales team", "?00??"),
        ("Publish 12 blog posts in 2027 to support our content strategy", "11w11"),
        ("Reduce onboarding time for new hires from 30 days to 15 days", "11110"),
        ("到2027年6月底，将华东区门店坪效由每平米1.2万元提升至1.5万元", "11111"),
        ("加强学习，提高自身素质", "00000"),
        ("本月内完成 200 名员工的消防演练", "11w?1"),
        ("护士交接班差错率降至千分之二以下", "11w10"),
        ("配送准时率保持在98%以上", "11w10"),
        ("争取尽早把系统做稳定", "?0000"),
        ("在双十一之前将支付成功率从97.5%提升到99.2%，通过增加备用通道", "11111"),
        ("设备故障停机时间每月不超过 6 小时", "11w1w"),
        ("完成部门领导交办的各项任务", "?0000"),
        ("建立供应商评价体系", "1w0?0"),
        ("一季度拿到二级建造师证", "1w0?1"),
        ("把招聘周期压缩到 28 天以内", "11w10"),
        ("11月30日前，邀请 15 位老客户参加新品体验会", "11w11"),
        ("年度培训计划完成率100%", "11w?w"),
        ("提升品牌影响力", "?00?0"),
        ("每天跑步 5 公里", "11?0w"),
        ("未来三年成为行业第一", "??w?1"),
        ("2026Q4 完成 3 条产线的自动化改造，单件成本下降 12%", "11w11"),
        ("将代码评审覆盖率从当前的 70% 提高到 90%，每次提交都要有评审", "11110"),
        ("增强客户黏性", "?0010"),
        ("半年内发表两篇 SCI 论文", "11w?1"),
        ("力争全年安全生产无事故", "????1"),
        ("整理历史合同档案", "1?0??"),
        ("客户投诉下降一半", "11w10"),
        ("坚持写日报", "1?0?0"),
        (
            "By 31 December 2026, bring the average delivery time down from 6 days to 4 days through a second courier",
            "11111",
        ),
        ("Become a better leader", "00000"),
        ("Ensure customers are happy", "?001?"),
        ("Achieve 98% on-time delivery in every month of 2027", "11w11"),
        ("Reduce hospital-acquired infections by 20% compared to last year", "11110"),
        ("Finish the onboarding handbook and get it approved by HR by Friday", "1w0?1"),
        ("Increase my public speaking confidence", "1?000"),
        ("Save $250,000 in procurement costs this fiscal year by renegotiating the top 10 contracts", "11111"),
        ("Keep uptime above 99.9%", "11w10"),
        ("Do a good job on all assigned tasks", "0000?"),
        ("Contact 30 prospects per week", "11?1w"),
        ("Roll out single sign-on to all 14 offices before the end of the quarter", "11w?1"),
        ("Drive innovation across the organization", "?00?0"),
        ("Lower staff turnover from 18% to 12% within the next 12 months", "11111"),
        ("Never miss a deadline again", "??w00"),
        ("Get 500 sign-ups for the beta by mid-January", "11w11"),
        ("Optimise the warehouse", "1?000"),
        ("Pass the CPA exam in May 2027", "1w001"),
        ("Close tickets faster", "1?010"),
        ("Answer every support call within 30 seconds", "11w10"),
        ("Cut paper consumption in half", "11w?0"),
        ("Hold monthly one-on-ones with each of my eight reports", "11?0w"),
        ("Deliver phase 2 of the data platform", "1w0?0"),
        ("Enhance cross-functional collaboration and alignment", "?00?0"),
        ("Grow newsletter subscribers to 20k by Q2 2027 to contribute to our pipeline target", "11w11"),
    ],
)
def test_letters(text: str, judgement: str) -> None:
    found = "".join(CODES[finding.verdict] for finding in check(text))
    assert "".join(have if want != "?" else "?" for want, have in zip(judgement, found, strict=True)) == judgement


def test_every_letter_shows_the_words_it_looked_at() -> None:
    text = "三季度末前把客户投诉率从 5% 降到 2%"
    spans = {finding.letter: finding.span for finding in check(text)}
    shown = {letter: text[span.start : span.end] if span else None for letter, span in spans.items()}
    assert shown[Letter.TIME_BOUND] == "三季度末前"
    assert shown[Letter.MEASURABLE] == "5%"
    assert shown[Letter.ACHIEVABLE] == "从 5% 降到 2%"
    assert shown[Letter.RELEVANT] == "客户投诉率"


def test_what_is_known_beside_the_text_counts() -> None:
    bare = check("提升体验")
    assert [CODES[finding.verdict] for finding in bare][1:] == ["0", "0", "0", "0"]
    facts = Facts(has_target=True, has_start=True, aligned=True, ends_on=datetime.date(2026, 9, 30))
    known = check("提升体验", facts)
    assert [finding.ground for finding in known[1:]] == [
        Ground.MEASURES,
        Ground.BASELINE,
        Ground.ALIGNED,
        Ground.CYCLE,
    ]
    assert check("提升体验", Facts(has_target=True, leap=True))[2].ground is Ground.LEAP


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("上线 2.0 版本", None),
        ("通过 ISO 27001 认证", None),
        ("拿下 B2B 业务", None),
        ("第三工厂投产", None),
        ("一流团队", None),
        ("2027年上市", None),
        ("launch phase 2", None),
        ("upgrade to Python 3.13", None),
        ("provide 24/7 support", None),
        ("延迟低于 200ms", "200ms"),
        ("覆盖十二个城市", "十二个"),
        ("百分之九十五合格", "百分之九十五"),
        ("成本减半", "减半"),
        ("save $1.2 million", "$1.2 million"),
        ("reach 10,000 users", "10,000 users"),
        ("double the output", "double"),
    ],
)
def test_figures_are_told_from_names(text: str, figure: str | None) -> None:
    finding = check(text)[1]
    shown = text[finding.span.start : finding.span.end] if finding.span and finding.verdict is Verdict.MET else None
    assert shown == figure


def test_words_for_every_ground_in_both_languages() -> None:
    for finding in [*check(""), *check("提高效率"), *check("Never fail by Friday")]:
        assert explanation(finding, "zh") != explanation(finding, "en")
        assert (suggestion(finding, "en") is None) == (finding.verdict is Verdict.MET)


@given(st.text(max_size=200))
def test_any_text_has_five_findings_with_places_inside_it(text: str) -> None:
    found = check(text)
    assert [finding.letter for finding in found] == list(Letter)
    assert all(0 <= finding.span.start < finding.span.end <= len(text) for finding in found if finding.span is not None)


@pytest.mark.parametrize("piece", ["从1", "by ", "通过", "100%", "a b ", "一", "in the ", "1,000", "，为了"])
def test_long_texts_are_judged_quickly(piece: str) -> None:
    text = (piece * 5_000)[:5_000]
    begun = time.process_time()
    check(text)
    assert time.process_time() - begun < 2
