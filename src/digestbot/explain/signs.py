"""The words by which a sentence gives away what it is good for in an answer, in English and Chinese; patterns only."""

from __future__ import annotations

import re

from digestbot.domain.answers import Part

SELF = re.compile(
    r"\b(?:we|our|ours|us|this (?:paper|work|article|study|survey|post|report)|i)\b|本文|我们|本研究|该论文|作者",
    re.IGNORECASE,
)
DEFINES = re.compile(
    r"^[^,.;]{0,60}?\b(?:is|are|refers? to|denotes?|means?|describes?|aims? to|seeks? to|consists? of|combines?|"
    r"learns?|augments?|routes?|uses?|accelerat\w+|speeds?|allows?|enables?|lets?|offers?|provides?|adapts?|reduc\w+|"
    r"turns?|splits?|breaks?|converts?|"
    r"trains?|replaces?|integrates?|generates?|represents?|exploits?|transfers?|compress\w*|predicts?|"
    r"simulates?|(?:has|have) (?:become|emerged as|been (?:the|an?)))\b"
    r"|^[^,.;]{0,60}?, (?:which|where|in which|whereby|i\.e\.,?|an?|the)\b"
    r"|^[^,.;]{0,80}?: (?:an?|the)\b"
    r"|是(?:一种|一类|指|一个|将|把|让|用)|指的是|旨在|通过",
    re.IGNORECASE,
)
# What a thing was seen to do, or is praised for, says neither what it is nor how it works.
ASIDE = re.compile(r"^[^,.;]{0,60}?, (?:which|where|in which|whereby|i\.e\.,?)\b|^[^,.;]{0,80}?: (?:an?|the)\b", re.I)
PRAISES = re.compile(
    r"\b(?:is|are|was|were) (?:\w+ly )?(?:able to|capable of|not|also|still|often|shown|found|evaluated|compared|"
    r"applied|tested|central|limited|known for)\b"
    r"|\b(?:has|have) (?:\w+ly )?(?:(?:revolutioni[sz]|transform|advanc)ed|achieved|shown|demonstrated|proven|gained|"
    r"attracted|received|prevailed|drawn|made|brought|garnered|seen|"
    r"been (?:\w+ly )?(?:shown|observed|used|applied|adopted|explored|studied|proposed))\b"
    r"|\b(?:outperform|excels? at|achieves? (?:\w+ ){0,2}(?:performance|success|results|fidelity|accuracy)|"
    r"suffers?|struggles?|remains?|exhibits?|requires?)",
    re.IGNORECASE,
)
TURN = re.compile(r"[,;] (?:but|yet|however|although|though|whereas|while existing|nevertheless)\b", re.IGNORECASE)
"""Where a sentence turns to what is wrong with what it told of."""
FIGURES = re.compile(r"\d\s?%|\d\.\d|\b\d+(?:x|×)|×\s?\d")
PROPOSES = re.compile(
    r"\b(?:we|this (?:paper|work|article|study)|the authors) (?:\w+ly )?(?:propose|introduce|present|develop|design|"
    r"devise|describe|build)s?\b|(?:提出|设计|构建)了?",
    re.IGNORECASE,
)
DOES = re.compile(
    r"\b(?:we|our|ours|this (?:paper|work|article|study|survey|report)|is (?:proposed|presented|introduced))\b"
    r"|^(?-i:[A-Z][\w+-]*[A-Z0-9][\w+-]*|The proposed \w+) |本文|我们|提出",
    re.IGNORECASE,
)
"""What a work says of itself."""
IS_A = re.compile(
    r"\b(?:is|are) (?:an?|the|one of|a kind of)\b|refers? to|"
    r"\bas an? (?:\w+ ){0,3}(?:technique|approach|paradigm|method|"
    r"framework|alternative|way|strategy|tool|family|class|model)|是(?:一种|一类|指)|指的是",
    re.IGNORECASE,
)
CUES: dict[Part, tuple[tuple[re.Pattern[str], float], ...]] = {
    "how": (
        (
            re.compile(
                r"\bby \w+ing\b|\bconsists? of\b|\bfirst\b.*\bthen\b|"
                r"\bwork(?:s|ing)? by\b|\bwhere (?:each|a|the)\b"
                r"|\bwhich (?:uses?|learns?|then)\b|\bin which\b|"
                r"\beach (?:token|step|expert|layer|sample|time)\b"
                r"|\bin parallel\b|通过|首先|然后|每个",
                re.IGNORECASE,
            ),
            0.5,
        ),
        (
            re.compile(
                r"\b(?:using|uses?|based on|via|trains?|trained|learns?|"
                r"(?:estimat|updat|optimi[sz]|generat|comput|encod|decompos|rout|aggregat|propagat)(?:es?|ing)|"
                r"(?:is|are) (?:then |\w+ly )?(?:verifi|select|generat|comput|encod|sampl|rout|embedd|combin|mapp)ed|"
                r"(?:embed|employ|select|predict|map|"
                r"transform|project|sample|fit)(?:s|ing)?|verif(?:y|ies|ying)|"
                r"objective|algorithm|architecture|mechanism)\b|利用|采用|基于|训练|优化",
                re.IGNORECASE,
            ),
            0.3,
        ),
    ),
    "open": (
        (
            re.compile(
                r"\b(?:remains? (?:an? |largely )?(?:\w+ )?(?:open|"
                r"challeng\w+|unclear|unexplored|difficult|limited|unsolved|"
                r"unknown|underexplored|under-explored|poorly)|open (?:problem|question|challenge)s?|unclear|"
                r"under-?explored|unexplored|poorly understood|little is known|not (?:yet )?(?:well )?understood)\b"
                r"|尚不清楚|仍然?(?:是|存在|面临)|尚未|未解决|有待",
                re.IGNORECASE,
            ),
            0.8,
        ),
        (
            re.compile(
                r"\b(?:however|struggl\w+|suffers?|fails?|limitations?|lacks?|vulnerab\w+|prone to|susceptible to|"
                r"limited(?! (?:settings?|resources?|data|compute|budgets?|training|hardware|memory|devices?))|"
                r"(?:is|are|remains?|pos\w+|presents?|fac\w+|key|main|major|significant|critical|fundamental|persistent)"
                r" (?:\w+ ){0,3}challeng\w+|"
                r"trade-?offs?|costly|expensive|bottlenecks?(?! layer)|hinder\w*|instabilit\w+|degrad\w+)\b"
                r"|局限|不足|挑战|难以|无法|缺乏|受限",
                re.IGNORECASE,
            ),
            0.5,
        ),
    ),
    "contrast": (
        (
            re.compile(
                r"\b(?:than|unlike|whereas|while|in contrast|compared? (?:to|with)|rather than|instead of|versus|vs\.?|"
                r"against|differs?|difference|alternative to|replac\w+|outperform\w*|superior to|better|worse|"
                r"on par with|exceed\w*|surpass\w*|but|relative to|over)\b"
                r"|相比|不同于|而不是|区别|优于|则",
                re.IGNORECASE,
            ),
            0.6,
        ),
    ),
}
# Of a thing that happens, "why" asks for its causes; of a thing that people made, for what it is good for.
MATTERS = re.compile(
    r"\b(?:crucial|essential|important|critical|fundamental|key (?:to|technique|component)|vital|bottleneck|central|"
    r"popular|widely|promising|"
    r"necessary|enabl\w+|mak(?:es|ing) it|without (?:re)?training|"
    r"reduc\w+|improv\w+|efficien\w+|accelerat\w+|prevent\w*|risks?|protect\w*|safe\w*)\b|重要|关键|瓶颈|广泛|显著",
    re.IGNORECASE,
)
AGAINST = re.compile(
    r"\b(?:however|but|yet|although|though|criticized|degrad\w+|artifacts?|harm\w*|limitations?|fail\w*|suffer\w*|struggl\w*|limited|lacks?|despite|challeng\w+|overhead|misalign\w*|"
    r"we|our|this (?:paper|work))\b|\d\s?%|\d\.\d|局限|不足|挑战|难以",
    re.IGNORECASE,
)
"""What keeps a sentence from saying what a thing is good for."""
RESOLVED = re.compile(
    r"\b(?:alleviat\w*|mitigat\w*|address\w*|overcom\w*|solv\w*|reduc\w*|avoid\w*|tackl\w*|eliminat\w*|optimi[sz]\w*|"
    r"less|no|without|despite)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
"""What stands before a fault that is told as mended."""
REPORTS = re.compile(
    r"^(?:\w+ ){0,3}(?:experiments?|results|evaluations?|analys[ei]s|studies|simulations?|benchmarks?)\b|^实验|^结果",
    re.IGNORECASE,
)
LEADS_UP = re.compile(r"^(?:by|to|given|in|with|for|using|when|as|among|under|through|via|on)\b", re.IGNORECASE)
OPENING_NAME = re.compile(r"^(?:the )?([A-Za-z0-9-]*(?:[a-z0-9-][A-Z]|[A-Z]{2})[A-Za-z0-9-]*)")
SHORT_NAME = re.compile(r"^\([A-Za-z-]{2,12}\)\s*")
NUMBERS = re.compile(r"\d")
OF_OTHERS = re.compile(
    r"^(?:existing|prior|previous|current|recent|most|many|several|some|unlike|compared (?:to|with)|in contrast)\b",
    re.IGNORECASE,
)
# What stands between an article and a subject without making another thing of it.
PLAINLY_CALLED = re.compile(
    r"^(?:(?:an?|the|in|modern|typical|standard|traditional|vanilla|classical|basic|general|so-called|as|and|large|"
    r"deep|neural|while|although)\s+)*",
    re.IGNORECASE,
)
# What makes something else of the subject that stands before it: a benchmark of translation is no translation.
PART_OF_IT = re.compile(
    r"^\W*(?:research|stud(?:y|ies)|benchmarks?|experts?|variants?|datasets?|evaluations?|tasks?|literature|errors?|"
    r"practitioners|performance|quality|papers?|surveys?|experts|safety|security|workloads?|serving)\b",
    re.IGNORECASE,
)
HEARD_BEFORE = re.compile(
    r"^(?:however|moreover|furthermore|additionally|in addition|finally|while|although|though|despite|recent)\b",
    re.IGNORECASE,
)
