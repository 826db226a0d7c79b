"""Wording to look at again before a note is sent: patterns for Chinese and English, each with a reason.

Standard library only. Patterns are anchored to how such wording is used of a person, and harmless look-alikes
("health check", "mother board", 健康检查, 家庭套餐) are taken out first. A caution never blocks: it asks the writer.
"""

from __future__ import annotations

import re

from ml.assist.contract import Caution, CautionCode, Quote
from ml.assist.lexicon.cautions import HARMLESS, TURNS

_MESSAGES: dict[CautionCode, tuple[str, str]] = {
    CautionCode.CHARACTER_JUDGEMENT: (
        "这是在评价人的性格，对方无从改变。请写看到的具体行为。",
        "This judges character, which nobody can act on. Describe what was done instead.",
    ),
    CautionCode.ABSOLUTE: (
        "“从不/总是”很少属实，也容易引起争辩。请写次数或具体的一次。",
        "Absolutes are rarely true and invite argument. Give a count or one occasion.",
    ),
    CautionCode.HEARSAY: (
        "这是转述。请写自己看到的事实，或请当事人来写。",
        "This is second-hand. Write what you saw yourself, or ask the person who saw it.",
    ),
    CautionCode.PROTECTED_ATTRIBUTE: (
        "年龄、民族、宗教、残疾、性取向、婚育等与工作评价无关，请删去。",
        "Age, origin, religion, disability, orientation or marital status have no place in feedback on work.",
    ),
    CautionCode.HEALTH_FAMILY: (
        "健康与家庭属于个人隐私，请只写对工作的可观察影响。",
        "Health and family are private. Keep to what could be observed at work.",
    ),
    CautionCode.GENDERED_WORDING: (
        "这种说法带有性别色彩。换成对任何人都适用的行为描述。",
        "This wording depends on gender. Use words that would fit anyone who did the same.",
    ),
    CautionCode.REGIONAL_WORDING: (
        "籍贯、口音和地域与评价无关，请改写为具体行为。",
        "Origin and accent have no place in feedback. Describe the behaviour instead.",
    ),
    CautionCode.THREAT: (
        "这读起来像威胁。请写期望、期限和可以提供的支持。",
        "This reads as a threat. State the expectation, the date and the support on offer.",
    ),
}

_HARMLESS = re.compile(
    rf"{HARMLESS}|"
    r"health[- ](?:check\w*|end ?point|probe|and safety|insurance|care|score)|health (?:of the|endpoint|"
    r"report)|mother ?board|daughter ?board|family (?:room|plan|pack|ticket|of (?:products|parts|fonts))|"
    r"friends[- ]and[- ]family|family-and-friends"
    r"|always[- ]on\b|never[- ](?:ending|returns?|ends)|race[- ](?:condition|detector)|on the race\b|data "
    r"race|child (?:process|ticket|node|page|theme)\w*|parent (?:ticket|process|node|page|class)|kill(?:ed|s|"
    r"ing)? (?:the )?(?:switch|process|job|query)\w*"
    r"|(?:fe)?male (?:thread|connector|plug|adapter|header)\w*|old-age provision|old (?:code|version|data|"
    r"system|build|machine|press|price)\w*|(?:parental|maternity|paternity) leave (?:cover|checklist|policy|"
    r"process|scheme)|anniversary|depression in (?:the )?(?:sales|market|surface)"
    r"|every(?:one|body) (?:on the team|in the team|could|was able|got|left|knew|received|on shift)|all hands|"
    r"the customer told|patient'?s? (?:with|who)|patients? with \w+"
    r"|健康(?:检查|度|探针|码|证|管理|档案|问卷|监测|状态接口)|父子?(?:进程|单|节点|类|工单)|子(?:进程|单|"
    r"节点|类|工单)|母头|公头|主板|母版|母公司|家庭(?:套餐|版|装|医生|作业)|家属(?:休息室|区|接待|沟通|解释)?|"
    r"亲属|永不(?:返回|超时)|竞态"
    r"|产假(?:交接|代课|政策|流程|顶岗)|产妇|孕妇(?:通道|专座)|老(?:系统|版本|代码|设备|机器|客户|顾客|旧|师|"
    r"板|员工|带新)|患\S{1,4}症的(?:病人|患者|客户)|(?:病人|患者)\S{0,8}(?:症|病)|总是否|永久|从来访|女装|"
    r"男装|女厕|男厕|男女比例|女士优先入口|外地(?:客户|仓|项目|出差|工厂|分公司)|每次(?:迭代|会后|交付|发布|"
    r"评审|上线|交接|例会|会议|检查|复盘|拜访)|方言版|总是能"
)

