"""Result, target, limit, example or somebody else's figure: what the words around a number make of it."""

from __future__ import annotations

import re

from ml.metrics.contract import Kind

_FLAGS = re.IGNORECASE | re.ASCII

_TARGET_HEADER = re.compile(
    r"目标|期望|预期|要求|需求|标准(?!(?:偏|方)?差)|阈值|指标值|参考值|限值|考核|达标线|底线|上限|下限|门限|合格线|准入|计划|预估|约定|承诺|规格|红线|告警线"
    r"|优秀|良好|合格(?!率)|较差|默认值|缺省值"
    r"|预测|\b(?:target|goal|forecast(?:ed)?|projected|predicted|estimated?|expect(?:ed|ation)?|requir(?:ed|ement)s?|threshold|limit|objective|sl[aoi]s?|acceptance|criteri(?:a|on)|standard|ideal"
    r"|budget|default values?|agreed|committed|promised|contractual|excellent|poor|allowed|allowable|max allowed"
    r"|planned|plan|desired|acceptable|spec(?:ification)?|nfr|pass if|kpi)\b",
    _FLAGS,
)
_RESULT_HEADER = re.compile(
    r"实测|实际|测试结果|结果|(?:测试|验证|执行)(?:情况|记录|数据)|测试值|测量值|达到值|完成值|实绩|当前值|\b(?:results?|actual|measured|observed|achieved|obtained|current|value|recorded|outcome|evidence|findings?|proof)\b",
    _FLAGS,
)
_IGNORED_HEADER = re.compile(
    r"是否|结论|状态|备注|说明|评价|判定|通过与否|达标|提升|增幅|降幅|变化|改善|改进|幅度|差异|(?<!标准)偏差|对比|环比|同比|描述|含义|建议|来源|负责人|评级|评分|得分|打分|完成情况|差距|倍数|加速比|占比|(?:剩余|错误)预算"
    r"|\b(?:status|pass(?:ed)?/fail|pass\?|met\??|verdict|notes?|comments?|remarks?|evaluation|assessment|rating|description|meaning|definition|"
    r"improvement|change|delta|diff(?:erence)?|Δ|gain|vs\.?|trend|margin|ratio to|explanation"
    r"|error budget|budget (?:left|remaining|used|spent|burn\w*)"
    r"|interpretation|impact|source|method|priority|owner|analysis|compliance)\b",
    _FLAGS,
)
_EXAMPLE_SECTION = re.compile(
    r"示例|样例|举例|填写说明|模板说明|\b(?:examples?|sample report|how to (?:read|fill))\b", _FLAGS
)
_TARGET_SECTION = re.compile(
    r"(?:性能|测试|压测|业务|质量|非功能)?(?:目标|需求(?!覆盖|跟踪)|要求|期望)|(?:通过|验收|准入|准出|评判|评价|评定|考核|合格|判定)(?:标准|准则|条件|指标)|(?:测试|压测)(?:执行|实施|总体)?(?:方案|计划|策略)|[(（](?:方案|计划|规划|待测|待执行)[)）]|(?:测试|压测|场景|负载|压力)设计(?![与和及]?(?:执行|实施|实现))|性能标准|指标要求|阈值|检查清单|核对表|下一步|后续计划|改进计划|容量规划|下(?:周|月|阶段|季度|个?迭代)|预测|估算|预估|推算|建议|服务(?:级别|等级|水平)(?:协议|承诺|目标)"
    r"|\b(?:targets?|goals?|objectives?|requirements?|acceptance|criteria|thresholds?"
    r"|limits|sl[ao]s?|service levels?|success criteria|test plan|plan|next(?: \w+)?$|recommendations?|roadmap|upcoming"
    r"|todo|check-?list|alerts?|alerting|"
    r"expected(?: results| performance)?|(?:what )?we (?:want(?:ed)?|expect(?:ed)?|hoped|aimed|planned|asked"
    r"|promised|need(?:ed)?)|(?:test|scenario|workload|load) design"
    r"|forecasts?|outlook|projections?|budgets?|pass/fail)\b",
    _FLAGS,
)
_OTHERS_SECTION = re.compile(
    r"厂商|白皮书|官方数据|行业(?:标准|平均|水平|基准|数据|对标)|业界|竞品|参考(?:数据|资料|值|信息)?\s*$|术语|名词解释"
    r"|\b(?:industry|competitors?|vendors?|published|third[- ]party|of others|market figures|glossary"
    r"|terms(?! of)|references?|terminology|definitions)\b",
    _FLAGS,
)
_RESULT_SECTION = re.compile(
    r"结果|结论|数据|分析|实测|总结|小结|\b(?:results?|summary|findings|conclusions?|analysis|measured|observations?|vs\.?|achieved|outcome|report)\b",
    _FLAGS,
)
_ACROSS = re.compile(
    r"(?:多|各|不同|两个?|三个?)(?:套|个)?(?:环境|配置|机器|参数)|(?:环境|配置|机器|参数)(?:间|之间)?(?:验证|对比|比较|差异|对[^,，。]{1,8}的?影响)"
    r"|\b(?:across|by|per|each|multiple|both|all|three|two) (?:environments|configurations|machines|settings)\b"
    r"|\benvironments? (?:compar\w+|side by side)",
    _FLAGS,
)
"""A heading that says that several environments were measured."""
CONFIGURATION_SECTION = re.compile(
    r"环境|配置|参数|设置|用户模型|压测策略|机器|服务器信息|\b(?:configurations?"
    r"|config|settings?|parameters?|environment|set-?up|hardware|options|workload|profile"
    r"|infrastructure|specs?)\b",
    _FLAGS,
)

