"""Words by which the SMART check knows actions, vague wording, means, purposes and outcomes of business."""

from __future__ import annotations

import re

ACTIONS_ZH = re.compile(
    "完成|实现|达到|达成|提高|提升|降低|降至|降到|降|减少|缩短|压缩|压降|增加|增长|扩大|拓展|开拓|开发|研发|上线|发布|交付|建立|建设|搭建|构建|制定|编写|撰写|"
    "编制|输出|设计|优化|改进|改善|改造|重构|迁移|推出|推广|推动|推进|落实|执行|实施|开展|组织|举办|召开|培训|培养|学习|考取|考|取得|获得|拿到|拿下|通过|"
    "签订|签约|引进|引入|招聘|招|筹建|控制|保持|维持|确保|保证|保障|加强|强化|巩固|做好|做到|做|解决|消除|清理|清零|修复|关闭|整改|排查|检查|审核|"
    "盘点|梳理|统一|整合|对接|打通|接入|替换|升级|部署|验证|测试|评估|调研|分析|跟进|维护|服务|拜访|回访|收集|整理|归档|覆盖|节约|节省|盈利|"
    "回款|收回|销售|卖出|成交|转化|留存|激活|新增|净增|引流|投放|策划|运营|申请|申报|发表|获取|孵化|试点|复制|沉淀|总结|分享|带教|辅导|帮助|支持|配合|"
    "参加|参与|阅读|读|写|跑|减|增|升|翻番|翻倍|突破|超过|超|领先|进入|赢得|打造|树立|塑造|营造|熟悉|掌握|了解|适应|努力|争取|力争|提前|准时|按时"
)
ACTIONS_EN = re.compile(
    r"\b(?:achiev|reach|hit|increas|rais|improv|boost|grow|lift|expand|doubl|tripl|reduc|cut|lower|decreas|shorten|"
    r"shrink|halv|elimin|remov|launch|ship|deliver|releas|roll|publish|build|creat|develop|design|implement|deploy|"
    r"migrat|refactor|automat|integrat|replac|upgrad|test|validat|fix|resolv|close|clos|clear|document|writ|draft|"
    r"prepar|present|run|conduct|organi[sz]|host|train|coach|mentor|hire|hir|recruit|onboard|retain|acquir|win|sign|"
    r"sell|sold|generat|earn|save|sav|collect|recover|complet|finish|pass|obtain|earn|gain|secur|establish|set up|"
    r"introduc|standardi[sz]|consolidat|streamlin|optimi[sz]|enhanc|strengthen|maintain|keep|ensur|support|help|"
    r"enabl|provid|learn|read|stud|attend|participat|lead|manag|track|monitor|review|audit|assess|survey|interview|"
    r"visit|call|contact|respond|answer|convert|activat|onboard|bring|get|make|do|becom|be\b|meet|exceed|beat|double|"
    r"triple|move|transition|start|stop|limit|hold|lose|eat|walk|practi[cs]|work|try|strive|focus|drive|promot|"
    r"foster|cultivat|explor|understand|communicat|collaborat|share|gather|test|map|define|agree|renew|"
    r"negotiat|source|"
    r"certif|register|file|submit|apply|open|plant|recycl|donat|raise|fund|invest|diversif|penetrat|enter)"
    r"(?:e|es|ed|s|ing|ting|ning|ping|d|t|ation|y|ies|ied|fy|fies|fied)?\b",
    re.IGNORECASE,
)
VAGUE_OBJECTS_ZH = re.compile(
    "工作(?!日|台|流|坊|簿)|业务(?=能力|水平|$|[，。；])|个人|自己|自身|综合|整体|各项|各方面|相关|有关|日常|基本|良好|积极|认真|努力|争取|力争|不断|持续|进一步|更加|更好|"
    "更多|更高|更大|大力|"
    "全面|切实|有效|高效|优质|深入|扎实|稳步|显著|明显|大幅|较大|一定|适当|尽量|尽可能|尽力|素质|水平|能力|意识|态度|作风|氛围|表现|业绩|管理|团队|沟通|协作|合作|执行力|凝聚力|竞争力|"
    "影响力|战斗力|效率|质量|服务|形象|状态|力度|程度|方面|事情|任务|要求|领导|同事|公司|部门|岗位|本职|价值|贡献|成绩|进步|发展|问题|情况|成果|效果|目标"
)
_VAGUE_EN = """
leader leaders manager managers person employee colleague assigned given required performance quality skill
skills communication productivity efficiency effectiveness teamwork thing things work results result service
services team teams job better more best good great well hard harder everything something stuff myself ourselves
overall general various relevant company business organization organisation department people staff level levels
ability abilities knowledge attitude morale culture relationship relationships processes process progress
success impact value growth improvement improvements leadership collaboration excellence experience engagement
standards daily tasks task goals goal objectives objective responsibilities duties role efforts effort issues
problems situation way area areas awareness management significantly substantially considerably greatly
continuously constantly strongly effectively efficiently possible much little bit really very highly
professional personal strong high higher low lower new a an the to of in on at for with and or by from as is are
be our my your their its it we i you they this that these those all every each any some other than up down out
into over under per within during through so etc will shall should would could can must may might do does did
not no least most also only while when where which who whom whose what how time times end year years quarter
quarters month months week weeks day days before after until till about around roughly between across among
toward towards against without near next last first second third fourth current have has had been being was were
am us them he she his her him me mine percent percentage points number numbers amount try trying aim strive
focus continue want need wish ensure order become becoming get getting make making keep keeping stay remain
"""
VAGUE_OBJECTS_EN = frozenset(_VAGUE_EN.split())
DEGREES = re.compile(
    r"显著|大幅(?:度)?|明显|进一步|更好|更高|更多|更强|更快|更大|不断|持续|尽可能|尽量|较大幅度|有所|稳步|逐步|全面|大力|有效|切实|一定程度|一流|优秀|良好|满意(?!度|率)|"
    r"\b(?:significant(?:ly)?|substantial(?:ly)?|considerabl[ey]|great(?:ly)?|better|more|faster|higher|lower|"
    r"fewer|less|"
    r"as (?:much|many|soon|often|well) as possible|continuous(?:ly)?|constant(?:ly)?|strong(?:er|ly)?|world[- ]class|"
    r"best[- ]in[- ]class|excellent|good|great|improved|optimal|effective(?:ly)?|efficient(?:ly)?|a lot|much)\b",
    re.IGNORECASE,
)
MILESTONES = re.compile(
    r"上线|发布|投产|投入使用|验收|交付|通过[^，。；]{0,12}(?:认证|评审|审核|考试|测评|验收|评估|备案)|(?:取得|获得|拿到|考取)[^，。；]{0,12}(?:证书|证|资质|专利|"
    r"认证|牌照|许可)|"
    r"签订|签约|完工|竣工|落成|开业|结项|结题|定稿|下线|割接|切换|挂牌|搬迁|制定[^，。；]{0,12}(?:方案|制度|规范|手册|标准|计划|流程)|"
    r"(?:完成|建成|搭建|建立)[^，。；]{1,20}(?:系统|平台|模块|体系|机制|报告|方案|文档|手册|中心|实验室|产线|看板|迁移|重构|改造|搭建|部署|招聘|培训|盘点)|"
    r"\b(?:launch|ship|releas|publish|deliver|deploy|migrat|accredit|pass|obtain|sign|open|submit|file|fil|complet|"
    r"finish|roll out|go live|hand over|decommission|graduat|clos)(?:e|es|ed|s|ing|ion)?\b|\bcertif\w+\b",
    re.IGNORECASE,
)
BASELINES = re.compile(
    r"目前|当前|现有|现为|现在|去年|上年|上季度|上月|上一?季|同比|环比|较(?:去年|上|同期)|基线|基准|现状|比(?:去年|上|同期)|相比|在[^，。；]{1,10}的?基础上|"
    r"\b(?:currently|current(?:ly)? (?:at|level|rate)|baseline|at present|today'?s|last (?:year|quarter|month)|"
    r"year[- ]over[- ]year|"
    r"yoy|qoq|versus|vs\.?|compared (?:to|with)|up from|down from|existing|from the (?:current|present))\b",
    re.IGNORECASE,
)
MEANS = re.compile(
    r"(?:通过(?!率)(?![^，。；]{0,12}(?:认证|评审|审核|考试|验收))|借助|利用|依托|采用|运用|基于|凭借|采取|以[^，。；]{2,16}(?:为抓手|的?方式|的?手段|为手段|"
    r"为载体)|每(?:天|日|周|月)[^，。；]{0,6}(?:练|学|读|走访|拜访|跟进|复盘|培训|检查|回访|安排|投入))[^，。；]{0,30}"
    r"|(?:投入|预算|增派|配备|抽调|安排)[^，。；]{0,12}(?:\d|[一二两三四五六七八九十])[^，。；]{0,6}"
    r"|(?<!ed )\b(?:by|through|via|using|with the help of|leveraging|by means of)\s+(?:the\s+|our\s+|an?\s+|two\s+|"
    r"three\s+)?(?!(?:\d|q[1-4]|end|year|month|"
    r"next|this|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mid|early|late|the end|christmas|monday|friday|"
    r"fy|h[12]\b))[a-z][\w-]+(?:\s+[\w'-]+){0,6}"
    r"|\b(?:budget|headcount|hours? (?:a|per) (?:week|day)|dedicat\w+|allocat\w+)\b",
    re.IGNORECASE,
)
EXTREMES = re.compile(
    r"(?:100|一百|百分之百|百分之一百)\s*[%％]?(?=满意|合格|通过|达标|准确|正确|完美|成功|无|$|的|，|。)|(?:零|0\s*)(?:事故|缺陷|投诉|差错|故障|失误|流失|延误|"
    r"风险|bug)|绝对|永远|永不|万无一失|彻底(?:消除|杜绝|解决)|杜绝一切|完全(?:消除|杜绝)|"
    r"(?:全球|世界|全国|行业|业内)(?:第一|最|领先)|史上最|无与伦比|(?:翻|提高|提升|增长)\s*(?:[5-9]|\d{2,}|[五六七八九十])\s*(?:倍|番)|所有(?:人|客户|员工|"
    r"问题)都|人人|"
    r"\b(?:always|never|perfect(?:ly|ion)?|flawless(?:ly)?|zero (?:defects?|errors?|bugs?|accidents?|"
    r"complaints?|downtime|churn)|no (?:defects|errors|bugs|complaints|mistakes) (?:at all|whatsoever|ever)|"
    r"every single|100\s?%|world'?s (?:best|largest|leading|first)|number one|no\.? ?1|#1|impossible|"
    r"at any cost|unlimited|"
    r"(?:[5-9]|\d{2,})\s?(?:x|times|fold)|tenfold)(?!\w)",
    re.IGNORECASE,
)
PURPOSES = re.compile(
    r"(?:以便|以(?=支持|支撑|满足|确保|保障|降低|提高|提升|实现|促进|助力)|从而|为了|为(?=支持|支撑|配合|落实|实现|满足|保障|公司|部门|客户)|助力|支撑|服务于|对齐|承接|配合|"
    r"响应|落实|符合|贯彻|契合|促进|保障)[^，。；]{2,24}|"
    r"(?:公司|部门|集团|战略|年度|事业部|团队|上级)[^，。；]{0,6}(?:战略|目标|OKR|规划|重点|方针)|"
    r"\b(?:so that|in order to|to support|to enable|to help|aligned? with|aligns with|in line with|"
    r"contribut\w+ to|in support of|supporting|enabling|"
    r"as part of|which will|so (?:we|customers|users|the)|for the (?:company|team|department|business)|thereby|"
    r"resulting in|leading to|because|strategy|strategic)\b"
    r"[^,.;]{0,60}",
    re.IGNORECASE,
)
OUTCOMES = re.compile(
    r"(?:(?![把将使从由让对在与和的为])[\u4e00-\u9fff]){1,6}(?:(?<!效)率|额|量(?!化)|天数|次数|人数|件数|成本|费用|时长|时间|周期|满意度|坪效|人效|差错|电话|来电|感染)|"
    r"工单|工期|客诉|审批|营收|收入|销售额|销量|销售|利润|毛利|成本|费用|回款|应收|现金流|客户|用户|顾客|订单|市场份额|市占率|留存|流失|续约|复购|转化率|转化|满意度|NPS|净推荐|投诉|"
    r"交付周期|交付|周期|库存|周转|产能|产量|良率|良品率|合格率|次品|返工|缺陷|故障|"
    r"事故|安全|合规|审计|离职率|流失率|招聘|到岗|人效|响应时间|可用性|稳定性|宕机|性能|延迟|吞吐|上线|覆盖率|注册|日活|月活|访问量|点击率|GMV|ARR|MRR|ROI|能耗|排放|碳|耗电|"
    r"患者|病人|学生|学员|供应商|采购|物流|时效|准时|准点|线索|商机|合同|签约|中标|门店|"
    r"\b(?:revenue|sales|profit|margin|cost|costs|expenses?|spend|budget|cash|rates?|ratios?|errors?|infections?|calls?|prospects?|claims?|accuracy|volume|capacity|customers?|clients?|users?|"
    r"buyers?|patients?|students?|subscribers?|members?|"
    r"churn|retention|renewals?|conversions?|satisfaction|csat|nps|complaints?|returns?|refunds?|lead time|"
    r"cycle time|deliver(?:y|ies)|on[- ]time|inventory|stock|turnover|"
    r"throughput|yield|defects?|bugs?|incidents?|accidents?|injur(?:y|ies)|safety|compliance|audit|security|"
    r"attrition|hir(?:e|es|ing)|headcount|vacanc(?:y|ies)|"
    r"response time|latency|uptime|availability|downtime|outages?|performance of|coverage|sign[- ]?ups?|"
    r"registrations?|traffic|visits?|visitors|click|gmv|arr|mrr|roi|"
    r"energy|emissions?|carbon|waste|suppliers?|procurement|shipping|shipments?|orders?|leads|pipeline|deals?|"
    r"contracts?|market share|readmissions?|wait(?:ing)? times?|"
    r"tickets?|backlog|quality|product|launch|release|market|website|app|platform)\b",
    re.IGNORECASE,
)