_ADJECTIVES_EN = (
    r"lazy|arrogant|stupid|dumb|selfish|greedy|dishonest|incompetent|useless|worthless|pathetic|moron(?:ic)?|"
    r"idiot(?:ic)?|toxic|narcissis\w+|egois\w+|egotistical|cowardly|spineless|immature|childish|"
    r"unintelligent|two-faced|manipulative|deceitful|untrustworthy|crazy|insane|nasty|mean-spirited|conceited|"
    r"self-centred|self-centered|thick|dim|slow-witted|shameless|hopeless|weak-willed|"
    r"difficult person|bad person|evil|vain|stubborn|moody|neurotic|paranoid|sneaky|cold-hearted|heartless|"
    r"petty|jealous|bitter|rude by nature|ignorant|obnoxious|annoying|boring|weird|creepy|simple-minded|"
    r"hot-headed|a genius"
)
_NOUNS_EN = (
    r"liar|coward|gossip|loser|control freak|snake|idiot|moron|fool|jerk|bully|slacker|parasite|leech|"
    r"backstabber|clown|know-it-all|egomaniac|narcissist|drama queen type|failure|waste of space|"
    r"pain in the (?:neck|ass|arse)|genius|born loser|psychopath|diva|brown-?noser|weasel|rat|dinosaur|dead "
    r"weight|lost cause|crybaby|troublemaker|whiner|pushover"
)
_PERSON_EN = r"(?:he|she|you|they|this (?:guy|man|woman|person|one)|that (?:guy|man|woman|person)|\w+)"
_PATTERNS: tuple[tuple[CautionCode, str], ...] = (
    (
        CautionCode.CHARACTER_JUDGEMENT,
        rf"\b{_PERSON_EN}(?:'s|'re| is| are| was| has always been| can be| seems| comes across as)\s+(?:just |"
        rf"simply |so |too |very |really |always |plain |such |a bit |a little |incredibly |an? |a bit of an? |"
        rf"basically |utterly |completely |clearly )*(?:{_ADJECTIVES_EN}|{_NOUNS_EN})\b"
        rf"|\b(?:an? |such an? |total |complete |born |what an? )(?:\w+ )?(?:{_NOUNS_EN})\b|(?:^|"
        rf"[.!?]\s+)(?:{_ADJECTIVES_EN})(?:,? (?:and )?(?:{_ADJECTIVES_EN}))*(?=[.!,]|\s+(?:and|person|guy|"
        rf"woman|man|people)\b|$)"
        rf"|\b(?:{_ADJECTIVES_EN}|sloppy|bad|weak|horrible|terrible) (?:person|people|man|woman|guy|character|"
        rf"human)\b|\b(?:has |with |got |have )?no (?:backbone|spine|integrity|character|morals?|conscience|"
        rf"brains?|class|shame|principles|personality)\b"
        r"|\bnot (?:very |too |particularly )?(?:bright|intelligent|smart|clever)\b|\b(?:bad|weak|poor|flawed|"
        r"difficult|unpleasant) (?:character|personality)\b|\b(?:stupid mistake from a stupid person)\b",
    ),
    (
        CautionCode.ABSOLUTE,
        r"\b(?:always|never(?! (?:mind|before|again (?:in|had)))|constantly|without exception|invariably|all "
        r"the time|every single (?:time|day|week|meeting)|never ever|never once|at all times|100 ?% of the "
        r"time)\b"
        r"|\b(?:nobody|no one|everyone|everybody|not a single person|not one person)\s+(?:ever|always|can|"
        r"wants|likes|trusts|hates|knows|thinks|agrees)\b",
    ),
    (
        CautionCode.HEARSAY,
        r"\b(?:i(?:'ve| have)? (?:also )?(?:heard|hear|was told|am told|'m told)|i've been told|people (?:say|"
        r"are saying|tell me|keep saying|claim)|they say|some (?:say|people say)|everyone says|everybody says|"
        r"word is|word has it|word around|rumou?rs? (?:has it|have it|say|is|are)|rumou?r has it|there are "
        r"rumou?rs|"
        r"somebody told me|someone told me|someone said|somebody said|a (?:colleague|friend|little bird|"
        r"source) (?:told|mentioned|said)(?: to)?(?: me)?|from what i (?:hear|heard|gather|understand)|"
        r"according to (?:gossip|rumou?rs?|others|some|hearsay)|apparently|supposedly|allegedly|"
        r"the (?:rumou?r|gossip|word) is|others (?:have )?(?:told|mentioned|said)|it is said|the grapevine|"
        r"reportedly|i gather that|several people mentioned)\b",
    ),
    (
        CautionCode.PROTECTED_ATTRIBUTE,
        r"\b(?:(?:at|for) (?:his|her|your|their) age\b|too (?:old|young)\b|(?:he|she|you)(?:'s| is|'re| are) "
        r"(?:getting )?(?:old|over the hill|past it|ageing|aging)\b|at (?:[4-6]\d|forty|fifty|sixty)\b(?= "
        r"(?:he|she|you|they|one|people))|old (?:man|woman|lady|guy|geezer|fart|timer)|(?:over|past) (?:40|50|"
        r"60|fifty|sixty)\b(?! ?(?:%|percent|units|k|euros|dollars|tickets|orders|hours|minutes|seconds|km|kg|"
        r"people|guests|customers|calls|items|days|weeks|users|files|pages))|"
        r"millennials?|gen z|boomers?|(?:because of )?(?:his|her|your|their) (?:religion|faith|race|ethnicity|"
        r"skin colou?r|nationality|disability|sexual orientation|sexuality|age|gender|headscarf|hijab|turban|"
        r"foreign background|background|handicap|wheelchair)\b|(?:is|as|being|for) an? (?:muslim|christian|"
        r"jew|jewish|hindu|buddhist|gay|lesbian|trans\w*|black|asian|african|disabled|handicapped)\b|"
        r"\b(?:he|she)(?: is|'s) (?:muslim|christian|jewish|hindu|buddhist|gay|lesbian|trans\w*|black|asian|"
        r"disabled|handicapped|foreign|an immigrant|an? foreigner)\b|being (?:muslim|christian|jewish|hindu|"
        r"gay|lesbian|trans|black|asian|disabled|foreign)\b|"
        r"(?:the|those|these|our|your) (?:muslim|jewish|black|white|asian|polish|romanian|turkish|indian|"
        r"chinese|mexican|arab|african|russian|foreign|immigrant|disabled|gay)s?(?: (?:guys|people|workers|"
        r"women|men|girls|boys|ones|colleagues|lads))\b|(?:despite|because of|given) (?:his|her|being) "
        r"(?:disab\w+|black|gay|muslim|an? foreigner|an? immigrant)|"
        r"(?:he|she) is (?:single|unmarried|married with)|immigrants? (?:like|always)|(?:single|unmarried|"
        r"childless) (?:woman|women|man|men)|pray(?:s|ing) (?:too|during|all))",
    ),
    (
        CautionCode.HEALTH_FAMILY,
        r"\b(?:(?:his|her|your|their) (?:divorce|pregnancy|depression|anxiety|illness|disease|cancer|"
        r"diagnosis|burn-?out|mental health|health (?:problems?|issues?|condition)|medication|therapy|surgery|"
        r"operation|back problems?|adhd|autism|miscarriage|drinking|alcohol\w*|addiction|marriage|marital \w+|"
        r"family (?:problems?|situation|issues?|life|troubles?)|kids?|children|baby|sick (?:child|mother|"
        r"father|wife|husband|kids?)|husband|wife|boyfriend|girlfriend|mother|father|private life|home life|"
        r"weight)|"
        r"chronic(?:ally)? ill(?:ness)?|(?:he|she|you)(?: is|'s|'re| are) (?:bipolar|depressed|pregnant|"
        r"autistic|an alcoholic|a drunk|mentally (?:ill|unstable)|on medication|in therapy|always sick|often "
        r"sick|a single (?:mother|mum|mom|father|dad|parent)|going through a divorce|overweight|fat|anorexic)|"
        r"(?:has|have|with) (?:adhd|autism|cancer|hiv|depression|anxiety|bipolar|epilepsy|diabetes|(?:small|"
        r"young|three|two|sick) (?:kids|children))|"
        r"since (?:the baby|having (?:a baby|kids|children)|becoming a (?:mother|father)|her maternity leave|"
        r"he got divorced|she got divorced|the miscarriage)|after (?:the baby|her divorce|his divorce|giving "
        r"birth)|(?:takes?|taking|too (?:much|many)) sick (?:leave|days)|mood swings because|menopaus\w*|on "
        r"her period|time of the month|marital problems?|wants? (?:to have )?(?:kids|a baby|children) soon|"
        r"(?:plans?|planning|likely) to (?:get pregnant|have (?:a baby|kids|children)))\b",
    ),
    (
        CautionCode.GENDERED_WORDING,
        r"\b(?:for a (?:woman|girl|man|guy|lady|female)|like a (?:girl|woman|little girl|man|real man|lady|"
        r"housewife|schoolgirl)|man up|grow a pair|(?:have|has|got|grow) (?:some |the )?balls|boys will be "
        r"boys|good girl|good boy|sweetheart|honey|darling|(?:she(?:'s| is|'s being)|you are|is) (?:too |so |"
        r"very |a bit |being )*(?:bossy|shrill|hysterical|emotional|bitchy|catty|feisty|nagging|ditzy|"
        r"hormonal|motherly|frigid)|too (?:bossy|shrill|emotional|hysterical|soft for a man)|"
        r"hysterical woman|drama queen|(?:office|team|work) (?:mum|mom|mother|wife)|prima donna|bitch|diva|"
        r"(?:girls|women|females|men|boys) (?:just )?(?:can't|cannot|are not|aren't|should(?:n't)?|don't|are "
        r"(?:too|just|naturally|better|worse|more))|should smile more|smile more|not (?:man|lady-?like|"
        r"feminine|manly) enough|wears? the trousers|pretty face|eye candy|(?:cries|throws|runs|fights|drives|"
        r"acts) like a girl|a woman's (?:job|touch|place)|man's job|be a man|(?:typical|just like a) (?:woman|"
        r"man|female|male)|as a (?:woman|mother|girl))\b",
    ),
    (
        CautionCode.REGIONAL_WORDING,
        r"\b(?:(?:his|her|your|their|that|the|thick|heavy|strong|funny|terrible) (?:\w+ )?(?:accent|dialect)|"
        r"typical (?:northerner|southerner|\w+(?:ish|ese|ian|er))\b|(?:people|folks?|guys|lads|those|workers) "
        r"from (?:the )?(?:south|north|east|west|countryside|country|village|down there|up there|provinces?|"
        r"that (?:region|part|area|country))|(?:northerners|southerners|easterners|westerners|country folk|"
        r"country bumpkins?|hillbill(?:y|ies)|rednecks?|hicks?|yokels?|foreigners|villagers)\b|those country "
        r"folk|where (?:he|she|they) comes? from|small-town (?:mentality|girl|boy)|country bumpkin|(?:broken|"
        r"bad|funny) english)",
    ),
    (
        CautionCode.THREAT,
        r"\b(?:or (?:you(?:'re| are| will be|'ll be) (?:out|fired|gone|finished|done)|else\b|start looking|"
        r"look for|i will (?:fire|sack))|and you(?:'re| are) (?:out|fired|gone|finished|done)|you(?:'ll| "
        r"will) (?:regret|be sorry|pay for|lose your job|be fired|never (?:get|work|be))|you will regret it|"
        r"(?:i'll|i will|we'll|we will|i am going to|i'm going to) (?:make sure (?:you|he|she|they)|have "
        r"(?:you|him|her) (?:fired|removed|sacked)|fire|sack|ruin|destroy|get rid of|remember this|see to it|"
        r"make (?:your|his|her) life)|(?:last|final) (?:warning|chance)|if i were you i(?:'d| would) be "
        r"careful|i would be careful if i were you|watch (?:your(?:self| back| step))|start looking for (?:a "
        r"new|another) job|pack your (?:things|bags)|"
        r"don't expect (?:a|any|your) (?:contract|renewal|bonus|promotion|raise|good)|you know what happens|"
        r"there will be consequences|(?:say|kiss) goodbye to|your (?:days are numbered|job is on the line)|"
        r"never (?:get|be) promoted|this will have consequences for you|don't bother coming|you can (?:leave|"
        r"go|clear your desk))\b",
    ),
    (
        CautionCode.CHARACTER_JUDGEMENT,
        r"(?:就是|真是|简直是?|太|很|特别|非常|十分|有点|是个|是一?个|这人|为人|人品|天生的?|性格|一向|"
        r"典型的?)*(?:懒惰|懒散成性|懒得要命|懒|傲慢|自大|自私自利|自私|愚蠢|蠢|笨得要命|笨|虚伪|狡猾|阴险|"
        r"小气|刻薄|无能|没用|无耻|贪婪|贪心|懦弱|胆小|幼稚|神经质|神经病|变态|油嘴滑舌|油滑|势利眼?|心机重|"
        r"心眼小|小心眼|脾气差|脾气臭|脾气暴躁|情商低|智商低|不老实|不诚实|没骨气|没有骨气|没担当的人|没教养|"
        r"没素质|没脑子|没良心|没有诚信|没诚信|控制欲太?强|玻璃心|公主病|矫情|死板|木讷|愚钝|冷血|圆滑|"
        r"冷漠无情|不要脸|自以为是|目中无人|好吃懒做|品行不端|人品有问题|人品差|性格有缺陷|性格不好|性格孤僻|"
        r"性格太\S{1,3}|难相处|不是好人)"
        r"|(?:就是个?|真是个?|简直是?个?|是个|天生的?|典型的?)?(?:废物|骗子|胆小鬼|长舌妇|窝囊废|蠢货|笨蛋|"
        r"白痴|懒虫|懒鬼|马屁精|两面派|小人|混蛋|垃圾人|奇葩|怪胎|老油条|戏精|刺头|猪队友|寄生虫|伪君子|"
        r"吹牛大王|巨婴|(?<![一二两三四五六七八九十几半\d整今昨前后白每当])天才)",
    ),
    (
        CautionCode.ABSOLUTE,
        r"从来(?:都)?(?:不|没有?)?|从不|从没有?|从未|总是|老是|永远(?:都)?\S{0,2}|每次都|每回都|一直都?不|"
        r"一贯(?:不|如此)|毫无例外|无时无刻|天天都|任何时候都|所有人(?:每次)?都|每个人都|没有一个人|"
        r"没有人(?:愿意|喜欢|相信|信任|受得了)|谁都|没一次|一次也没|一次都没|百分之百会|绝对不会|动不动就",
    ),
    (
        CautionCode.HEARSAY,
        r"听说|据说|听人(?:说|讲)|听(?:同事|别人|人家|他们|大家)(?:说|讲|提)|有人(?:说|讲|告诉我|反映说|"
        r"跟我说|传)|大家都?(?:在)?(?:说|传|讲|知道他|知道她)|都说|传闻|传言|坊间|小道消息|风言风语|据传|据悉|"
        r"据了解他|据了解她|好像有人看见|好像是|私下里?(?:有人)?(?:都)?(?:说|讲|传)|别人(?:都)?(?:说|告诉我|"
        r"讲)|有同事(?:说|讲|反映|告诉)|道听途说|耳闻|风闻|外面(?:都)?(?:在)?传|群里都?在传|貌似有人|某人说",
    ),
    (
        CautionCode.PROTECTED_ATTRIBUTE,
        r"都?这把年纪(?:了)?|(?:年纪|岁数|年龄)(?:也)?(?:太|这么|比较|有点|偏)?(?:大|小|轻)了?(?=.{0,12}(?:学|"
        r"干|做|跟|反应|不|难|没|镇|慢|，|,))|岁数太大|年纪大|年龄大|上了?年纪|太老了?|太年轻|"
        r"[3-6]\d岁(?:的人了|以上的|以上|了还|还想)|老年人(?:就|思维)|九零后就|00后就|(?:90|95|00)后(?:就是|"
        r"都|真)|(?:他|她|你)是?(?:回族|藏族|维族|维吾尔族|蒙古族|少数民族|黑人|外国人|同性恋|残疾人|穆斯林|"
        r"基督徒|教徒)|少数民族的?|回民|(?:他|她)?信教|信佛|信基督|因为(?:他|她)的?(?:信仰|宗教|民族|种族|"
        r"肤色|残疾|年龄|国籍)|宗教信仰|同性恋|性取向|双性恋|变性|虽然是残疾人?|残疾人?(?=，|,|还|也|能|不)|"
        r"身体残疾|腿脚残疾|瘸子|瞎子|哑巴|聋子|已婚未育|未婚未育|未婚|单身(?:女|男|狗)?(?=.{0,6}(?:加班|没|"
        r"不|所以|应该))|大龄(?:未婚|单身|剩女|青年|女)?|剩女|黑皮肤|老外(?:就|都)|党派|出身(?:不好|贫寒|"
        r"农村)",
    ),
    (
        CautionCode.HEALTH_FAMILY,
        r"抑郁症?|焦虑症|躁郁症|双相|精神(?:病|疾病|有问题|分裂)|心理(?:疾病|有问题|问题)|癌症|肿瘤|艾滋|乙肝|"
        r"慢性病|糖尿病|高血压|癫痫|多动症|自闭症|生病(?:以来|之后|后)|身体(?:不好|太差|有病|差|不行)|"
        r"刚?做完手术|手术(?:后|以后)|住院(?:后|以来)|怀孕(?:以后|之后|后|了|期间|的)?|孕期|备孕|打算(?:要|"
        r"生)(?:孩子|娃|二胎)|要二胎|二胎|流产|刚?生完(?:孩子|娃|二胎)|生了?(?:孩子|娃)(?:以后|之后|后)|"
        r"哺乳期|产后|更年期|大姨妈|例假|离婚|离异|离了(?=以后|之后|后|，|。|$)|(?:老婆|老公|丈夫|妻子|对象|"
        r"男朋友|女朋友)(?:跟|和|不|要|管|闹|出轨|生病|怀孕|分手)|婚姻(?:问题|不顺|不幸)|家里(?:有(?:小孩|"
        r"孩子|老人|病人|事)|闹|出事|老人|小孩)|家庭(?:矛盾|问题|负担|原因|拖累|变故|不和|不睦|琐事)|带孩子|"
        r"孩子(?:小|生病|没人带)|分手(?:后|以后|了)|酗酒|酒瘾|单亲(?:妈妈|爸爸|家庭)|吃药|病秧子|"
        r"三天两头(?:生病|请病假)|体重|太胖|肥胖",
    ),
    (
        CautionCode.GENDERED_WORDING,
        r"作为(?:一?个)?(?:女人|女性|女的|女生|女孩子?|男人|男的|妈妈|母亲)|(?:一个|身为)(?:女人|女孩子|女的|"
        r"女生|大男人|男人|女人家|姑娘家)|女人(?:就是|嘛|家|都|不适合)|女的(?:就是|都|不|做|干)|男的(?:就是|"
        r"都|不)|女(?:生|孩|孩子|性)(?:就是|都|不适合|写不了|做不了|干不了|天生|不如|学不会|不行)|男(?:生|人|"
        r"性)(?:就该|就是|都|天生|不适合)|像个(?:男人|女人|娘们|泼妇|怨妇|老妈子|大妈|小姑娘|小媳妇)一?样?|"
        r"跟个(?:娘们|女人|小姑娘|小媳妇)似的|女强人|女汉子|男人婆|母老虎|泼妇|娘娘腔|娘炮|太娘|太女性化|"
        r"不够(?:男人|爷们|女人味|温柔)|爷们点|像个爷们|戏精大小姐|大小姐脾气|大小姐|小公主|花瓶|贤惠\S{0,6}|"
        r"小姑娘家(?:家的)?|姑娘家家|小女生|妇人之仁|头发长见识短|婆婆妈妈|哭哭啼啼\S{0,8}|女孩子(?:家|，|能|"
        r"做到)|温柔体贴|贤妻良母|是不是男人|男子汉|好男不|美女(?:就|你)|美貌|颜值|长得(?:好看|漂亮|丑)|撒娇|"
        r"妈宝",
    ),
    (
        CautionCode.REGIONAL_WORDING,
        r"(?:东北|河南|上海|北京|广东|四川|湖北|湖南|山东|山西|陕西|江苏|浙江|福建|安徽|江西|广西|贵州|云南|"
        r"河北|新疆|西藏|内蒙|甘肃|海南|重庆|天津|温州|潮汕|南方|北方|西北|外地|乡下|农村|小地方|山里|城里|"
        r"本地|台湾|香港|苏北|农民)(?:人|来的|女人|男人|妹子|仔|佬)(?!工|员|数|口|次|民|才|家|群|事|"
        r"力)(?:就是|都|嘛|做事|不|，|的|果然)?\S{0,3}|(?:一口|带着?|满口)\S{0,6}(?:口音|土味|腔调|土话|方言)|"
        r"(?:口音|乡音)(?:太)?(?:重|浓|难听|土)|普通话(?:带着?|太|不标准|说不好|很?差)\S{0,6}|土包子|乡巴佬|"
        r"凤凰男|北佬|南蛮|大陆仔|外来(?:工|妹|户)就|地域\S{0,2}|乡下来的",
    ),
    (
        CautionCode.THREAT,
        r"(?:再|要是|如果|不)\S{0,12}(?:就(?:走人|滚|开除|辞退|别干|不用来|卷铺盖|等着|别想|炒|让你走|给我走|"
        r"回家)\S{0,6})|(?:直接|马上|立刻)?(?:开除|辞退|炒掉|裁掉)你|后果自负|自己掂量|你给我等着|等着瞧|"
        r"走着瞧|别怪我|小心点|当心点|吃不了兜着走|有你好(?:看|受)的|(?:我)?保证你\S{0,12}(?:升不|过不|待不|"
        r"混不|做不|干不)\S{0,3}|让你(?:在\S{1,6})?(?:混不下去|待不下去|好看|后悔|走人|滚)|别想(?:续签|转正|"
        r"升职|晋升|加薪|拿奖金|年终奖|好过)|最后(?:一次)?(?:警告|机会)|卷铺盖(?:走人)?|收拾(?:东西|包袱)走人|"
        r"别干了|不想干就|走人|你试试看|给你点颜色|饭碗不保|年终奖就别想|再有下次\S{0,2}",
    ),
)  # fmt: skip
_COMPILED = tuple(
    (code, pattern.isascii(), re.compile(pattern))
    for code, pattern in (*_PATTERNS, *((CautionCode(code), pattern) for code, pattern in TURNS))
)
_NEGATED_CHARACTER = re.compile(
    r"(?:\bnot|\bn't|\bnever|\bisn't|\baren't|\bwasn't|不|没有?|并非|绝不)\s*(?:a |an |at all |是|算|会)?$"
)


def cautions(text: str, folded: str) -> tuple[Caution, ...]:
    """All places to look at again, in the order of the text; of overlapping places with one code the longest stays."""
    masked = _HARMLESS.sub(lambda match: " " * len(match.group()), folded)
    found: list[tuple[int, int, CautionCode]] = []
    ascii_only = masked.isascii()
    for code, english, pattern in _COMPILED:
        if ascii_only and not english:
            continue
        for match in pattern.finditer(masked):
            start, end = match.span()
            while end > start and not text[end - 1].isalnum():
                end -= 1
            while start < end and not text[start].isalnum():
                start += 1
            if end == start:
                continue
            if code is CautionCode.CHARACTER_JUDGEMENT and _NEGATED_CHARACTER.search(masked, 0, start):
                continue
            if any(code == other and start < stop and begin < end for begin, stop, other in found):
                continue
            found.append((start, end, code))
    return tuple(
        Caution(code, Quote(text[start:end], start, end), *_MESSAGES[code]) for start, end, code in sorted(found)
    )


def judgements(found: tuple[Caution, ...]) -> int:
    """How many kinds of wording, absolutes apart, are cautioned: a feature of the note models."""
    return len({caution.code for caution in found if caution.code is not CautionCode.ABSOLUTE})
