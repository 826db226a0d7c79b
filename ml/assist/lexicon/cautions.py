"""Turns of phrase that say what the single words of `ml.assist.cautions` do not, by the code of the caution."""

from __future__ import annotations

_MOANER = (
    r"moaner|whinger|complainer|cynic|contrarian|schemer|slob|sod|jobsworth|show-off|snob|hypocrite|cheat|crook|"
    r"layabout|waster|shirker|skiver|miser|pessimist|crank|tyrant|dictator|phoney|fraud|charlatan|viper"
)
_KIN = r"mum|mom|dad|mother|father|husband|wife|partner|son|daughter|brother|sister|gran|nan|grandmother|grandfather"
_ZH_KIN = r"爸爸?|妈妈?|爹|娘|父亲|母亲|父母|婆婆|公公|岳[父母]|儿子|女儿|孩子|爱人|媳妇|奶奶|爷爷"
_ZH_ILL = r"住院|生病|重病|病危|病重|去世|过世|瘫|得了|化疗|手术|自闭|闹|走了"

TURNS: tuple[tuple[str, str], ...] = (
    (
        "character_judgement",
        rf"\b(?:(?:an? |such an? |the |this |that )?(?:born|natural|typical|serial|chronic|total|utter|complete|"
        rf"lazy|mean|"
        rf"miserable|real|right|proper|absolute) (?:{_MOANER})|(?:he|she|you)(?:'s|'re| is| are) (?:just )?an? "
        rf"(?:{_MOANER})|(?:so |too )?full of (?:him|her|your)sel\w+|thinks? (?:he|she)(?:'s| is) (?:god|better "
        rf"than|above)|"
        rf"not a nice (?:person|man|woman)|a nasty piece of work)\b",
    ),
    (
        "absolute",
        r"\b(?:(?:has |have |had |did )?not once(?= \w+ed| \w+en| been| in| has| have| did)|forever (?:late|"
        r"\w+ing)|each and "
        r"every (?:time|day|week|one)|every last time|never has (?:he|she)|not one single time)\b",
    ),
    (
        "hearsay",
        r"\b(?:(?:somebody|someone|a mate|a friend|a contact|a source|some (?:people|folks?|colleagues)|others|"
        r"folks?|"
        r"colleagues|the others|one or two people)(?: (?:in|from|at|on|over) (?:the )?\w+)? (?:reckons?|claims?|"
        r"swears?|"
        r"hint(?:ed|s)?|whisper(?:ed|s)?|tell me|tells me|told me|let slip)|the (?:talk|whisper|story) (?:in|on|"
        r"around|at|"
        r"is|goes)|(?:i )?gather(?:ed)? (?:from|that)|so i'?m told|by all accounts|it's common knowledge|rumoured)\b",
    ),
    (
        "protected_attribute",
        r"\b(?:(?:too )?long in the tooth|(?:the )?wrong side of (?:\d\d|thirty|forty|fifty|sixty)|no spring "
        r"chicken|getting on "
        r"(?:a bit|in years)|(?:he|she|you)(?:'s|'re| is| are) (?:pushing|nearing|approaching|almost|nearly|"
        r"well over|past) "
        r"(?:[3-6]0|thirty|forty|fifty|sixty)(?! ?(?:%|percent|calls|orders|deals|hours|tickets|visits))|(?:he|"
        r"she|you)(?:'s|"
        r"'re| is| are) (?:childless|unmarried|a spinster)|(?:not married|never married|no kids of (?:his|her) "
        r"own)|his "
        r"generation|her generation)\b",
    ),
    (
        "health_family",
        rf"\b(?:(?:ever )?since (?:the|his|her|your) (?:chemo\w*|breakdown|diagnosis|bereavement|stroke|funeral|ivf|"
        rf"separation|illness)|(?:he|she|you)(?:'s|'re| is| are) (?:back )?on (?:the )?(?:antidepressants?|meds|"
        rf"pills|tablets|"
        rf"medication)|seeing an? (?:shrink|therapist|psychiatrist)|with (?:his|her|your) (?:{_KIN}) (?:in|at|so|"
        rf"being|"
        rf"bed\w*|ill|sick|dying)|(?:his|her|your) (?:{_KIN}) (?:is|was|has|being) (?:ill|sick|dying|in hospital|"
        rf"dead|"
        rf"bedridden|cancer|disabled))\b",
    ),
    (
        "gendered_wording",
        r"\b(?:for a (?:bloke|chap|lass|lad|chick)|(?:female|women|woman|lady|girl) (?:bosses|boss|managers?|"
        r"drivers?|"
        r"engineers?|coders?|leaders?)(?=,| are\b| is\b| always| never| can't)|one of the boys|a bit girly|like "
        r"an old woman|"
        r"old wives?'?|bimbo|blonde moment|her hormones|on the rag)\b",
    ),
    (
        "regional_wording",
        r"\b(?:(?:people|folks?|lot|ones|lads|types) from (?:that|over|round|down|up|"
        r"across)\b[^.,;]{0,24}?(?:are|is|all|"
        r"never|always|don't|can't|just)\b|(?!others|customers|users|managers|workers|drivers|engineers|members|"
        r"officers|"
        r"teachers|buyers|suppliers|developers|players|numbers|orders|letters|offers)[a-z]{4,}(?:ers|ians|"
        r"ese),? (?:what do you "
        r"expect|for you\b|eh\b|the lot of them))",
    ),
    (
        "threat",
        r"\b(?:(?:one more|next|another) [^.,;]{1,30}?(?:and|or) you(?:'re| can| will|'ll)? (?:out|gone|"
        r"finished|done|history|"
        r"hand|clear|pack|be|leave|go)|(?:hand in|turn in) your (?:badge|notice|keys)|(?:and|then) (?:you'll "
        r")?see what "
        r"happens|you(?:'re| are) (?:toast|history)|mark my words|your card is marked)\b",
    ),
    (
        "character_judgement",
        r"典型的?刺儿?头|刺儿头|杠精|搅屎棍|墙头草|笑面虎|白眼狼|吃里扒外|心眼儿?(?:小|比针)\S{0,4}|"
        r"骨子里(?:就是?|是)?(?:懒|坏|自私|傲|贪)|"
        r"本性(?:难移|懒|坏)|一肚子坏水|脸皮(?:厚|比)\S{0,4}|爱占便宜|小肚鸡肠|见风使舵|阳奉阴违|滑头|铁公鸡|"
        r"榆木脑袋|缺心眼|"
        r"脑子(?:不好使|进水|有坑|有病)|死脑筋|牛脾气|臭脾气|毒蛇|无赖|赖皮",
    ),
    (
        "absolute",
        r"没有?哪[次回]|压根(?:就|儿)?(?:没|不)|回回(?:都|是|不|没)|次次(?:都|是|不|没)|根本(?:就)?不可能|"
        r"无一例外|每一次都|哪[次回]都",
    ),
    (
        "hearsay",
        r"听(?:隔壁|别的?|其他|外面|上头|下面|渠道|某|几个|人家|圈里|财务|楼上|楼下)\S{0,7}?(?:讲|说|提)|"
        r"有人(?:跟|向|和)\S{1,3}(?:反映|说|讲|提|告状|"
        r"吐槽)|背地里|背后(?:都|有人)|私底下(?:都|有)|大伙儿?都?(?:在)?(?:说|传|讲|议论)|据\S{1,6}(?:透露|"
        r"爆料)|谣传|疯传",
    ),
    (
        "protected_attribute",
        r"(?:快|临)退休的?人?|奔[四五六]的?人?|[三四五六]十(?:好几|多岁?|来岁|出头)的?人|一把年纪|老胳膊老腿|"
        r"老糊涂|没(?:结婚|成家|嫁人)|"
        r"没(?:生过|生|有)(?:孩子|娃|小孩)(?=，|的|,|哪|就|怎)|不(?:生孩子|结婚|成家)的?",
    ),
    (
        "health_family",
        rf"(?:他|她|你)的?(?:{_ZH_KIN})\S{{0,3}}(?:{_ZH_ILL})|(?:^|[，。,])(?:孩子|老人|"
        rf"父母)(?:{_ZH_ILL})\S{{0,3}}|家里\S{{0,4}}(?:{_ZH_ILL})|"
        rf"(?:看|找)心理医生|抗抑郁|白血病(?!人|患)|小产|不孕|做试管|离了?婚(?!案|官司|协议|诉讼|率|纠纷|证)",
    ),
    (
        "gendered_wording",
        r"(?:一个)?大(?:老爷们|男人)儿?|(?:一个)?男的(?:当|做)|一枝花|女(?:领导|司机|上司|主管|老板|程序员|"
        r"工程师|博士)(?:就是|就|都|嘛|真|果然|"
        r"到底)|女的(?:当|管)|娘儿们|老娘们|妇道人家|嫁不出去|相夫教子|靠脸|小姐脾气|男人就(?:该|得)",
    ),
    (
        "regional_wording",
        r"(?:农村|外地|乡下|山里|小地方|县城|外省|城里|山沟)(?:出来|来|出身|长大)的(?:人)?(?:就|都|嘛|眼界|见识|"
        r"果然|素质|，就)\S{0,3}|"
        r"那个?(?:地方|一带|边|儿)的人(?:都|就)\S{0,3}|[南北]方人嘛",
    ),
    (
        "threat",
        r"(?:再|下次|下回|若再)\S{0,12}?(?:别来|不用来|交工牌|交辞呈|有你|你试试)\S{0,4}|信不信我\S{0,10}|"
        r"让你(?:明天|马上)(?:就)?(?:别|走|滚)\S{0,3}",
    ),
)
HARMLESS = (
    r"(?:patients?|customers?|guests?|pupils?|residents?|child(?:ren)?|people|someone|visitors?|clients?|"
    r"users?) with \w+|"
    r"(?:final|last) (?:warning|chance) (?:light|lamp|sign|banner|to)|(?:first and )?last chance to|accent "
    r"(?:colou?r|wall|"
    r"light)|(?:糖尿病|高血压|慢性病|抑郁症?|癌症|肿瘤|白血病|癫痫|自闭症)(?:的)?(?:患者|病人|人群|孩子|专科|"
    r"门诊|食谱|足|讲座|科普|饮食|用药|护理|筛查|"
    r"随访|管理)|离婚(?:案|官司|协议|诉讼|率|纠纷)|地域分[布部析]|最后(?:一次)?机会(?:抽奖|报名|页|活动)|"
    r"(?:家属|客户|病人|患者|用户|家长|顾客|客人|群众|老人|居民)(?:一)?听说|从不(?:同|远|久|良|锈)|有人说(?:明|"
    r"出|服|完|清|不清)|给\S{0,2}糖尿病"
)
"""Look-alikes that name no colleague: patients with an illness, a warning lamp, a family who had heard."""
