"""What a question asks for: its subjects, which parts of an answer it wants first, its language and its span of time.

Rules by the words that frame a question, in English and Chinese; pure. Must not know what was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digestbot.domain.answers import Asked, Part
from digestbot.languages import CHINESE, ENGLISH
from digestbot.offline.terms import is_chinese, terms
from digestbot.wire.plaintext import clean_text

MAX_CHARS = 300
_MAX_SUBJECT_CHARS = 120
_END = r"[\s?？!！。.]*$"


@dataclass(frozen=True)
class Understood:
    """A question as its parts; `subjects` are two where it compares, else one, in its own words without the frame.

    `wants` are the parts that it asks for by name, none for a bare topic.
    """

    question: str
    subjects: tuple[str, ...]
    wants: tuple[Part, ...]
    lang: str
    since: str = ""
    deed: str = ""
    """What is to be done, where the question asks for ways to do it."""

    @property
    def comparing(self) -> bool:
        """Whether it asks how two things differ."""
        return len(self.subjects) == 2

    @property
    def topic(self) -> str:
        """The subjects in one line."""
        return " / ".join(self.subjects)


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern + _END, re.IGNORECASE)


_COMPARING = (
    _rule(
        r"^(?:what(?:'s| is| are)? )?(?:the )?(?:main )?differences? "
        r"(?:between|of) (?P<a>.+?) (?:and|vs\.?|和|与) (?P<b>.+?)"
    ),
    _rule(r"^how (?:do|does|is|are) (?P<a>.+?) (?:differ(?:ent)?|distinct) from (?P<b>.+?)"),
    _rule(r"^how (?:do|does) (?P<a>.+?) compare (?:to|with|against) (?P<b>.+?)"),
    _rule(r"^(?:compare|contrast) (?P<a>.+?) (?:and|with|to|against|vs\.?) (?P<b>.+?)"),
    _rule(r"^(?:is|are) (?P<a>.+?) (?:better|worse|faster|cheaper) than (?P<b>.+?)"),
    _rule(r"^(?P<a>.+?) (?:vs\.?|versus) (?P<b>.+?)"),
    _rule(r"^(?:请?比较(?:一下)?|对比(?:一下)?)(?P<a>.+?)(?:和|与|跟|同)(?P<b>.+?)"),
    _rule(
        r"^(?P<a>.+?)(?:和|与|跟|同|vs\.?|对比)(?P<b>.+?)(?:之间)?(?:的|有(?:什么|何|哪些)?)"
        r"(?:主要)?(?:区别|不同|差异|差别|优劣)(?:是什么|在哪里?|有哪些)?"
    ),
    _rule(r"^(?P<a>.+?)(?:和|与|跟|同)(?P<b>.+?)(?:哪个|谁)(?:更好|好|更快|更强)"),
)
_RECENT_EN = r"(?:latest|recent|newest|current|new)"
_WORK_EN = r"(?:work|works|advances?|progress|papers?|research|news|developments?|results?|methods?)"
_FRAMES: tuple[tuple[Part, re.Pattern[str]], ...] = (
    (
        "new",
        _rule(
            r"^what(?:'?s| is| are| has been)? (?:the )?(?:new|happening|latest)(?: \w+)?"
            r" (?:in|on|about|with|for) (?P<x>.+?)"
        ),
    ),
    (
        "new",
        _rule(
            rf"^(?:what (?:is|are) )?(?:the )?(?:most )?{_RECENT_EN} {_WORK_EN} (?:in|on|about|with|for|of) (?P<x>.+?)"
        ),
    ),
    ("new", _rule(rf"^{_RECENT_EN} (?:in |on |about |with |for )?(?P<x>.+?)(?: {_WORK_EN})?")),
    ("new", _rule(r"^(?:the )?state of the art (?:in|of|for) (?P<x>.+?)")),
    (
        "open",
        _rule(
            r"^(?:what (?:is|are) )?(?:the |some )?(?:open|unsolved|remaining|main|current|biggest)?"
            r" ?(?:problems?|questions?|challenges?|limitations?|limits?|weakness(?:es)?|drawbacks?|issues?)"
            r" (?:in|of|with|for|about) (?P<x>.+?)"
        ),
    ),
    (
        "why",
        _rule(
            r"^why (?:is|are|does|do|did|can|has|have|should|would) (?P<x>.+?)"
            r"(?: (?:so )?(?:matter|important|useful|needed|happen|occur|arise|exist))?"
        ),
    ),
    ("why", _rule(r"^what (?:causes?|makes?) (?P<x>.+?)")),
    (
        "how",
        _rule(
            r"^(?:explain )?how (?:is|are|does|do|did|can|could|should|would) (?:one |you |we |i )?"
            r"(?P<x>.+?)(?: work| function| operate)?(?: in practice)?"
        ),
    ),
    ("how", _rule(r"^(?:explain )?how (?P<x>.+?) (?:works?|functions?|operates?)")),
    ("how", _rule(r"^how to (?P<x>.+?)")),
    (
        "open",
        _rule(
            r"^(?:what (?:is|are) )?(?:the )?(?P<x>.+?)(?:'s)? (?:open |main |current |biggest )?"
            r"(?:problems|challenges|limitations?|limits|weakness(?:es)?|drawbacks?|shortcomings)"
        ),
    ),
    ("what", _rule(r"^what (?:is|are|was|were) meant by (?P<x>.+?)")),
    ("what", _rule(r"^what(?:'?s| is| are| was| were| does| do) (?P<x>.+?)(?: mean| about)?")),
    (
        "what",
        _rule(
            r"^(?:define|explain|describe|introduce|summari[sz]e|tell me about|teach me|give me an overview of)"
            r" (?P<x>.+?)"
        ),
    ),
    (
        "new",
        _rule(
            r"^(?P<x>.+?)(?:的|在)?(?:最新|最近|近期|近来)(?:的)?(?:有(?:什么|哪些))?(?:新)?(?:的)?"
            r"(?:进展|研究|论文|工作|动态|发展|成果)(?:是什么|有哪些)?"
        ),
    ),
    (
        "new",
        _rule(
            r"^(?:最新|最近|近期)(?:的)?(?:关于)?(?P<x>.+?)(?:方面)?(?:的)?(?:有(?:什么|哪些))?(?:新)?(?:的)?"
            r"(?:进展|研究|论文|工作|动态|发展|成果)(?:有哪些)?"
        ),
    ),
    (
        "open",
        _rule(
            r"^(?P<x>.+?)(?:目前|现在)?(?:还|仍)?(?:有|存在|面临)?(?:哪些|什么|的)(?:主要)?"
            r"(?:未解决|尚未解决|开放|悬而未决)?(?:的)?(?:问题|挑战|局限性?|不足|缺点|难点)(?:是什么|有哪些)?"
        ),
    ),
    ("how", _rule(r"^(?P<x>.+?)(?:都|又)?有(?:哪些|什么)(?:常见|主要)?的?(?:方法|技术|做法|办法|手段|方式|类型|种类)")),
    ("why", _rule(r"^为(?:什么|何|啥)(?P<x>.+?)(?:呢|吗)?")),
    ("why", _rule(r"^(?P<x>.+?)的(?:原因|意义|作用)(?:是什么|在哪里?|有哪些)?")),
    ("why", _rule(r"^(?P<x>.+?)(?:为什么|为何)(?P<y>.+?)")),
    ("what", _rule(r"^什么(?:是|叫做?)(?P<x>.+?)")),
    ("what", _rule(r"^(?P<x>.+?)(?:是什么意思|是什么|指什么|的定义|的概念|是啥)")),
    ("how", _rule(r"^(?P<x>.+?)的(?:工作)?(?:原理|机制|流程)(?:是什么|是怎样的)?")),
    ("how", _rule(r"^(?:如何|怎么|怎样|怎么样)(?P<x>.+?)")),
    ("how", _rule(r"^(?P<x>.+?)(?:是)?(?:如何|怎么|怎样)(?:工作|运作|实现|运行|做到)?(?:的)?")),
    ("how", _rule(r"^(?P<x>.+?)(?:是)?(?:如何|怎么|怎样)(?P<y>.+?)(?:的)?")),
    ("what", _rule(r"^(?:请)?(?:给我)?(?:解释|介绍|讲解|讲讲|说说|科普)(?:一下)?(?P<x>.+?)")),
    ("why", _rule(r"^(?P<x>.+?)(?:可靠|有效|有用|靠谱|重要|可行)吗")),
)
_ALSO: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("how", re.compile(r"(?:,| and) how (?:is|are|does|do|can) (?:it|they|this|one)\b.*$", re.IGNORECASE)),
    ("why", re.compile(r"(?:,| and) why (?:is|are|does|do|it)\b.*$", re.IGNORECASE)),
    ("how", re.compile(r"[，,、](?:它|又)?(?:是)?(?:如何|怎么|怎样).*$")),
    ("why", re.compile(r"[，,、](?:它)?(?:为什么|为何).*$")),
)
_LEAD_IN = re.compile(
    r"^(?:please|pls|hi|hello|hey|so|ok|can you|could you|would you|i want to (?:know|learn)(?: about)?|"
    r"i(?:'d| would) like to (?:know|understand)|请问(?:一下)?|请教|我想(?:知道|了解)|能不能|你能|可以)[\s,，:：]*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,，]*(?:\bplease|\bto me|\bto a beginner|\bfor (?:a )?beginners?|\bin simple (?:terms|words)|\bsimply|"
    r"\bin detail|\bin depth|like i'?m five|\beli5|"
    r"\bthis (?:week|month|year)|\blately|\brecently|these days|\bright now|"
    r"(?:请)?用中文(?:回答)?|通俗(?:地|易懂)?|简单(?:地)?说|详细(?:地)?说?)" + _END,
    re.IGNORECASE,
)
# "How does it work" asks for one mechanism, "how can it be prevented" for what people found.
_DEED = re.compile(
    r"^how (?:to|(?:can|could|should|would|do) (?:one|we|you|i|people)|(?:can|could|should|would) .+? be(?: made to)?)"
    r" (?P<en>[a-z]{3,})"
    r"|^how (?:is|are|was|were) .+? (?P<done>(?!used|made|done|called|related|organi[sz]ed|based)[a-z]{3,}(?:ed|en))$"
    r"|(?<!是)(?:如何|怎么|怎样)(?:才能)?(?!工作|运作|运行|实现$|回事|[样是])(?P<zh>[\u4e00-\u9fff]{2})",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:an?|the|some|any|所谓的?)\s+", re.IGNORECASE)
_SPANS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\b(?:this|last|past) week\b|本周|这周|上周|最近一周|过去一周", re.IGNORECASE), 7),
    (re.compile(r"\b(?:this|last|past) month\b|本月|这个月|上个?月|最近一个月|过去一个月", re.IGNORECASE), 31),
    (re.compile(r"\b(?:this|last|past) year\b|今年|去年|最近一年|过去一年", re.IGNORECASE), 366),
)
_SINCE = re.compile(r"\bsince (20\d\d(?:-\d\d(?:-\d\d)?)?)\b|自?(20\d\d)年(?:以来|以后|之后)", re.IGNORECASE)


def legible(question: str) -> str:
    """Return a question on one line without what cannot be seen or encoded; at most `MAX_CHARS` of it are read."""
    return " ".join(clean_text(question[: 4 * MAX_CHARS]).split())[:MAX_CHARS]


def understand(asked: Asked, now: datetime) -> Understood:
    """Return what a question asks for."""
    question = legible(asked.question)
    lang = asked.lang or (CHINESE if is_chinese(question) else ENGLISH)
    since = asked.since or _since(question, now)
    bare = _bare(question)
    understood = Understood(question, (bare,), (), lang, since, _deed(bare))
    for rule in _COMPARING:
        if match := rule.match(bare):
            subjects = (_subject(match["a"]), _subject(match["b"]))
            if all(subjects):
                return replace(understood, subjects=subjects, wants=("contrast",))
    return _framed(understood, bare)


def _framed(understood: Understood, bare: str) -> Understood:
    """Return the question without the words that frame it, with the parts that they ask for."""
    wants: list[Part] = []
    for part, rule in _ALSO:
        if match := rule.search(bare):
            bare = bare[: match.start()]
            wants.append(part)
    for part, rule in _FRAMES:
        if match := rule.match(bare):
            found = match.groupdict()
            subject = _subject(" ".join(filter(None, (found.get("x"), found.get("y")))))
            if terms(subject):
                ordered = tuple(dict.fromkeys([part, *wants]))
                return replace(understood, subjects=(subject,), wants=ordered)
    return replace(understood, subjects=(_subject(bare),), wants=tuple(dict.fromkeys(wants)))


def _deed(bare: str) -> str:
    match = _DEED.search(bare)
    return next(filter(None, match.groups())) if match else ""


def _bare(question: str) -> str:
    """Return a question without the words before and after it that ask nothing."""
    bare = _SINCE.sub("", question).strip()
    for _ in range(3):
        bare = _TAIL.sub("", _LEAD_IN.sub("", bare)).strip()
    return bare.strip(" ?？!！。.,，:：") or question


def _subject(text: str) -> str:
    subject = _TAIL.sub("", text.strip(" ?？!！。.,，:：\"'“”‘’「」《》"))
    return _ARTICLE.sub("", subject)[:_MAX_SUBJECT_CHARS].strip()


def _since(question: str, now: datetime) -> str:
    """Return from which day on sources are wanted, where the question says so."""
    if match := _SINCE.search(question):
        return match[1] or match[2]
    days = next((days for pattern, days in _SPANS if pattern.search(question)), None)
    return f"{now - timedelta(days=days):%Y-%m-%d}" if days else ""
