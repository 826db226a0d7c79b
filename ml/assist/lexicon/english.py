"""English word lists: what says nothing by itself, what people do, what praises, what blames, how parts begin."""

from __future__ import annotations

_GENERIC_TEXT = """
ace legend lifesaver trooper divine darling sweetheart smashing cracking belter queen king goat proper lad lass mate
dude bro buddy thx u ur imho imo tbh lol haha biz meh lacklustre flat effort half-hearted sharper
polish polishing rigor rigour
adores adore everyone's wizard ninja machine beast unreal insane class classy pure sound top-notch ten
engineer developer nurse driver teacher salesperson salesman saleswoman seller manager supervisor operator
technician analyst designer
consultant doctor cook chef waiter clerk accountant lawyer assistant specialist intern trainee apprentice worker
hire adviser advisor
great good nice excellent amazing awesome fantastic wonderful brilliant outstanding superb terrific fabulous
incredible impressive impressed exceptional perfect super solid strong fine okay ok decent positive admirable
remarkable stellar phenomenal magnificent marvellous marvelous splendid lovely delightful inspiring
inspiration inspirational best better finest top first-class first-rate world-class gold star stars rock
rockstar legend hero champion genius talented talent gifted smart clever bright intelligent creative
innovative kind caring friendly polite courteous pleasant warm helpful supportive cooperative collaborative
reliable dependable trustworthy loyal honest sincere responsible committed commitment dedicated dedication
devoted motivated motivation enthusiastic enthusiasm passionate passion energetic energy driven ambitious
proactive initiative diligent diligence conscientious hardworking hard-working careful meticulous thorough
organised organized structured efficient effective productive professional professionalism competent capable
skilled skilful skillful experienced knowledgeable expert consummate valued valuable key asset contributor
contribution contributions performer performance perform performs performed performing job work works worked
working worker effort efforts result results quality qualities attitude mindset outlook spirit ethic ethics
values skill skills ability abilities communication communicator communicate communicates interpersonal
leadership leader leads teamwork team player teammate colleague colleagues coworker member members person
people guy lad lads man woman human being everyone everybody anybody all us organisation organization company
department potential future growth progress success successful achievement achievements development
improvement improve improved improving improvements expectations expectation expected exceed exceeds exceeded
exceeding meets meet beyond above keep kept continue continues continued up going doing done well thank thanks
thankful grateful appreciate appreciated appreciation kudos congrats congratulations bravo cheers respect
respected proud pride happy pleased satisfied satisfactory satisfaction glad delighted enjoy enjoyed joy
pleasure love loves loved like likes admire recommend recommended deserve deserved recognition year quarter
month term half period time times day days week always consistently consistent continually never ever every
overall general generally really very so much truly absolutely totally extremely highly quite pretty rather
indeed definitely certainly simply just honestly usual again still such lot lots bit more most many everything
anything nothing something thing things stuff way ways front fronts regard respects regards across wow yes
yeah hey hi dear please well-deserved million bunch heart big huge real true natural born team's part role
model example safe pair hands hand bring brings brought bringing makes make made making give gives gave given
giving show shows showed showing shown demonstrate demonstrates get gets got getting go goes think thought
feel felt believe know say see seen want need needs needed could would should must try trying harder hard
hoping hope forward look looking wish aim higher aiming further next step steps room lacks lack lacking lacked
insufficient poor poorly bad weak average below par mediocre disappointing disappointed disappoint
unsatisfactory inadequate unacceptable slow careless sloppy lazy passive unmotivated disengaged negative
problem problems issue issues complaint complaints complain worse worst terrible awful horrible fair fit
concern concerns area areas attention detail details care focus manage management stakeholder stakeholders
strategic strategy ownership accountability responsibility judgement judgment sense drive confidence confident
calm mature maturity stable steady balanced mood emotion emotional emotions sentiment tone state constructive
neutral smooth normal abnormal anomaly anomalies notable significant detected observed expression engagement
engaged fluctuation favourable favorable impression indicates analysis employee employees staff text
conversation risk risks found feedback vibes vibe humour humor smile smiling smiles fun friend bottom line
point points worth deal easy learner learn learning eager willing willingness help helping support supports
there everytime anytime board standard standards high low lower level levels technical soft task tasks duty
duties target targets goals goal objective objectives met available responsive quick fast punctual accurate
precise detail-oriented can-do positive-minded continuously constant constantly impress impresses weight pull
game ball track mark spot spot-on nailed nail rule rocks smashing smashed crushed crushing killed shine shines
shining job's go-to trusted mate buddy boss sir madam rest round day-to-day lucky fortunate luck enough yet
least lately recently currently now today lifts lift brightens contagious attitude-wise teamplayer
awesome-sauce xx thumbs 100 10 five
"""
GENERIC = frozenset(_GENERIC_TEXT.split())
"""Words that carry no checkable content in a note: praise, blame, and the nouns that praise and blame lean on."""

