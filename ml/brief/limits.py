"""Words that limit what a sentence says, by class, in both languages: doubt, plans, conditions, hearsay, bounds.

Patterns for folded text. Two words of one class are taken for each other; what is told from them in `ml.brief.wording`
errs on the side of refusing.
"""

from __future__ import annotations

OF_CLAUSE: dict[str, str] = {
    "doubt": r"\b(?:may|might|could|can|should|would|must|ought|perhaps|maybe|possibl[ey]|probabl[ey]|"
    r"(?:un)?likely|seem\w*|appear\w*|potential\w*|supposed|doubt\w*|whether)\b|可能|也许|"
    r"或许|恐怕|似乎|好像|看来|疑似|应该|应当|本应|本该|本来|未必|不一定|说不定|是否|可以|"
    r"能(?![力源耗效手量])|会(?![议员计见谈诊面话场签上前后])",
    "plan": r"\b(?:plan(?:s|ned|ning)?|intend\w*|want\w*|hop(?:e[sd]?|ing)|expect\w*|aim\w*|tr(?:y|"
    r"ies|ied|ying)|attempt\w*|ask\w*|request\w*|promis\w*|offer\w*|propos\w*|target\w*|"
    r"goals?|need\w*|wish\w*|prepar\w*|meant|scheduled|slated|about to|going to|will|shall|"
    r"next)\b|计划|打算|准备|希望|期望|争取|力争|目标|拟|想|要求|答应|承诺|尝试|试图|建议|"
    r"预计|预期|有望|将(?!近)|即将|明天|明年|下(?:个?季度|个?月|周|次)",
    "nearly": r"\b(?:almost|nearly)\b|几乎|差点|差一点|险些|将近|接近|近(?=[\d一二两三四五六七八九十百])",
    "about": r"\b(?:about|around|roughly|approximately)\s+(?=\d|\w+\s)|[~～≈]|约|左右|上下(?=[，。,]|$)",
    "at least": r"\bat least\b|\bno (?:fewer|less) than\b|\bor more\b|[≥]|至少|不少于|起码|以上",
    "at most": r"\bat most\b|\bno more than\b|\bup to\b|[≤]|至多|最多|不超过|以内",
    "above": r"\b(?:more than|over|above|exceed\w*)\b|超过|逾|多于|高于|超出",
    "below": r"\b(?:less than|fewer than|under|below)\b|不到|不足|低于|少于|未满",
    "all": r"\b(?:all|every\w*|each|whole|entire\w*|any\w*)\b|所有|全部|全体|都|每|全(?=[年程员部])",
    "most": r"\b(?:most|mostly|majority|mainly|usually|generally|often)\b|多数|大部分|大多|通常|经常|"
    r"往往",
    "some": r"\b(?:some\w*|several|a few|few|occasional\w*|part(?:ly|s)?)\b|部分|一些|有的|少数|偶尔|"
    r"有时|几(?!乎)",
    "only": r"\b(?:only|just|merely|instead|rather|alone)\b|只|仅|唯一|而不是|反而",
    "ordinal": r"第(?=[\d一二两三四五六七八九十])",
    "share": r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|some|most|many|half|none|few|"
    r"all) (?:out )?of\b|[中里]的?(?=[有只仅\d一二两三四五六七八九十])|其中|当中|"
    r"一[条件次个名位家台起笔例张只份](?=\W|$)",
    "writer": r"\bi\b|(?:^|(?<=[^一-鿿]))我(?!们)",
    "writers": r"\bwe\b|(?:^|(?<=[^一-鿿]))(?:我们|咱)",
    "now": r"\b(?:now|current\w*|today|yet|still|this (?:year|quarter|month|week))\b|现在|目前|"
    r"今[年天]|本(?:季度|月|周|年)|仍|还",
    "then": r"\b(?:used to|previous\w*|former\w*|once|ago|earlier|yesterday|had been|last)\b|曾|原来|"
    r"原先|过去|以往|去年|前年|昨天|上(?:个?季度|个?月|周)",
    "done": r"\b(?:already|by now)\b|已",
    "minus": r"(?:(?<=\s)|^)[-−﹣]\s?(?=\d)",
    "than": r"\b(?:than|as)\b|比",
    "cause": r"\b(?:because|due to|thanks to|caus\w*|led to|therefore)\b|因为|由于|导致|造成|使得",
}
"""Classes that limit a clause; it has to keep each, and may not get one."""
OF_SENTENCE: dict[str, str] = {
    "condition": r"\b(?:if|unless|provided|assuming|in case|as long as|otherwise|whenever|when|once|(?:had|"
    r"were) (?:it|he|she|they|we|i))\b|如果|若(?!干)|假如|倘|要是|只要|只有|除非|一旦|否则|"
    r"的话",
    "hearsay": r"\b(?:said|says?|claim\w*|alleg\w*|reported(?:ly)?|rumou?r\w*|according to|heard|"
    r"apparently|accus\w*|thinks?|thought|believ\w*|suspect\w*|assum\w*|suggest\w*)\b|说|据|"
    r"听|声称|号称|传言|表示|认为|觉得|怀疑|以为|反映|指控|举报|质疑",
    "denial": r"\b(?:not true|untrue|false\w*|true|turn(?:s|ed) out|in fact|actually|contrary|disproved|"
    r"unfounded|mistaken\w*)\b|属实|不实|其实|实际上|事实上|并非|误(?!差|期|点)|澄清|查明",
    "exception": r"\b(?:except|apart from|other than|unlike|(?:nobody|no one|nothing|none|anything|"
    r"everything|all) but)\b|除|不像",
    "before": r"\b(?:before|until|till|prior)\b|(?<![提目空])前(?![端台景往线辈])|直到",
    "after": r"\b(?:after|since|following)\b|后(?![端台勤续果])|以来",
}
"""Classes that limit the whole sentence, whichever of its clauses they stand in."""