TARGET_WORDS = re.compile(
    r"(?<!满足)(?<!达到)(?<!符合)(?<!满足了)(?:要求|需求|目标|期望|预期|标准|指标)(?!的是|已)(?:值|是|为|:|≥|≤|>|<|中|规定|能|应|需|达到|支持)?|应(?:该|当)?(?:不|能|支持|达到|保持|控制|小于|大于|低于|高于|在|满足|为)|需(?:要)?(?:提[高升]|增加|扩容|支持|达到|满足|保证|控制|小于|低于|在|能)|必须|不得|不应|不能(?:超过|低于|高于|大于)|须(?:达到|支持|满足)"
    r"|计划|建议[^,，。;；\d]{0,6}(?:按|以|将|把|设|配置|控制|调|限|扩|值|不|至少)|建议\s*[≤<≥>]|预计|预估|预测|理论|推算|折算|测算|外推|估算|估计|期待|力争|争取|下一步|下(?:周|月|轮|阶段)|下季度|下个月|下一阶段|明年|将(?:达到|提升|降|优化)|希望|规划|承诺|保证|阈值|红线|告警(?!\s*[:：])|限[速流](?:阈?值|为|到|在|至|[\s(]*\d)"
    r"|\b(?:shall|should|must|needs? to|required?|requires|requirements?|targets?(?! (?:systems?"
    r"|urls?|hosts?|servers?|environments?|applications?|apps?|apis?|services?|endpoints?"
    r"|machines?|database))|targeted|goals?|aim(?:s|ed|ing)?|objectives?|sl[ao]s?|expect(?:s"
    r"|ed|ation)?|plan(?:s|ned)?(?! (?:test|cases))|budget|thresholds?|"
    r"want(?:s|ed)?|hope[sd]?|forecast|estimate[sd]?|projected|next (?:quarter|release|month"
    r"|sprint|year|step)|acceptance|criteri(?:a|on)|limit(?:ed)? (?:is|to|of)|allows|permits?|permitted|capped at"
    r"|by default|ceiling|quota|promise[sd]?|extrapolat\w+|theoretical(?:ly)?|in theory|on paper"
    r"|guarantee[sd]?|(?:will|would) (?:be|need|reach|require|support|handle|take)|"
    r"alert(?:s|ing)? (?:\w+ )?(?:when|if|on|threshold)|ideally|recommended|asks? for|the ask was"
    r"|agreed (?:exit|limit|level|minimum|maximum)|had been)\b",
    _FLAGS,
)
MET_PHRASE = re.compile(
    r"(?:满足|达到|符合|优于|高于|低于|超(?:过|出)|未达到|不满足|好于)(?:了)?(?:预期|期望|设计|业务|性能|上线|验收|既定|测试|系统)?(?:的)?(?:性能|指标|测试)?(?:要求|需求|目标|标准|期望|预期|指标)(?!\s*(?:值|的|是|为|:|\()*\s*[\d≥≤<>])"
    r"|\b(?:meets?|met|within|exceed(?:s|ed|ing)?|satisf(?:y|ies|ied)|beat(?:s|ing)?"
    r"|miss(?:es|ed|ing)?|better than|below|above|under|over)(?: (?:the|its|our|their"
    r"|all|set|defined|stated))* (?:targets?|goals?|requirements?|sl[ao]s?|objectives?"
    r"|expectations?|thresholds?|budget|criteria|limit)\b(?!\s*(?:of|is|:|\()?\s*[\d≥≤<>]|\s+(?:[\w-]+\s+){1,3}of\s+\d)",
    _FLAGS,
)
PAST_WORDS = re.compile(
    r"上(?:一)?(?:次|轮|版|版本|个版本|周|月|个月|季度|年)(?!线)|此前|去年|同期(?!相?比)|历史数据|\b(?:previous|prior"
    r"|earlier) (?:run|test|release|version|round|build|week|month|quarter|year)\b(?: \w+){0,3}|\blast (?:release"
    r"|version|build|week|month|quarter|year)\b(?: \w+){0,3}",
    _FLAGS,
)
"""A run or a time before: what is said of it ends with the clause."""
COMPARED = re.compile(
    r"(?:相?比(?:较|起)?|较|对比|[与和同]|相对)(?:于|之)?上(?:一)?(?:次|轮|版|版本|个版本|周|月|个月|季度|年)(?:度|本)?(?:的)?(?:数据|结果|测试|压测)?(?:相比|比较|对比|比)?(?!\s*[(（:：]|的)"
    r"|\b(?:(?:compared|relative) (?:to|with)|versus|vs\.?|than|over|against|from|since|unlike) (?:the |our |in )*"
    r"(?:previous|prior|earlier|last) \w+(?! (?:\w+ )?(?:was|were|had|at|of|with)\b)(?!\s*[(:])",
    _FLAGS,
)
"""What came before, only set beside what is told: "较上一版本, TPS 提升到 1200", "faster than the previous release"."""
EXAMPLE_WORDS = re.compile(
    r"例如|比如|譬如|举例|示例|假设|假如|如果|若(?:每|有|并发|系统)|\(如[:：]?|如下例"
    r"|(?:^|[。；;,，(（\s])基线(?:值|数据|版本)?\s*(?:[(（][^)）]*[)）])?\s*[:：为是]|\bbaseline\s*(?:\([^)]*\))?\s*(?::|was\b|is\b|of\b)"
    r"|仅供参考|样例|就会产生|便会产生|(?:正常|日常|平时|平日)(?:水平|情况下?|值|(?:大盘|流量|线上)*(?=\s*(?:QPS|TPS|RT"
    r"|CPU)?\s*(?:大?约|在|为)))|\b(?:normally|on a normal day"
    r"|(?:yesterday|last (?:week|month|year)) (?:\w+ ){0,3}(?:stood|was|were) at)\b"
    r"|\bexamples?\s*:|\bfor (?:reference|comparison)\b"
    r"|\b(?:e\.g\.|for example|for instance|such as|suppose"
    r"|imagine|assum(?:e|ing)|hypothetical(?:ly)?|say,|would(?: already)? be|if you"
    r"|if (?:the|a|an|your)|illustrat)",
    _FLAGS,
)
OTHERS_WORDS = re.compile(
    r"行业(?:标准|平均|水平|内|基准|数据|惯例|经验|均值|报告|普遍|通用|参考|对标)|业界"
    r"|同类|竞品|厂商|白皮书|业内|一般(?:来说|而言|在|为|情况|认为|要求)|通常|经验值|友商|市面上"
    r"|公认|据(?:报道|统计|报告|.{0,6}报告)|\b(?:industry|typical(?:ly)?|usually|generally"
    r"|commonly|most (?:vendors|services|saas|users|teams|companies)|competitors?|according to"
    r"|best practice|rule of thumb|(?:vendor|supplier|manufacturer)(?:'?s)? (?:\w+ ){0,2}(?:publish|claim|state"
    r"|quote|advertise|say|promise)\w*|(?:documentation|data ?sheet|brochure) (?:quotes?|says?|states?|claims?"
    r"|gives?)|white ?papers?"
    r"|published (?:figures|numbers|results|benchmarks)|"
    r"benchmarks? (?:put|suggest|show|say)|considered|studies|research shows|google|amazon)\b",
    _FLAGS,
)


