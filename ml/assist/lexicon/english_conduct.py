"""English words and phrases for how people work, by trait; a `*` ends a stem that any ending may follow.

They stand beside `english_valence.py`, which is about how things went. The longest that fits wins.
"""

from __future__ import annotations

_GOOD_TEXT = """
has an eye for|have an eye for|eye for detail|attention to detail|attentive|accurate*|conscientious*|exact|exacting
spot on|spot-on|neat|neatly|tidy|immaculate*|rigorous*|systematic*|methodical*|structured|well-structured
well prepared|well-prepared|well written|well-written|well organised|well organized|well thought|thought through
thoughtful*|considered|considerate*|foresight|thinks ahead|thought ahead|plans ahead|planned ahead
sees the big picture|big picture|down to the last|right first time|first time right|error-free|zero defects
zero errors|zero incidents|no mistakes|nothing missing|nothing was missing|had everything|has everything
everything in place|everything was ready|was ready|were ready|ready before|ready to go|fully stocked|restock*
stocked up|topped up|refilled|swept|wiped|disinfected|sterilised|locked up|double checked|triple-check*|proofread*
counted twice|checked twice|measured twice|read back|reads back|wrote down|writes down|noted down|logged every
logs every|keeps notes|owns his|owns her|owns their|own his|owned his|owned her|owned the|takes ownership
took ownership|takes responsibility|took responsibility|accountab*|answerable|responsible for the success|steps up
stepped up|steps in|stepping in|pitches in|pitched in|jumps in|jumped in|chips in|lends a hand|lent a hand
goes the extra mile|went the extra mile|extra mile|went out of his way|went out of her way|goes out of his way
goes out of her way|stands in for|stood in for|fills in for|filled in for|swapped shifts|swaps shifts
took over the shift|covers shifts|covered the shift|covered my|covered our|picked up the slack|picks up the slack
never have to chase|never has to be asked|never needs to be asked|never needs reminding|needs no reminding
no reminders needed|without reminders|without a reminder|without chasing|without prompting|unprompted
of her own accord|of his own accord|on her own initiative|on his own initiative|self-starter|self-driven|initiative
takes initiative|took the initiative|enterprising|resource|hands-on|can-do|eager|eagerly|keen|keenly|willing|willingly
industrious|hard-working|hardworking|hard worker|works hard|worked hard|puts in|tenac*|persistent|persistently
persisted|grit|gritty|determined|disciplined|steady|steadily|stable|consistent|consistently|constant|unflappable
composed|level-headed|cool-headed|keeps his cool|keeps her cool|kept his cool|kept her cool|keeps a cool head
kept a cool head|stayed calm|stays calm|remained calm|under pressure|poise|poised|patient with|patience|gentle|kind to
kindness|compassion*|empath*|understanding|sensitive to|tact|discreet*|humble|humility|modest|modestly|sincere*
honour*|integrity|ethical|fair|fairly|fairness|even-handed|impartial|transparent|transparently|open about|openly|frank
candid|candour|candor|straightforward|straight-talking|keeps his word|keeps her word|kept his word|kept her word
keeps promises|kept every promise|keeps every promise|delivers on|true to her word|true to his word|follows through
followed through|follows up|sees things through|saw it through|sees it through|finishes what|meets deadlines
met the deadline|met every deadline|meets every deadline|made the deadline|hits deadlines|beat the deadline
before the deadline|before it was due|before they are due|day early|days early|week early|weeks early|hours early
days ahead|ahead of time|ahead of schedule|ahead of plan|same day|same-day|within the hour|within minutes
within an hour|within a day|within ten minutes|in minutes|in no time|like clockwork|clockwork|to the minute|prompt
responds|responded|responsive|replies quickly|answers quickly|always available|reachable|approachable|accessible
welcoming|inclusive|includes everyone|included everyone|brings people together|brought people together
brings the team together|team player|team-player|team spirit|collaborat*|cooperates|cooperated|cooperative*
works well with|gets along|gets on well|bridges|bridged|bridge between|diplomatic*|de-escalat*|defuses|smoothed over
smooths|settled|reconcil*|compromise|found a compromise|common ground|consensus|aligned|alignment|united|rallied
rallies|motivates|energis*|energiz*|lifts the mood|lifted the mood|good mood|good-humoured|good humour|good humor
cheers everyone|makes people laugh|fun to work|joy to work|great to work|easy to work|pleasure to work|charm*
charisma*|articulate*|eloquent*|concise*|crisp|to the point|plain language|plain words|simple words|easy to follow
easy to read|easy to understand|made it clear|makes it clear|everybody understood|everyone understood
understood at once|understood the new|everyone knew|everybody knew|knew exactly|knows exactly|knows every|knows the
knows her|knows his|knowledgeable|well-informed|well informed|well versed|well-versed|experienced|expertise|seasoned
savvy|sharp eye|sharp-eyed|sharp mind|quick-witted|quick learner|fast learner|learns fast|learned fast|learns quickly
learned quickly|picked it up|picks things up|picks up new|curious|curiosity|inquisitive|asks the question
asks good questions|asks the right|asked the right|asked the question|good questions|open-minded|open to feedback
takes feedback|took the feedback|took my feedback|accepts feedback|welcomes feedback|asks for feedback
asked for feedback|coachable|self-aware|reflects|reflective|learned from|learns from|improved|improves|improving
improvement in|improvement on|big step forward|step forward|made progress|makes progress|progress|progressed|grown
growing into|came a long way|come a long way|better than before|better than last|better every|fewer mistakes
fewer errors|fewer complaints|fewer returns|less waste|less scrap|matured|developed|ingenious*|inventive|imaginative
original|out of the box|fresh ideas|good ideas|clever idea|great idea|neat trick|ideas that|visionary|strategic*
far-sighted|analytical*|logical|logically|sound judgement|sound judgment|good judgement|good judgment|good call
right call|right decision|good decision|made the right|decisive*|bold|boldly|brave|bravely|courageous*|stands up for
stood up for|stood her ground|stood his ground|speaks up|spoke out|dares|dared to|nobody else dare*|no one else dare*
pushback|pushed back politely|raises risks|raised the risk|warned us|warned the|warned early|flagged|flags|flagged it
escalated early|told us early|told everyone|informed everyone|informed us|keeps us informed|kept us informed
keeps everyone informed|keeps me posted|kept me posted|keeps everybody informed|kept in the loop
keeps everyone in the loop|shares what|shares knowledge|shares credit|gives credit|credits the|passes on|passed on the
hands over cleanly|clean handover|clear handover|good handover|handover was complete|documents everything
documented every|wrote a guide|wrote the guide|wrote a checklist|made a checklist|his checklist|her checklist
took under|under her wing|under his wing|showed the new|showed me how|taught me|taught us|helped me|helped us
helped the|patiently explained|took time to|took the time|takes time|takes the time|made time|makes time|sat down with
sits down with|sat with|stayed with|stayed behind|stayed on|stayed until|stays until|came in early|came in on
came back on|drove back|drove out|went back to|ran after|rushed to help|gave up his weekend|gave up her weekend
gave up his break|gave up her break|sacrificed|on his own time|on her own time|in his own time|in her own time|loyal
loyalty|devoted|devotion|professionalism|polished|impeccable|exemplary|example to|sets an example|set an example
sets the standard|set the standard|raises the bar|raised the bar|sets the tone|go-to|first person we ask|everyone asks
sought after|asked for her by name|asked for him by name|asked for her again|asked for him again|asks for her
asks for him|ask for her|ask for him|asks only for|wants her back|wants him back|wanted her back|wanted him back
came back because|came back for|regulars|loyal customers|customer thanked|customers thanked|thanked her|thanked him
thank you for|thanks for|thanks to|wrote to thank|sent flowers|sent chocolates|sent a card|left a tip|five-star
five star|good review|good reviews|glowing|positive feedback|good feedback|compliment*|applaud*|applause|ovation
cheered|smiled|smiling|smiles|laughed with|relieved|relief|reassured|felt safe|feels safe|felt heard|feel heard
felt welcome|trusts|trusted|trusting|counts on|rely on|relied on|depend on|depend upon|can be relied|lean on|award
awarded|prize|promoted|promotion|nominated|certified|qualified|accredited|top of|highest|record|best ever|best quarter
best month|above target|above plan|over target|over plan|beat the|beats the|topped|tops the|on target|on budget
under budget|within budget|in budget|on plan|met the target|met target|hit the target|hit target|hit every|surpassed
doubled sales|doubled the sales|doubled revenue|closed the deal|won the|won back|brought back|win back|landed the
landed a|secured the|upsold|cross-sold|repeat orders|repeat business|reordered|extended the contract|extended their
signed again|signed up|came on board|grew the|growth|increased sales|increased the|boosted|raised sales|more orders
more customers|cut costs|cut the cost|cut waste|cut the time|cut time|cuts the|saved us|saved the|saved hours
saved a day|saved two|saved three|saved money|reduced waste|reduced the|reduced costs|reduced errors|shortened|sped up
speeds up|faster than|cheaper|cost-effective|lean|economical*|pays off|paid off|worked out|works well|worked well
works like|works fine|ran smoothly|runs smoothly|went smoothly|went well|goes well|went live|survived|stood the test
no outage|no outages|zero downtime|no downtime|no rollback|no rollbacks|no incident|no incidents|no accidents
no injuries|no rework|no returns|no call|no calls|no escalation|no escalations|came back green|all green|all clear
clean audit|passed the audit|passed audit|passed first|clean bill|compliant|complied|by the book
followed the procedure|follows the procedure|follows procedure|wears her|wears his|wore his|wore her|safety first
safely home|unharmed|unhurt|recovering|pain-free|slept through|found at once|found in minutes|traced it|traced the
tracked down|got to the bottom|root cause|nailed|aced|crushed it|killed it|smashed it|knocked it out|hit it out
second to none|one of a kind|top-notch|top notch|first-class|first class|first-rate|world-class|high quality
high-quality|quality work|masterful*|virtuoso|craftsmanship|gifted|head and shoulders|stands out|stood out|shines
shone|thriv*|flourish*|blossom*|excel|excels|excelled|excellence|merit|admirab*|commend*|laud*|worthy|deserves
deserved|credit to|treasure|diamond|gold|golden|blessing|godsend|lucky to have|glad to have|happy to have
couldn't ask for|could not ask for|wouldn't want to miss|would hire again|more of this|more of that|please keep
carry on|well done|nicely done|way to go|hats off|chapeau|respect|top job|good job|great job|nice job|good work
nice work|great work|nice one|good one|love it|love how|like how|liked how|loved how|like the way|liked the way
love the way|all tied up|tied up loose ends|loose ends|caught up|cleared the backlog|cleared the|cleared every
worked off the backlog|emptied the queue|queue was empty|inbox zero|none left over|nothing left over|kept pace
on top of
""".strip()

