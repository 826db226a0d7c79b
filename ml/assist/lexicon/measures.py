"""Words of measures in Chinese and English: of what less or more is better, how measures move, and their goals.

Patterns for folded text. A bad word rules the whole phrase: "late orders", 延期订单 and "lost revenue" are bad things
although orders and revenue are good ones.
"""

from __future__ import annotations

BAD = {
    "zh": (
        r"延期|逾期|超期|超时|拖期|误期|滞后|晚点|误点|晚交|迟交|晚到|迟到|早退|缺勤|缺席|旷工|投诉|客诉|申诉|申告|"
        r"抱怨|"
        r"差评|一星|不满|纠纷|信访|争议|差错|错误|误差|错[拣发单件账漏配装检贴]|误[判报诊发差]|"
        r"漏[发检报单送件记装洞测付诊]|遗漏|丢|"
        r"破损|货损|损坏|损耗|损失|耗损|缺陷|不良|次品|残次|疵点|报废|废[品料件单]|返[工修测厂件]|"
        r"退[货单款订件回票]|取消|"
        r"流失|离职|停[机线电工产]|宕机|跳闸|故障|事故|险情|隐患|漏洞|告警|报警|崩溃|卡顿|闪退|掉线|失败|失误|违规|"
        r"违章|违约|罚[款单]|扣分|赔[偿付款]?|索赔|浪费|积压|滞留|堆积|未[一-鿿]{1,3}|不合格|不达标|不符合项|开口项|"
        r"空驶|空置|空转|拥堵|排队|等待|等候|候诊|耗时|用时|时长|时间|工时|周期|响应|延迟|时延|抖动|成本|费用|开支|"
        r"支出|花费|能耗|[电油水料物单]耗|账期|欠款|坏账|呆账|负债|跌倒|压疮|感染|死亡|受伤|工伤|误工|加班|工单|"
        r"重复来电|升级件|缺货|断货|断料|缺料|欠药|油耗|厨余|缺编|缺口|短缺|爆仓|泄漏|渗漏|偏差|审计调整|"
        r"重[做拍跑复]|补录|空跑|"
        r"霉变|死苗|死亡率|病死|呆滞|过期|临期|插队|骚扰|bug|噪[音声]|温升|拥挤|待[上处审修办][一-鿿]?"
    ),
    "en": (
        r"late|overdue|delay(?:s|ed)?|backlogs?|complaints?|grievances?|petitions?|errors?|mistakes?|defects?|scrap|"
        r"waste|wastage|spoilage|rework|re-?runs?|resurveys?|returns?|returned|refunds?|cancell?ations?|cancell?ed|"
        r"churn|"
        r"turnover|attrition|absence\w*|absentee\w*|overtime|downtime|outages?|stoppages?|stops|trips|breakdowns?|"
        r"breakages?|incidents?|accidents?|injur\w+|near misses|falls|sores?|infections?|deaths?|mortality|"
        r"crash(?:es)?|"
        r"failures?|failed|faults?|faulty|bugs?|cves?|vulnerabilit\w+|alerts?|pages|false alarms?|rejects?|rejected|"
        r"rejections?|claims?|fines?|penalt\w+|surcharges?|loss(?:es)?|lost|missing|missed|misses|mis-?\w+s|wrong|"
        r"damag\w+|broken|shrinkage|theft|leaks?|spills?|duplicates?|no-?shows?|queu\w+|wait(?:s|ing)?|hold time|"
        r"(?<!on-)(?<!on )times?|response|handling time|aht|changeovers?|latency|jitter|lag|costs?|spend\w*|"
        r"expenses?|"
        r"overspend\w*|debts?|arrears|dso|payment terms|overruns?|variances?|adjustments|violations?|breach(?:es)?|"
        r"findings|"
        r"escalations?|repeat calls|tickets|unanswered|unread|unresolved|unpaid|unfilled|unreconciled|unsold|"
        r"unplanned|unfinished|vacanc\w+|shortages?|shortfalls?|gaps?|pending|outstanding|stuck|stale|abandoned|"
        r"dropped (?=calls|parcels|leads)|"
        r"disputes?|one-star|negative|bad reviews?|warnings?|not on time|emissions|consumption|swarf|burrs|"
        r"stock-?outs|owings|fuel|"
        r"drop-?outs?|"
        r"idle|bounce rate|build|builds|month end"
    ),
}
GOOD = {
    "zh": (
        r"销售|营收|收入|利润|毛利|净利|现金流|评分|得分|点评分|分数|成绩|满意|好评|五星|表扬|转化|产量|产出|产能|"
        r"吞吐|"
        r"良率|良品|得率|合格|达标|覆盖|可用|在线率|净推荐|留存|激活|日活|活跃|下载|效率|完成|业绩|订单|出勤|到课|"
        r"准确|精度|准交|准点|准时|按时|按期|如期|及时|交付|解决率|参与|续约|续签|复购|利用率|产奶|签单|签约|新签|"
        r"通过|"
        r"客单价|达成|回款|拣货|上座|入住|网办|依从|就业|报名|存活|成活|治愈|康复|出苗|亩产|客流|速度|续航|寿命|无故障|"
        r"命中|"
        r"签收|中标|回访|节约|结余|拿单|覆盖面|会员|妥投"
    ),
    "en": (
        r"sales|revenue|profits?|margins?|scores?|points|satisfaction|csat|conversions?|output|throughput|yield|"
        r"coverage|availability|uptime|nps|ratings?|retention|activation|productivity|quota|bookings|orders|logos|"
        r"attendance|accuracy|punctuality|on[- ]?time|otif|deliver(?:y|ies)|resolution|fcr|pass rate|compliance|"
        r"adherence|"
        r"first-?pass|first-?contact|engagement|renewals?|renewed|utili[sz]ation|occupancy|rate|enrol\w+|sign-?ups|"
        r"subscribers|downloads|footfall|visitors|savings|cash|speed|battery life|shelf life|survival|harvest|"
        r"filed online|"
        r"uptake|hit rate|win rate|wins|market share|five-star"
    ),
}
RESOLVED = {
    "zh": (
        r"(?:解决|关闭|关单|修复|恢复|处理|处置|办结|追回|挽回|回收|整改|答复|发现|检出|拦截)(?:完成)?(?:率|数|量|"
        r"比例|"
        r"件数|占比)"
    ),
    "en": r"(?:resolution|closure|clearance|recovery|detection|fix|repair|collection)s? (?:rate|share|count|ratio)",
}
"""After a bad word: of "complaint resolution rate" more is better."""
FREE = {
    "zh": (
        r"(?:无|零|没有|免)(?:差错|错误|事故|故障|投诉|缺陷|工伤|跌倒|违章|停机)[一-鿿]{0,4}(?:天|日|班|时间|时长|"
        r"批|间隔)"
    ),
    "en": (
        r"(?:error|defect|accident|incident|complaint|fault|injury|trouble)-free|(?:days|weeks|hours|shifts|time) "
        r"(?:without|since|between) (?:an? |the last |any )?\w+|up-?time|time on site for family|run time"
    ),
}
"""A bad word that is held off: of "days without an accident" more is better."""
UP = {
    "zh": (
        r"上升|攀升|回升|飙升|提升|升(?!级|班|职|任|学)|提高|涨(?!价|水|停)|增(?:加|长|至|到|多|为|大)|激增|多了|"
        r"变多|多出|翻了?一?番|翻倍|"
        r"翻了|飙|蹿|窜|拉长|延长|变长|拖长|加长|扩大|走高|更高|冲到|爬到|抬头|反弹"
    ),
    "en": (
        r"rose|risen|rises?|rising|grew|grown|grows?|growing|increas(?:ed?|es|ing)|(?:went|gone|goes|shot|crept|is|"
        r"are|"
        r"was|were|came|back) up|up(?= (?:by |to |from |on |a |an? |half|\d))|climb(?:ed|s|ing)?|doubled|trebled|"
        r"tripled|"
        r"quadrupled|soar\w*|jumped|spiked|surged|balloon\w*|lengthened|drifted|higher|more(?! than one)"
    ),
}
DOWN = {
    "zh": (
        r"下降|降(?!价|温|雨|落|压药|级)|减(?:少|到|至|为|了|半|成|低|下|慢)|锐减|骤减|下滑|滑到|滑落|下跌|"
        r"跌(?!倒)|掉(?:到|了|至|成)|"
        r"缩(?:短|到|成|至|减|了|为)|压(?:到|至|缩|降|了|下|减)|少(?:了|掉|\d|报|出|用|停|丢)|变少|变短|砍(?:到|掉|"
        r"了)|"
        r"清到|清零|归零|为零|到零|清到没有|回落|走低|更低|谈到|变成0|减"
    ),
    "en": (
        r"fell|fallen|falls?(?= (?:by|to|from))|(?<=not )fall|(?<=n't )fall|falling|drop(?:ped|s|ping)?|"
        r"decreas(?:ed?|es|ing)|declin(?:ed?|es|ing)|"
        r"(?:went|gone|goes|is|are|was|were|came|come|brought|got|kept) down|down(?= (?:by |to |from |on |a |an? |"
        r"half|\d|$))|"
        r"shrank|shrunk|shrinks?|reduc(?:ed?|es|ing)|cut|cuts|cutting|halved|lowered|lower|sank|slid|slipped|"
        r"slumped|dipped|"
        r"plunged|plummeted|trimmed|slashed|pulled in|shorter|fewer|less|no more|tumbled|to (?:none|nil|zero|"
        r"nothing|nought)"
    ),
}
GOALS = {
    "zh": r"目标|计划|规定|要求|标准|指标|考核线|红线|底线|承诺",
    "en": r"target|plan|goal|quota|asked for|required|requirement|promised|benchmark|contract line|standard|expected",
}
CEILINGS = {
    "zh": r"上限|预算|限额|限值|允许|额度|阈值",
    "en": r"budget|limit|ceiling|cap|allowed|allowance|maximum|threshold",
}
OVER = {
    "zh": r"超(?:过|出|了|额)?|高于|高出|多于|突破",
    "en": r"over|above|ahead of|higher than|more than|exceed\w*|beat|beats|past",
}
UNDER = {
    "zh": r"低于|不足|不到|少于|没到|未到|没达到|未达到?|达不到|跌破|落后|差(?=了|\d)",
    "en": r"under|below|short of|behind|less than|fewer than|lower than|missed|misses|beneath",
}
EARLIER = {
    "zh": r"以前|原来|原先|之前|本来|过去|上个?季度?|上个?月|上周|上半年|上年|去年|往年|年初|当初|前年|早先|那时",
    "en": (
        r"last|previously|before|used to|formerly|was|were|originally|then|in (?:spring|january|march)|a year ago|"
        r"where"
    ),
}
NOW = {
    "zh": r"现在|如今|目前|今年|本[月周年季]|这个?[月周季]|眼下|到年底|如今|这回",
    "en": r"now|this|today|currently|these days|nowadays|since",
}
INSTEAD = {
    "zh": r"而不是|不是|相比|比起",
    "en": r"instead of|rather than|not|compared (?:to|with)|versus|vs\.?|against",
}
"""Between two figures: the first is what holds, the second what it is set against."""
