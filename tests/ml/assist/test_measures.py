"""Which way a measure moved, whatever noun is its head: written before the rules that answer them."""

from __future__ import annotations

import pytest

from ml.assist.assist import assist
from ml.assist.measures import measure_sign
from ml.text.folding import fold, language_of
from ml.text.quantities import quantities

GOOD = """
延期订单从15单降到4单
逾期订单由9笔减到1笔
客诉减少
客诉减少一半
漏发、错发降为0
漏发由每月9件降为0
返工少了七成
投诉升级件少了七成
未关闭缺陷从40个清到3个
不合格批次由6批降至1批
取消订单少了三分之一
退货率从8%压到3%
库存盘点差错从每月12处变成1处
等候时间从26分钟缩到11分钟
账期由90天谈到60天
构建时间从22分钟缩短到6分钟
丢件少了，从月均12件到3件
审计调整从9笔变成1笔
去年投诉9起，今年1起
投诉今年2起，去年11起
投诉解决率从71%升到83%
缺陷修复率提高了
无事故天数从40天增加到180天
准点率从88%升到95%
订单从120单涨到180单
满意度99%，高于要求的95%
废品率低于目标
差错率低于目标0.3个百分点
费用低于预算
本季跌倒0例
投诉没有增加
不良率没有再上升
换型从55分钟变38分钟
点评分4.3→4.7
承诺达成率七成九到九成六
新手引导完成率由三成八到八成一
接口时延从900ms降到210ms
减少了客户排队
late orders fell from 15 to 4
the queue is half an hour, it used to be two
waiting time at the hatch is under six minutes, it was nineteen
overdue invoices went from 30 to 2
cancelled orders are down by a third
lost sales dropped from 12 to 3
complaints are down by half
complaint resolution rate rose from 71% to 83%
days without an accident went from 40 to 180
error-free batches climbed from 20 to 31
average wait at the counter fell to 11 minutes from 26
builds take 6 min instead of 22
scrap dropped from 14 kg to 5 kg
fewer complaints
fewer late deliveries than last month
the number of orders shipped late fell from 15 to 4
rejected batches: 6 last year, 1 this year
unread letters went from 40 to 9
changeover is 38 min, was 55 min
no-shows dropped from 9% to 2%
review score 4.3 -> 4.7
output was 97 units against a target of 95
scrap came in below target
costs stayed under budget
complaints did not rise
on-time deliveries rose from 88% to 95%
late deliveries at 1%, below the 3% allowed
zero complaints, 0 returns
payment terms pulled in from 90 days to 60 days
""".splitlines()[1:]
BAD = """
延期订单从4单涨到15单
订单从180单降到120单
投诉多了，上月3条这月19条
差评多了，上月3条这月19条
准点率从95%掉到88%
良品率98.2掉到95.6
回款周期由45天拉长到70天
逾期件从0件增加到6件
出勤率低于目标
网办率仅61%，没到要求的80%
投诉没有减少
返工没有降下来
平均等待从4分钟涨到9分钟
费用超出预算
退单率从3%蹿到8%
投诉解决率从83%降到71%
错误率从0.1%飙到2.4%
准点派送率跌破考核线
产量低于计划
缺陷超过标准
无事故天数从180天降到9天
销售目标100万，实际82万
不良品增加了
late orders rose from 4 to 15
orders fell from 180 to 120
complaints went up from 3 to 19
complaints did not fall
on-time rate slid from 95% to 88%
overdue petitions: none in spring, now up by 6
resolution rate dropped from 83% to 71%
output came in below target
costs went over budget
the waiting list for returns grew from 20 to 35
more late deliveries than last month
error rate shot up from 0.1% to 2.4%
first-pass yield slid to 95.6 from 98.2
only 61% filed online against a target of 80%
unpaid claims doubled
customer satisfaction is down by 6 points
cancellations have gone up from 3% to 8%
average wait is 9 minutes, was 4 minutes
scrap above target
renewals declined
""".splitlines()[1:]
SILENT = """
会议从10点改到11点
他把三个班次改成两个班次
团队从5人变成7人
投诉少了但订单也少了
检查了40个螺栓
这个月第三次,仓库停工半天
本月第3次停电两小时
这周投诉两次,误工半天
由信访办转入本科室
竞品降价他没跟着砍价
the meeting moved from 10 to 11
he changed the rota from 3 shifts to 2
the team went from 5 to 7 people
he checked 40 bolts
she talked to more than 40 people
he works from Monday to Friday
complaints fell and so did orders, sales dropped by half
""".splitlines()[1:]


def _sign(text: str) -> int:
    folded = fold(text)
    return measure_sign(folded, quantities(folded), language_of(text))


@pytest.mark.parametrize(("texts", "sign"), [(GOOD, 1), (BAD, -1), (SILENT, 0)], ids=["good", "bad", "unsaid"])
def test_the_measured_thing_says_which_way_is_good(texts: list[str], sign: int) -> None:
    assert {text: got for text in texts if (got := _sign(text)) != sign} == {}


@pytest.mark.parametrize(("texts", "said"), [(GOOD, "strength"), (BAD, "concern")], ids=["good", "bad"])
def test_a_note_that_is_a_measure_leans_the_way_it_moved(texts: list[str], said: str) -> None:
    assert {text: got for text in texts if (got := assist(text).sentiment) != said} == {}