_BAD_TEXT = """
could have been more|should have been more|could have been better|could have been clearer|could have been faster
could have told|should have told|should have asked|could have asked|should have checked|should have been checked
should have known|should have been done|ought to have|might have been nice|would have been better|would have been nice
would have helped|would have liked|i expected|i had expected|we expected more|expect more|expected you to
expected him to|expected her to|more was expected|i wish|i'd like to see more|would like to see more|like to see you
want to see more|hope to see more|more effort|more care|more careful|be careful|more attention|more focus
more structure|more discipline|more initiative|more ownership|more consistent|more proactive|more reliable
more punctual|be on time|please be|could you please|can you please|please try|please make sure|please remember
please stop|please don't|let's try|let us try|try to|needs to be told|needs reminding|needs reminders|needs constant
needs a push|needs pushing|needs supervision|needs hand-holding|hand-holding|spoon-fed|has to be told|have to be told
has to be asked|have to be asked|has to be reminded|have to remind|had to remind|keep reminding|kept reminding
reminded him|reminded her|reminded you|remind you|told you before|told him before|told him twice|told her twice
how many times|again and again|time and again|over and over|once again late|late again|once more late|had to chase
have to chase|having to chase|chased him|chased her|chase him|chase her|chasing him|chasing her|chase you|had to ask
had to call|had to guess|had to redo|had to fix|had to wait|had to step in|had to explain|had to apologise
had to apologize|apologise to|had to clean up|clean up after|had to cover|had to rewrite|had to start|had to search
had to look for|had to find out|left us|left me|left the team|left everyone|leaves others|leaves the mess|leaves work
leaves it to|leaves everything|leave it to others|dumps work|dumps on|offloads|offloaded|passes the buck
passed the buck|buck-passing|points fingers|pointed fingers|finger-pointing|blame|blames|blaming|blamed|throws others
under the bus|hides behind|makes excuses|made excuses|excuse after|always an excuse|has an excuse|shirk*|dodg*|duck*
avoids work|avoids responsibility|avoids conflict|avoids difficult|avoids decisions|sits on|sat on|sits for days
sit for days|sit for weeks|sits untouched|lies around|lay around|lying around|gathers dust|gathering dust|drags on
dragged on|drags his|drags her|dragging|drags out|takes forever|took forever|takes ages|took ages|takes weeks
took weeks|took two weeks|takes too|took too|takes days|took days|slip|slips|slipping|slippage|deadlines slip
deadline slipped|missed the deadline|misses deadlines|missed deadlines|blew the deadline|overshoot|overshot|runs late
ran late|running late|runs over|ran over|over budget|above budget|budget overrun|behind schedule|behind plan|lags
lagged|lagging|trail*|plateau*|stagnat*|idl*|slacks|slacker|slacked|coasts|coasting|coasted|minimum|bare minimum
does the minimum|clock-watch*|clocks out|clocked out|long breaks|long lunch*|smoke break*|cigarette break*
on his phone|on her phone|on the phone during|scrolls|scrolling|texting|daydream*|dozed|asleep|yawn*|bored|boring
uninterested|disinterest*|indifferen*|apath*|unmotivated|demotivat*|no motivation|unenthusiastic|half-baked|half baked
half-finished|half finished|half done|unfinished|rarely finishes|never finishes|does not finish|doesn't finish
starts but|loses interest|lost interest|gives up|gave up too|giving up|bail*|backs out|backed down|flak*|unpredictab*
erratic*|moody|mood swings|bad mood|temper|hot-tempered|short-tempered|loses his temper|loses her temper
lost his temper|lost her temper|blew up|blows up|explod*|outburst*|tantrum*|stormed|storms out|slams|screamed|screams
bark*|snaps|snappy|snappish|curt|terse|brusque|abrasive|harsh|harshly|cold|coldly|distant|aloof|unfriendly|unkind|mean
meanly|cruel*|bully*|bullies|bullied|intimidat*|belittl*|humiliat*|condescend*|looks down on|look down on|talks down
talked down|dismissive|dismisses|dismissed|brushes off|brushed off|shrugs off|shrugged|eye-roll*|rolled his eyes
rolled her eyes|rolls his eyes|rolls her eyes|sneer*|laughs at|laughed at|made fun|makes fun|ridicul*|teas*|badmouth*
bad-mouth*|backstab*|behind people's backs|behind his back|behind her back|stirs|poison*|toxic|divisive|clique*
favourit*|favorit*|plays favourites|plays favorites|bias*|unequal|unjust|discriminat*|harass*|inappropriate*|offensive
vulgar|curses|cursed|talks over|talk over|talked over|cuts people off|cuts others off|cut me off|cut her off
interrupts|dominates|dominated|monopoli*|hogs|hogged|overbearing|domineering|controlling|pushy|stubbornly|rigid
inflexible|narrow-minded|closed-minded|never listens|doesn't listen|does not listen|didn't listen|won't listen
never asks|doesn't ask|does not ask|didn't ask|never shares|doesn't share|does not share|keeps to himself
keeps to herself|keeps knowledge|keeps it to|hoard*|silo|silos|secretive|withhold*|not a team|no team player|loner
lone wolf|goes it alone|on his own agenda|works against|undermin*|contradicts|ignores|ignored|ignoring|overlooks
overlooked|forgets|forgot|forgotten|forgetful|left out|leaves out|leaving out|missing from|are missing|is missing
was missing|were missing|still missing|not there|nowhere to be|went missing|unaccounted|lost track|loses track
loses things|misfiled|mislabel*|mismatch*|mixed up|mixes up|muddl*|jumbl*|garbl*|cluttered|unsorted|in disarray
shambles|haphazard*|slapdash|shoddy|slipshod|rough|patchy|spotty|superficial*|shallow|cursory|skims|skimmed
glossed over|guesses|guesswork|guessed|assumes|assumed without|jumps to conclusions|jumped to|typos|typo
spelling mistakes|full of errors|full of mistakes|full of typos|riddled|careless|inattentive|absent-minded
absentminded|distracted|unfocused|unfocussed|scatterbrained|disorderly|chaotically|no plan|without a plan|no structure
no overview|no idea|clueless|lost in|out of his depth|out of her depth|overwhelm*|overextended|overcommit*|overpromis*
over-promis*|underdeliver*|under-deliver*|underperform*|under-perform*|underwhelm*|falls short|fell flat|falls behind
falls apart|let down|lets down|lets us down|letting down|backfir*|flop*|blunder*|slip-up*|screwed up|screws up
screw-up|messed up|messes up|mess up|makes a mess|fouled|goof*|oversight|false alarm|wrong address|wrong customer
wrong patient|wrong dose|wrong version|wrong part|wrong order|wrong invoice|wrong size|wrong number|wrong price
wrong room|not what|not the right|not right|not correct|doesn't work|does not work|didn't work|did not work
stopped working|not working|didn't help|did not help|doesn't help|does not help|refused to help|refuses to|refused to
won't help|would not help|unwilling*|not willing|no interest|not interested|doesn't care|does not care|couldn't care
didn't care|doesn't bother|didn't bother|did not bother|can't be bothered|not bothered|without testing|without a test
without tests|untested|no tests|not tested|without checking|unchecked|without reading|without looking|without thinking
without a second look|thoughtless*|inconsiderate|insensitive|tactless|tone-deaf|blunt|crass|awkward*|clums*
embarrassing|cringe*|unpresentable|scruffy|unkempt|smelly|filth*|sticky|greasy|grubby|mouldy|rotten|spoilt|went off
cold food|undercook*|overcook*|burned|watery|stained|scratched|dented|cracked|chipped|smashed|snapped off|jammed
clogged|overflow*|flooded|soaked|froze|frozen screen|hung|hangs|crash|timed out|timeouts|downtime|went down|was down
is down|unreachable|unresponsive|never replies|never answers|doesn't reply|does not reply|didn't reply|did not reply
no reply|weeks to answer|weeks to reply|days to answer|days to reply|left on read|ghosted|goes silent|went silent
goes quiet|disappears|disappeared|vanishes|hard to reach|impossible to reach|never available|never around|never there
not available|unavailable|away from|left his post|left her post|left the counter|left early|leaves early|shows up late
showed up late|turns up late|turned up late|comes late|came late|arrives late|arrived late|late to|late for|late with
minutes late|hours late|days late|an hour late|a day late|two days late|a week late|late delivery|late deliveries
no show|didn't show|did not show|didn't turn up|did not turn up|called in sick|skips meetings|skipped|skips
misses meetings|missed the meeting|missed meetings|unexcused|unexplained|without explanation|no explanation
without notice|last minute|last-minute|at the last|too short notice|short notice|out of the blue|sprung on
surprised us with|nobody understood|no one understood|nobody could follow|hard to follow|hard to read
hard to understand|difficult to|incomprehens*|unintelligib*|mumbl*|rambl*|long-winded|wordy|verbose|waffl*|off topic
off-topic|misses the point|missed the point|beside the point|confused everyone|left everyone confused|contradictory
mixed messages|mixed signals|overcomplicat*|over-complicat*|overengineer*|over-engineer*|convoluted|complicated
bureaucratic|red tape|bottleneck*|single point|holding up|blocks the|blocked the|blocked us|slowed us|slows us
slows down|slowed down|slowing|cost the|costs the|cost money|expensive|wasteful|wasting|squander*|burned through
overspend*|written off|write-off*|write off|refund*|reimburse*|compensat*|credit note|penalt*|lawsuit|legal trouble
fined|sanction*|warning letter|written warning|formal warning|disciplinary|misconduct|non-complian*|noncomplian*
failed the|failed to|fails to|failing to|audit finding|findings in the audit|safety violation|unsafe|near miss|hazard*
without gloves|without a helmet|without helmet|no helmet|not wearing|took off his|took off her|ignored the alarm
ignored alarm|silenced the|exposed|leaked|breached|phish*|password on|shared his password|shared her password
left logged|left open|left unlocked|left running|unlocked|wide open|left the door|left it|left them|broke the
broke two|broke three|breaks the|dropped the|dropped a|spilt|drops calls|lost customers|lost a customer
lost the customer|lost the deal|lost the order|lost money|lost sales|losing|sales dropped|sales fell|revenue fell
revenue dropped|orders fell|orders dropped|numbers dropped|ratings dropped|rating dropped|scores dropped|score fell
complaints rose|complaints went up|errors rose|errors doubled|complaints doubled|returns doubled|costs rose
costs went up|churn rose|turnover rose|waiting times rose|went up to|ran out|runs out|ran dry|out of stock|sold out of
shortages|unhappy customer*|customer complained|customers complained|complaints about|complaints from|complained about
asked for somebody else|asked for someone else|asked for another|wants somebody else|wants someone else
no longer wants|never again|won't come back|will not come back|did not come back|didn't come back|never came back
took their business|went elsewhere|went to a competitor|switched to a competitor|to the competitor|to competitors
walked off|walks off|walked out|hung up on|one star|one-star|bad review|bad reviews|negative review*|negative feedback
not happy|not pleased|not satisfied|not convinced|not impressed|not acceptable|not good|not great|not enough|not ideal
not helpful|not very|not really|not yet|isn't enough|isn't good|doesn't meet|does not meet|did not meet|didn't meet
not meet|below expectations|under expectations|below target|under target|below plan|under plan|far from|nowhere near
leaves much|a long way to go|work in progress|development area|development areas|area for improvement
areas for improvement|weakness*|weak spot|shortcoming*|drawback*|deficien*|deficit|gap|gaps|flaw*|fault|faults
blind spot*|stumbl*|trip up|struggles|struggled|struggling|difficulty|difficulties|wrestle*|out of touch|too often
too many mistakes|too many errors|too easily|too quickly|too fast|too little|too few|too rarely|rarely|seldom
hardly ever|hardly any|barely|not once|never once|never does|never did|never told|never said|never helps
never volunteers|never prepared|never on time|never wrote|never documented|never updated|never checked|never tested
never cleaned|never signed|again nobody|and nobody|nobody was told|no one was told|nobody was informed|wasn't told
was not told|weren't told|were not told|not informed|not told|wasn't informed|without word|unsolicited|unasked
off the record|against the rules|against instructions|against advice|against procedure|broke the rules|bends the rules
bent the rules|ignores rules|ignores the|ignored the|cheat*|forg*|falsif*|fake*|faking|fudg*|made up numbers
made up the|pretend*|lying|dishonesty|takes credit|took credit|claims credit|steals credit|stole my|stole our|jealous*
envious|egotis*|ego|big-headed|boast*|brag*|show-off|know-it-all|smug|entitled|spoiled|immature|childish*|naive
gullible|timid|fearful|insecure|nervous|anxious|tense|stressed|stresses everyone|burnout|burned out|exhaust*|tired
overworked|cynic*|negativity|pessimis*|whin*|moan*|nag*|nitpick*|nit-pick*|petty|pedantic|perfectionis*|overcritical
hypercritical|judgmental|judgemental
""".strip()

GOOD = tuple(item for line in _GOOD_TEXT.splitlines() for item in line.split("|"))
BAD = tuple(item for line in _BAD_TEXT.splitlines() for item in line.split("|"))