_ACTIONS_TEXT = """
add adjust admit agree align analyse analyze announce answer apologise apologize approve argue arrange arrive
ask assign attach attend audit automate block book break brief bring build buy calculate calibrate call cancel
carry catch change chase check clarify clean clear close coach collect come comfort compare compile complete
confirm connect contact convert convince copy correct count cover create cut debug decide define delay
delegate delete deliver deploy describe design detect develop diagnose discover discuss dispatch distribute
divide document draft draw drive drop email enter escalate estimate evaluate examine explain export facilitate
fail file fill find finish fit fix flag follow forget forward gather give guide hand handle hang help hide
hire hold host identify ignore implement import inform inspect install integrate interrupt interview introduce
investigate invite join keep label launch lead learn leave let link list listen load lock log lose lower make
map mark measure meet merge migrate miss mix model moderate monitor move negotiate note notice notify offer
omit open order organise organize overlook overwrite pack pair park pass patch pay phone pick pilot place plan
point post postpone pour prepare present press print prioritise prioritize produce profile promise propose
provide publish pull push put question quote raise read rebuild recalculate reconcile record recover redesign
reduce refactor refuse register reject release remind remove renegotiate reorder repair repeat rephrase
replace replan reply report request rescue research reserve reset resolve respond restart restore restructure
return reuse reveal review revise rewrite ring roll run save say schedule search secure seek sell send
separate serve set settle share shift ship shout show sign simplify sit skip solve sort speak spend split spot
stand start stay step stop store streamline submit suggest summarise summarize support swap sweep switch take
talk teach tell test thank think tidy trace track train translate troubleshoot turn uncover unload unlock
update upload validate verify visit volunteer wait walk warn wash watch weigh win withdraw wrap write
"""
ACTIONS = frozenset(_ACTIONS_TEXT.split())
"""Base forms of verbs for acts that could be filmed."""

IRREGULAR = {
    "broke": "break", "brought": "bring", "built": "build", "bought": "buy", "caught": "catch", "came": "come",
    "cut": "cut", "drew": "draw", "drove": "drive", "found": "find", "forgot": "forget", "gave": "give", "hung": "hang",
    "held": "hold", "hid": "hide", "kept": "keep", "led": "lead", "left": "leave", "let": "let", "lost": "lose",
    "made": "make", "met": "meet", "paid": "pay", "put": "put", "read": "read", "rang": "ring", "ran": "run",
    "said": "say", "saw": "see", "sold": "sell", "sent": "send", "set": "set", "shown": "show", "sat": "sit",
    "spoke": "speak", "spent": "spend", "split": "split", "stood": "stand", "swept": "sweep", "took": "take",
    "taught": "teach", "told": "tell", "thought": "think", "understood": "understand", "withdrew": "withdraw",
    "won": "win", "wrote": "write", "written": "write", "rewrote": "rewrite", "rebuilt": "rebuild", "sought": "seek",
    "drawn": "draw", "driven": "drive", "taken": "take", "given": "give", "spoken": "speak", "stuck": "stick",
    "threw": "throw", "fed": "feed", "dealt": "deal", "chose": "choose", "stole": "steal", "tore": "tear",
    "slept": "sleep", "lent": "lend", "bent": "bend", "dug": "dig", "flew": "fly", "sang": "sing", "wore": "wear",
    "overspent": "overspend", "overwrote": "overwrite", "oversaw": "oversee", "undertook": "undertake", "bit": "bite",
}  # fmt: skip