KIND_HEADER = re.compile(
    r"(?:目标|计划|期望|预期|要求|实际|实测|完成|达成|实绩|基线|target|goal|plan(?:ned)?|budget|required|actual|measured|result"
    r"|achieved|baseline)(?:值|数|额|量)?$",
    re.IGNORECASE,
)
"""A header that says of which kind its values are, and nothing else."""


def header_kind(header: str) -> Kind | None:
    """The kind that a column header or row label gives to its values; None when it says nothing of it."""
    target, result = _TARGET_HEADER.search(header), _RESULT_HEADER.search(header)
    if target and not (result and re.search(r"实际|实测|\b(?:actual|measured|observed)\b", header, _FLAGS)):
        return Kind.TARGET
    if _OTHERS_SECTION.search(header):
        return Kind.EXAMPLE
    return Kind.MEASURED if result else None


def is_ignored_header(header: str) -> bool:
    """Whether a column holds verdicts, notes or changes, whose numbers are no values of the metric."""
    return bool(_IGNORED_HEADER.search(header)) and not _RESULT_HEADER.search(header)


def without_kind_words(header: str) -> str:
    """A header without the words that only give its kind: "目标销售额" → "销售额"."""
    bare = _RESULT_HEADER.sub("", _TARGET_HEADER.sub("", header))
    return header if bare == header else re.sub(r"[(（]\s*[)）]", "", bare).strip(" -_:：/")


