"""English words and phrases that say something went well or badly; a `*` ends a stem that any ending may follow."""

from __future__ import annotations

_GOOD_TEXT = """
owned up|own up|credited|gave credit|nobody slipped|no one slipped|lifesaver|ace|smashing|cracking|divine|darling|goat
razor-sharp|legend|trooper|adores|upbeat|healthy|cooperative|back every|on her day off|on his day off
without being told
never noticed|not one sample|not a single
accelerat*|acknowledg*|adapt*|advised|anticipat*|arranged|assisted|backed up|boost*|calmed|cheerful*|comforted
coordinated|courag*|cross-checked|debugged|defused|eased|encourag*|enhanc*|ensured|expedit*|facilitat*|flexib*
generous*|gently|graceful*|guided|innovat*|insight*|lifted|maintained|mastered|mediated|first try|optimi*
outperform*|persever*|pointed out|polish*|precis*|punctual*|re-planned|reassur*|rebuilt|reliev*|resilien*
resourceful*|respectful*|retained|reus*|revived|robust|salvaged|selfless*|smoothed|spoke up|stayed late
stepped in|streamlin*|strengthen*|summaris*|summariz*|supported|surpass*|swift*|tailored|tactful*|tidied|timely
tireless*|turned around|tutored|unblocked|uncovered|upgraded|validated|versatile|warm*|welcomed|without a single
without a hitch|without a question|came back to say thanks|to say thanks|said thanks|nobody was hurt
no one was hurt
great|good|nice|excellent|amazing|awesome|fantastic|wonderful|brillian*|outstanding|superb*|terrific|fabulous
incredible
impressive*|impressed|impress|exceptional*|perfect*|solid|strong|positive|admir*|remarkabl*|stellar|lovely
delight*|inspir*|best|better
talented|gifted|smart|clever|creativ*|kind|caring|friendly|polite*|courteous|pleasant*|helpful*|supportive
reliabl*|dependable|trustworth*
honest*|committed|dedicat*|motivated|enthusias*|passionate|proactiv*|diligen*|careful*|meticulous*|thorough*
organised|organized|efficient*
effectiv*|professional*|competent*|capable|skilled|skilful*|valued|valuable|invaluable|well|thank*|grateful
appreciat*|kudos|congrat*|bravo
proud|happy|happier|pleased|satisf*|glad|enjoy*|recommend*|success*|gem|star|stars|rock|rocks|rockstar|hero
legend|asset|joy|pleasure|love|loved|loves|adore*
solved|fixed|resolved|repaired|recovered|restored|rescued|saved|saves|save|saving|spared|improve*|faster|quicker
quick*|easier|easily|clear|clearly|calm*
patiently|helps|helped|help|prevent*|avoid*|renewed|praised|praise|ahead|early|earlier|exceed*|earned|taught
teaches|showed|shows|shared|shares|mentor*|trained|coach*
explained|explains|clarif*|prepared|documented|automat*|simplif*|volunteer*|stayed|offered|spotted|noticed
caught|found|double-check*|verified|supports|delivered
completed|finished|achiev*|reached|adopt*|protect*|secur*|impeccabl*|smooth*|safe|safely|intact|undamaged
flawless*|accepted|approved|agreed|signed|won|wins|winning|closed
sold out|sold|not a scratch|used by|now use|is used in|are used in|in all five|used to take|side by side
with an example|with a drawing|stayed with us|on time|on schedule|in time|as planned|as promised
on the planned day|right away|at once|on the spot|immediately|promptly|without being asked
by hand|line by line|step by step|one by one|personally|in person|herself|himself|thumbs|cheers|top|dream|pro
expert|genius|natural|role model|five stars|five out of five|10/10
passed|works again|productive|alone|understood|understand|attend*|doubled applications|up to date|spotless
lively|went up|rose|grew|gained|on track|keep it up|keep going
keep pushing|well deserved|could not do without|couldn't be happier|can't fault|nothing to complain
no complaints|no problems|no issues|can count on|never had any problems|never any problems
breath of fresh air|above and beyond|up to the mark|hit with|hits her|hits his|kept all|keeps|listens|listened
asked|answered|answers|checked|checks|compared|collected|built|wrote|created|set up
introduced|proposed|suggested|rewrote|translated|negotiated|reviewed|paired|invited|admitted|apologised
apologized|replaced|cleaned|labelled|sorted|moved|split|cut the|drew|drove
rang|called|phoned|followed up|escalated|reported|tested|pinned|covered|calibrated|reconciled|published|recorded
presented|handled|organised|booked|brought|added|fitted|secured
applau*|award*|back in stock|balanced|bonus|booked again|came back for|cheer*|clapped|clean bill|compliment*|eager*
extended|first go
full house|giggl*|grin*|held firm|hug|hugg*|humming|in one go|kept going|laughed again|like new|mended
nobody noticed|no fuss
ordered more|ordered again|paid back|patched|ran clean|re-signed|repeat order|reunit*|running again|sailed|settled
shines|sleeps through
smil*|stood firm|straight away|thriv*|took the time|tidy|to the penny|top marks|unasked|up and running|walked her
walked him|sat with|sat down with
knelt|waited with|carried|lent|gave up his|gave up her|held the|brought back|returned the|rang back|called back
wrote down|counted|tasted|by name
asks for her|asks for him|asked for him|asked for her|asked to stay|came first|cured|danced|fetched|fed|funded
glowing|hardly any|harmless|healed|home safe
in good time|invent*|kept her word|kept his word|let me choose|look forward|made room|nothing broke|on his own time
on her own time|out of the box
peaceful*|picked up on|quiet again|read to|re-ordered|sang|searched|signed off|sleep again|sold every|spot on
stopped the leak|straighten*
sturdy|sweet|talked her through|talked him through|talked me through|the lot went|thumbs up|tipped|took care|traced
untangl*|vouched
warned|watertight|went back for|went through it|won back|worked first
""".strip()
_BAD_TEXT = """
half-hearted*|lackl*|meh|swore|swears|contaminat*|scorch*|vacated|prohibit*|bald|flat tyre|undated|unlatched
unlabelled
slips|slipped on|on the floor again|copies other|took the credit|takes the credit|claimed as her own
claimed as his own
unannounced|into the bin|in the bin|overpaid|expected better|hoped for more|not his best|not her best|so-and-so
room to grow|to be desired|up her game|up his game|wants polishing|sharper|tripled|sat idle|stood idle|sent back
abandon*|abrupt*|abus*|accus*|aggressiv*|alienat*|backed out|bicker*|botch*|breach*|bungl*|clash*|clumsy
collaps*|contradict*|cut corners|cut off|deadlock*|deflect*|degrad*|demorali*|denied|derail*|destroy*|disagree*
discourag*|disorgani*|disput*|disrupt*|distract*|dropped the ball|evad*|exaggerat*|excuses|faulty|fell behind
fell apart|fumbl*|gave up|glitch*|grumbl*|hasty|hastily|hesita*|idle|illegible|impatien*|impolite|inconsisten*
inconvenien*|inflexib*|interfer*|invalid|irritat*|jeopardi*|lapse*|let us down|let down|malfunction*|manipulat*
micromanag*|misinform*|mislead*|misled|misplac*|misread|mistreat*|misunderst*|mock*|neglig*|no answer|no reply
no response|obstruct*|obsolete|omitted|overloaded|overran|overrun|overslept|patroni*|piled up|procrastinat*
quarrel*|quit|rant|reluctan*|reprimand*|resent*|resist*|ruin*|rushed|sabotag*|sarcas*|scold*|setback|shortage
slack*|slammed|snapped|stall*|struggl*|stubborn*|sued|sulk*|talked over|terminated|threat*|turned up late
turned away|unable|unavailable|uncomfortabl*|unfair*|unhelpful*|unnecessar*|unpleasant*|unresponsiv*|unsure
untrue|vague*|violat*|walked off|withheld|for the second time|for the third time|left open|left alone
left untouched|left unlocked|in the wrong|to the wrong|into the wrong|on the wrong|without running
without locking|was never|were never|never came|nothing had been|nothing was|had to be repeated|had to be
could not sign|could not start|could not work|could not follow|cannot follow|cannot use|refused to pay
did not pay|lost their|lost his|lost her|lost our|lost a|lost the
bad|badly|poor|poorly|weak*|average|mediocre|disappoint*|unsatisf*|inadequa*|unaccept*|slow|slower|slowly
careless*|sloppy|lazy|laziness|passive|negative|problem*|issue|worse|worst
terribl*|awful|horribl*|lack*|insufficien*|miss|missed|misses|missing|forgot*|forget*|fail*|ignor*|skip*|late
overdue|delay*|slipped|slips|postpon*|cancel*|refus*|reject*|rude*
shout*|yell*|argue*|argument|interrupt*|blame*|wrong*|incorrect*|inaccura*|mistake*|error*|broke|broken|breaks
damag*|lost|lose|loses|complain*|angry|angrily|upset|annoy*
unhappy|dissatisf*|unprepared|unfinished|incomplete|unanswered|unread|unsigned|unlabel*|undocument*|unclear
confus*|outdated|neglect*|overlook*|overspen*|overcharg*|overpaid
wasted|waste|scrap*|spoil*|penalt*|fined|fee|fees|outage|down for|crash*|stopped the|stoppage|stop on|standstill
untested|unreview*|unapprov*|hid|hides|hiding|copied|unfortunate*|sadly
expired|unsafe|danger*|risk|risky|at risk|harm*|hurt|injur*|accident*|unreliab*|unprofession*|dishonest*
arrogan*|stupid*|incompeten*|hostil*|lied|liar|lies|absent|no-show|untidy|dirty
mess|messy|noisy|overwrote|mixed up|hung up|redo|redone|repeated|twice|shortfall|fell short|short of|behind
unpaid|churn|burnt|stale|undercooked|not ready|useless|pointless|stole|stolen|theft
torn|burst|tipped over|leak*|spill*|slipping|dead|blank|gone wrong|gone|broke down|broke off|died|got in
walked away|walked out|turned us away|left behind|unattended|closed the account
redundant|excluded|rework*|waited|wait|waits|waiting|stuck|empty|nobody knew|nobody knows|nothing got
nobody told|does not fit|did not fit|no longer trust*|lost trust|mis-pick*|bug|bugs|defect*
incident*|failure*|had to|has to|have to|forced to|cannot be kept|so-so|below par|below|room for improvement
could be better|could do better|should be more|could be more|must be more|needs to|need to
needs improvement|needs work|needs development|must improve|not up to|up to scratch|areas for development
should take more|should improve|must try|try harder|work on your|a lot to learn|leaves something
has to step|step up|pull your|more diligence|could use more|expected more|can do more|too quiet|too slow
too many|too much|too late|too long|too old|too young|too emotional|too loud|cost us|costs us|costing
pain|bother|trouble|worr*|fear|afraid|panic*|chaos|chaotic|crisis|conflict|attack|suffer*|sharp*|bossy|shrill
greedy|selfish|coward|gossip|loser|control freak|drama|backbone|regret|fired
without asking|without telling|without notice|without warning|without testing|without review|without a review
without checking|without comparing|without permission|without approval|without informing|without reading
without giving|without signing|without saying|without the|without looking|without a migration|without a key
unannounced|secretly|on red|old price|last year's|previous version|two versions old|by mistake
out of date|high-handed|private chat*|at the wheel|mixed the|dumped|rubbish|filthy|in the rain|threw|thrown away
throw away|sleeps|slept|drunk|smokes|pills|copied the design|steals|excuse
half of the edge|was empty|stood open|are not in the|were not there|has no entries|have no owner|without goggles
without safety|unreadable|weeks late|days late|a month later|weeks after|after the deadline|after sign-off
after the freeze|before support|before the call|sat in his|sat in her|could not be|could not find|only four of
took more than|not in the system|added after|started over|lower than|less than plan|of plan|fewer visits
turnover|absence|sick leave|backlog|returns|complaints rose|margin fell|overtime|churned|left in|rejected the
hate*|dislike*|reported us
discipline|left the|left dust|left early|left without|left half|left on|left four|left three|left eleven
switched off|turned the alert off|bypass*|unplanned|unrest|ashamed|embarrass*|insult*|offend*|rumour*|rumor*
black mark|bleach*|blister*|blocked|bodged|bribe*|bruis*|choke*|clipped|concuss*|corrupt*|crack|cracked|crushed
curdl*|dent|dents|dented
ditched|drown*|evict*|expelled|faint*|fiddled|flood*|fractur*|froze|frozen solid|fudged|fumed|ghosted|grazed|infest*
jammed|kicked|knocked over|lawsuit|lawyer*|legal letter|limp*|litter|locked out|made up the|mislabel*|missold|mould*
muddle*
ombudsman|out of stock|overdose*|overflow*|overheat*|pinned down|pressure sore*|punctur*|rancid|rats|recalled
resign*|rotten|rotting
rust*|scam|scald*|scream*|seized|shatter*|short-staffed|shrugged|slamm*|smash*|sneer*|sobb*|soaked|solicitor*|sour
squash*
stain*|stopped coming|strand*|strike|stung|summons|tears|toppl*|trapped|tripped|unopened|unsold|vanish*|vomit*|warped
wept|whing*|wilt*|wither*|wobbl*|write-off|wreck*|yawn*|nobody came|nobody answered|for nothing|in pieces|in bits
cried|crying
barked|barged|belittl*|bitter|cheat*|chipped|clueless|crooked|cursed|deaf ear|dodg*|drained|fake*|fobbed|forg*
gagged|grumpy
hacked|humiliat*|hung up|hush*|jeer*|laughed at|lonely|mumbl*|nagg*|nicked|orphan*|pester*|pocketed|police
prosecut*|rolled his eyes|rolled her eyes|scoff*|scowl*|shunt*|shush*|skimp*|smirk*|sniff*|snub*|spat|stall*
stranger*|thrown out|tribunal
turned up drunk|unfed|unheard|unheated|unlit|unlocked|unsaid|unwashed|wet through|wrecked|wrote us up|written up
years late
""".strip()
GOOD = tuple(item for line in _GOOD_TEXT.splitlines() for item in line.split("|"))
BAD = tuple(item for line in _BAD_TEXT.splitlines() for item in line.split("|"))
NEGATORS = (
    r"(?:\bnot\b|\bno\b|\bnever\b|\bnobody\b|\bno one\b|\bnone\b|\bnothing\b|\bneither\b|\bnor\b|n't\b|"
    r"\bwithout\b|\bno longer\b|\bhardly\b|\bzero\b|\bfree of\b|\bcannot\b|\binstead of\b|\bstopped\b(?! the)|"
    r"\brather than\b"
    r"|\bprevent\w*|\bavoid\w*|\bfewer\b|\bless\b|\bkept\b(?=.{0,20}\bfrom\b)|\bspared?\b|\bspares\b|"
    r"\bended\b|\breduced?\b|\bcut\b|\bfell\b|\bdropped\b|\bhalved\b|\bdown\b|\bresolved\b|\bsolved\b|"
    r"\bfixed\b|\brepaired\b|\bcaught\b|\bspotted\b|\bnoticed\b|\bfound\b|\breported\b|\bflagged\b|"
    r"\bdiscovered\b|\bdetected\b|\badmitted\b|\bdespite\b|\bif\b|\bbefore\b|\bclosed\b|\bcovered for\b)"
)
REAL_NEGATION = (
    r"(?:\bnot\b|\bno\b|\bnever\b|\bnobody\b|\bno one\b|\bnone\b|\bnothing\b|\bneither\b|\bnor\b|n't\b|"
    r"\bwithout\b|\bno longer\b|\bhardly\b|\bcannot\b)"
)
ENDED = (
    r"^\W{0,2}(?:\w+\W+){0,1}?(?:stopped|stop|are gone|is gone|was gone|were gone|disappeared|vanished|ceased|"
    r"was closed|were closed|was avoided|were avoided|was stopped|was prevented|withdrawn|was solved|are rare|"
    r"fell|dropped|down|halved|shrank|went down|decreased|fewer)\b"
)