CONTRAST = (
    "but", "however", "although", "though", "yet", "while", "whereas", "on the other hand", "on the downside",
    "even if", "even though", "unfortunately", "except", "nevertheless", "despite", "that said", "only that", "still,",
    "at the cost", "mixed", "on the flip side", "downside", "at the same time",
)  # fmt: skip

IMPACT_START = (
    r"so that|so|which|thus|thereby|hence|as a result|because of (?:that|this)|thanks to (?:that|this)|"
    r"therefore|consequently|resulting in|leading to|causing|"
    r"saving|sparing|allowing|enabling|making|preventing|giving us|this (?:helped|saved|led|meant|made|"
    r"allowed|let|cost|gave|caused|prevented|kept)|"
    r"that (?:helped|saved|led|meant|made|allowed|let|cost|gave|caused|prevented|kept|left)|it (?:helped|"
    r"saved|led|meant|made|allowed|gave|cost|kept)|"
    r"in the end|since then|ever since|the (?:result|outcome|effect|consequence)|meaning|with the (?:result|"
    r"effect)|because of which|and now|and (?:we|the \w+|nobody|no one|none|it|they|our|customers?|clients?|"
    r"everyone|all|i)\b"
)
RESULT_CLAUSE = (
    r"(?:we|they|customers?|clients?|the \w+|nobody|no one|everyone|he|she|it|which) (?:had to|could(?: not|n't)?|"
    r"can "
    r"(?:now|finally)|now|no longer|never had to|did(?: not|n't) (?:have|need) to|got|lost|ended up|was able to|"
    r"were able "
    r"to|stayed|came back|turned out)|ever since|since then|in the end|as a result|to this day|for the first time|"
    r"(?:had|has|have) to be|(?:was|were|is|are) (?:lost|spared|saved|delayed|postponed|cancelled|rejected|accepted|"
    r"signed|sent back|paid|fined|stopped|closed)|came back|sent back|not (?:one|a single|a)|without a single|"
    r"cost us|costs us|saved us|overpaid|turned out"
)
"""What follows for somebody or something, wherever it stands in the clause."""
CAUSE_START = r"because|after|since|thanks to|due to|owing to|by \w+ing"
AFFECTED = (
    "customer|customers|client|clients|team|teams|patient|patients|guest|guests|user|users|colleagues|"
    "everyone|nobody|none|no one|we|us|our|the others|supplier|"
    "partner|partners|family|families|auditor|auditors|pupils|students|visitors|players|line|release|project|"
    "site|shift|contract|order|deal|launch|plant|plants"
)
EVENTS = (
    "meeting|meetings|call|calls|review|session|workshop|release|incident|outage|demo|interview|handover|"
    "hand-over|negotiation|negotiations|visit|audit|project|sprint|"
    "launch|migration|fair|event|training|stand-up|standup|daily|retro|retrospective|case|run|trip|"
    "conference|inspection|deadline|party|wedding|briefing|presentation|"
    "round|rounds|exam|exercise|drill|upgrade|rollout|roll-out|pilot|kick-off|kickoff|offsite|all-hands|peak|"
    "season|stocktake|stock-take|service|shift|planning|closing|"
    "hearing|arbitration|trial|congress|evening|morning|night|afternoon|weekend|week|month|quarter|year|half|"
    "day|days|holiday|holidays|lunch|storm|flood|emergency|crisis|"
    "escalation|complaint|merger|reorganisation|cutover|go-live|campaign|tender|pitch|bid|delivery|surgery|"
    "operation|admission|course|lesson|class|exchange|walk|talk|"
    "table|job|till|dock|theatre|theater|room|platform|department|lesson|ticket|tender|trade fair|recall|"
    "strike|season|workshop|committee|consultation|planning|move|typhoon|canteen|queue|counter|check-out|"
    "check-in|turnaround|changeover|ramp-up|freeze|power cut|blackout|fire alarm|one-to-one|one-on-one|"
    "1-on-1|1:1|discussion"
)
TIMES = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mondays|fridays|january|february|march|april|"
    "june|july|august|september|october|november|december|"
    "yesterday|today|tonight|q1|q2|q3|q4|spring|summer|autumn|winter|christmas|easter|new year|midnight|noon"
)