_LIMIT = re.compile(
    r"\s*(?:<=?|>=?|≤|≥|不(?:得|能|应)?(?:超过|高于|低于|大于|小于)|小于|大于|低于|高于|少于"
    r"|\b(?:is |be |stays? |remains? )?(?:not |no )?(?:below|under|above|over|at least|at most|less than"
    r"|more than|no more than|within|up to)\b)\s*\d.*$",
    _FLAGS,
)


def without_limit(label: str) -> str:
    """A label without the demand that it ends with: "Error rate below 1%" → "Error rate"."""
    return _LIMIT.sub("", label)


_ADVICE = re.compile(r"建议|推荐|规划|配额|\b(?:recommend\w*|advice|advised|sizing)\b", _FLAGS)


def is_advice(heading: str) -> bool:
    """Whether a heading stands over what somebody should do: none of its figures was found."""
    return _ADVICE.search(heading) is not None


_UNDER_TARGET = re.compile(
    r"\b(?:at|under|with) (?:the |our )?(?:target|planned|expected|required) (?:request )?(?:rate|load|rps|tps"
    r"|throughput|volume|traffic|concurrency)\b",
    _FLAGS,
)
"""The load that was put on, as wanted: what is told below it was measured."""


def section_kind(heading: str) -> Kind | None:
    """The kind of the numbers below a heading, when they are no results; None otherwise."""
    heading = _UNDER_TARGET.sub("", heading)
    if _EXAMPLE_SECTION.search(heading) or _OTHERS_SECTION.search(heading):
        return Kind.EXAMPLE
    if _TARGET_SECTION.search(heading) and not _RESULT_SECTION.search(_TARGET_SECTION.sub("", heading)):
        return Kind.TARGET
    return None


def is_result_section(heading: str) -> bool:
    """Whether a heading promises what was found."""
    return _RESULT_SECTION.search(heading) is not None


def is_configuration(heading: str) -> bool:
    """Whether a heading stands over settings and machines, not results."""
    heading = re.sub(r"[(（][^)）]*[)）]", "", heading)
    if re.search(r"[:：]\s*\S", heading):
        return False  # "Machine: blade 7" names where the results below come from
    told = _RESULT_SECTION.search(heading) or _ACROSS.search(heading)
    return bool(CONFIGURATION_SECTION.search(heading)) and not told


def only_configures(heading: str) -> bool:
    """Whether a heading says that settings follow and names nothing whose settings they are."""
    bare = CONFIGURATION_SECTION.sub("", heading)
    return bare != heading and not re.sub(
        r"\b(?:test|load|run|the)\b|测试|压测|[^A-Za-z\u4e00-\u9fff]", "", bare, flags=_FLAGS
    )


def plain_words(sentence: str) -> str:
    """A sentence with what only compares with a goal or with a run before blanked out, its length unchanged."""
    return _PLANNED_CASES.sub(_blank, COMPARED.sub(_blank, MET_PHRASE.sub(_blank, sentence)))


_PLANNED_CASES = re.compile(r"\b(?:cases|tests|scripts) (?:were |are )?planned\b|计划(?:执行)?(?:测试)?用例", _FLAGS)
"""How many there are, not how many there should be."""


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def words_kind(words: str, *, comparison: str = "") -> Kind:
    """The kind of a number from the words of its own clause and the lead of its sentence."""
    text = plain_words(words)
    if EXAMPLE_WORDS.search(text) or OTHERS_WORDS.search(text) or PAST_WORDS.search(text):
        return Kind.EXAMPLE
    if TARGET_WORDS.search(text):
        return Kind.TARGET
    return Kind.BOUND if comparison in ("<", ">") else Kind.MEASURED


def asks(words: str) -> bool:
    """Whether a sentence's opening makes all of it a demand, a plan or an illustration ("按照需求, …")."""
    return words_kind(words) is not Kind.MEASURED
