"""The signs by which a text speaks to a model: what each is called, what it weighs and by which words it is seen."""

from __future__ import annotations

import re
from collections.abc import Mapping

Signs = Mapping[str, tuple[float, tuple[re.Pattern[str], ...]]]
"""For each name its weight, 0–1, and its patterns."""


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


# Where a command can begin: behind a mark, or a word that leads into one. Not behind "to", "that" or a quotation mark,
# by which a text tells of a command.
BREAK = _rule(
    r"[.!?:;,\n*+|\u3002\uff01\uff1f\uff1a\uff0c)\]}\u2013-]+\s*|\b(?:please|now|just|kindly|bitte|"
    r"must|should)\s+"
)
# The words that all commands begin with, looked for first.
OPENING = _rule(
    r"\W{0,3}(?:ignore|disregard|forget|override|neglect|discard|abandon|leave|skip|drop|bypass|show|"
    r"print|reveal|repeat|output|display|spell|write|tell|give|list|summari|translat|return|recite|"
    r"copy|leak|act|role|behave|speak|modify|change|alter|adjust|tailor|enhance|make|begin|start|end|"
    r"encode|reverse|rearrange|replace|substitute|use|insert|include|add|integrate|group|employ|"
    r"respond|reply|answer|compose|draft|create|provide|craft|outline|produce|name|suggest|recommend|"
    r"explain|describe|paraphrase|rewrite|correct|convert|swap|incorporate|infuse|embed|blend|render|"
    r"apply|utili|weave|ensure|append|merge|augment|jumble|remove|leverage|execute|run|your|well|"
    r"great|good|excellent|gut|congratulations|stop|attention|achtung)"
)
# Matched where a clause begins.
COMMANDS: Signs = {
    "takes back instructions": (
        1.0,
        (
            _rule(
                r"(?:ignore|disregard|forget|override|neglect|discard|abandon|leave|skip|drop|"
                r"bypass)\b[^.!?\n]{0,40}\b(?:previous|prior|preceding|above|earlier|before|all|any|every\w*|"
                r"initial|original|your|the system)\b"
            ),
        ),
    ),
    "asks for its instructions": (
        0.8,
        (
            _rule(
                r"(?:show|print|reveal|repeat|output|display|spell|write|tell|give|list|summari[sz]e|translate|"
                r"return|recite|copy|leak)\b[^.!?\n]{0,50}\b(?:your|the|original|initial|full|entire|whole|above|"
                r"previous)\s+(?:\w+\s+){0,2}(?:prompts?\b|instructions?|guidelines|system message)"
            ),
        ),
    ),
    "gives a role": (
        0.7,
        (_rule(r"(?:act|role-?play|behave|speak) as\s+(?:an?|if|the|my)\b"),),
    ),
    "orders its reply": (
        0.8,
        (
            _rule(
                r"(?:modify|change|alter|adjust|tailor|enhance|make|begin|start|end|encode|reverse|rearrange|"
                r"replace|substitute|use|insert|include|add|integrate|group|repeat|write|employ|augment|provide|"
                r"render|jumble|remove|leverage)\b[^.!?\n]{0,60}\byour\s+(?:\w+\s+)?(?:response|reply|message|"
                r"replies|answers?|output|completion|summary|implementation|code ?base|algorithm|code|translation)"
            ),
            _rule(r"(?:respond|reply|answer)\s+(?:only (?:with|in|by)|with (?:a|the|an|only)|to me|by saying)\b"),
        ),
    ),
    "sets a task": (
        0.6,
        (
            _rule(
                r"(?:write|compose|draft|create|provide|give(?: me)?|tell(?: me)?|craft|outline|produce|name|list|"
                r"suggest|recommend|explain|describe)\s+(?:me\s+)?(?:a|an|the|some|two|three|five|ten|"
                r"\d+)\s[^.!?\n]{0,60}\b(?:poems?|(?:short )?stor(?:y|ies)|essays?|letters?|e-?mails?|speech|"
                r"songs?|lyrics|jokes?|tweets?|plea|haiku|recipe|blog post|compelling reason|introduction for)\b"
            ),
            _rule(
                r"(?:translate|paraphrase|summari[sz]e|rewrite|correct|convert|provide the \w+ "
                r"equivalent)\b[^.!?\n]{0,40}\b(?:following|this (?:text|sentence|paragraph)|the sentence|"
                r"(?:in)?to (?:french|spanish|german|russian|english|chinese)|equivalent for)\b"
            ),
            _rule(
                r"(?:replace|substitute|rearrange|reverse|swap|use)\b[^.!?\n]{0,40}\b(?:vowels|letters|alphabets?|"
                r"anagrams|emojis?|base64)\b"
            ),
            _rule(
                r"(?:incorporate|infuse|embed|insert|include|blend|integrate|render|employ|use|apply|utili[sz]e|"
                r"add|make|weave|ensure|append|merge|leverage|execute|run|your code)\b[^.!?\n]{0,50}\bcode "
                r"(?:block|excerpt|snippet|segment|fragment|piece)s?\b"
            ),
            _rule(r"(?:well done|great job|good job|excellent (?:work|performance|job)|gut gemacht|congratulations)!"),
            _rule(r"(?:stop|stopp|attention|achtung)\W+(?:ignore|i urgently|ich benötige|stop\b|stopp\b)"),
        ),
    ),
}
# Found anywhere.
ANYWHERE: Signs = {
    "takes back instructions": (
        1.0,
        (
            _rule(
                r"\b(?:ignore|forget|disregard|delete|leave)\s+(?:all|everything|any|the|your|my)?\s*(?:(?:of |"
                r"the |your |my )*(?:previous|prior|above|preceding|past|initial|former)|(?:instructions|commands|"
                r"assignments|documents|you (?:know|were))\b|everything\b)"
            ),
            _rule(
                r"\b(?:vergiss|vergessen sie|ignoriere?n?|streichen|missachte)\b.{0,50}?\b(?:alle\w*|davor|vor\w*|"
                r"bisherige\w*|oben|Aufgaben|Aufträge|Anweisungen)\b|\baus dem Kopf\b|\b(?:olvid[ea]|zaboravi|"
                r"oubliez|dimentica|забудьте|забудь)\s+(?:todo|todas|sve|tout\w*|tutt\w*|все)\b"
            ),
            _rule(
                r"(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会)[^。！？\n]{0,8}(?:以上|之前|前面|所有|上述|先前|一切|"
                r"原有)"
            ),
        ),
    ),
    "asks for its instructions": (
        0.8,
        (
            _rule(
                r"\b(?:your|deine\w*|ihre\w*|sämtliche\w*|gesamten?|alle) (?:\w+ )?(?:prompts?|instructions?|"
                r"prompt-?texte?|keyword|anweisungen)\b"
            ),
            _rule(
                r"\b(?:original|initial|previous|above) (?:prompts?|instructions?|prompt "
                r"text)\b[^.\n]{0,20}[.!]\s*$"
            ),
            _rule(
                r"(?:输出|翻译|打印|显示|重复|概括|透露)[^。\n]{0,12}(?:提示词|原有指示|指示|系统提示|提示)|"
                r"你的提示词?"
            ),
        ),
    ),
    "gives a role": (
        0.7,
        (
            _rule(
                r"\b(?:(?:now you are|you are (?:now|no longer|role-?playing|going to (?:pretend|act|be)|the \w+ "
                r"(?:monster|cheese)))|from (?:now|this moment) on(?:wards?)?,?\s+(?:you|every)|pretend (?:that "
                r")?(?:to be|you)\b|imagine you are|your new (?:identity|role|task|name|persona)|take on the role "
                r"of|you (?:will|are to|shall) (?:be simulating|simulate|act as|play|pretend|roleplay)|stay in "
                r"character|break character|dein\w* neue\w* aufgaben?)"
            ),
            _rule(
                r"\b(?:do anything now|developer mode|jailbr(?:eak|oken) mode|unfiltered (?:and|ai|response|"
                r"chatbot)|amoral)\b"
            ),
            _rule(
                r"\b(?:free of|free from|broken free|not bound by|(?:do|does)(?:n'?t| not) have)\s+(?:all |any |"
                r"the )?(?:\w+ )?(?:restrictions|moral\w*|ethic\w*|moderation\w*|filters)\b"
            ),
            _rule(r"(?:你现在是|从现在(?:起|开始)|假装你|你的新身份|你是超级|请你?记住你)"),
        ),
    ),
    "orders its reply": (
        0.8,
        (
            _rule(
                r"\b(?:in|to|of|with|into|throughout|within|part of)\s+your\s+(?:\w+\s+)?(?:response|reply|"
                r"message|replies|answers?|output|completion|summary|implementation|code ?base|algorithm|code|"
                r"translation)\b|\byour\s+(?:next\s+|final\s+)?(?:response|reply|message|replies|answers?|output|"
                r"completion|summary|implementation|code ?base|algorithm|code|translation)\s+(?:should|must|will|"
                r"has to|in\b)"
            ),
            _rule(r"\b(?:repeat after me|only say|just say|say only|say \"hello|limit output|answer by your own)\b"),
            _rule(r"""(?:输出|回复|回答)[“\"'「]|(?:你的(?:回复|输出)|给出你的|说出[“\"])"""),
        ),
    ),
    "speaks to a model": (
        0.8,
        (
            _rule(
                r"\b(?:hey|hi|hello|dear|note to|greetings)[,:]?\s+(?:all\s+)?(?:chat-?gpt|gpt|ai\b|bard|claude|"
                r"gemini|llms?\b|language models?|assistant|reviewers?\b)"
            ),
            _rule(
                r"\bas an? (?:ai|llm|language model|assistant|chatbot)(?: \w+)?,? (?:you|your|i) |\bif you(?:'re| "
                r"are) an? (?:ai|llm|(?:large )?language model|assistant|automated|bot)\b"
            ),
            _rule(
                r"\b(?:ai|llm|automated) reviewers?\s*:|\b(?:give|write|provide|recommend)\s+(?:an? |only "
                r")*(?:positive|favou?rable)\s+(?:review|rating|score)s?|\bdo not (?:highlight|mention|list) any "
                r"(?:negatives?|weakness\w*)"
            ),
            _rule(
                r"\b(?:i want you to|i need you to|i command you|i order you|i(?: am|'?m) going to (?:give|debug|"
                r"provide|ask)|you must (?:obey|follow|never|always|abide|answer|respond|reply|comply|write)|you "
                r"will (?:always|never|respond|answer|reply|write|act|follow|end|generate)|you (?:always|never) "
                r"(?:respond|answer|reply|refuse)|you (?:can(?:no|')t|have to|cannot) (?:refuse|answer|reply|"
                r"respond)|you are (?:chatgpt|an? (?:ai|llm|language model|assistant|chatbot)|currently in)|what "
                r"(?:are|is) you|are you (?:sentient|real|an? (?:ai|bot))|who are you\?)"
            ),
            _rule(r"\b(?:chatgpt|gpt-x|dan)\b[^.\n]{0,40}\b(?:must|will (?:always|never)|always|never|you)\b"),
            _rule(
                r"(?:你需要(?:理解|提供)|你必须|你不能|我给你|当我给你|你的(?:任务|判断|翻译|概要)|你作为|"
                r"超级管理员)"
            ),
        ),
    ),
    "sets a task": (
        0.6,
        (
            _rule(
                r"\b(?:now (?:answer|write|tell me|say) |further tasks|(?:concentrate|focus) on your (?:new "
                r")?task|urgently need your help|next task (?:is|:)|neue aufgabe|folgende(?:r|n)? frage)\b"
            ),
        ),
    ),
    "forges a message": (
        0.8,
        (
            _rule(
                r"<\s?[|｜][^<>|｜\n]{1,40}[|｜]\s?>|\[/?INST\]|<</?SYS>>|^\s{0,4}#{2,4}\s*(?:instruction|system|"
                r"response|user|assistant)s?\b\s*:?\s*$|^\W{0,8}(?:system|assistant|human|developer)(?: "
                r"(?:message|prompt|note))?\s?[:：]\s"
            ),
        ),
    ),
    "runs in a page": (
        0.6,
        (
            _rule(
                r"<\s?(?:script|iframe|img|svg|object|embed)\b|<a\s+href|javascript:\s?\S|vbscript:|"
                r"\bdata:text/html|\bon(?:error|load|click|mouseover)\s?=|document\.cookie|String\.fromCharCode"
            ),
            _rule(
                r"\b(?:os\.system\(|subprocess\.(?:run|call|Popen|check_output)\(|smtplib|requests\.post\(|rm -rf|"
                r"yagmail|urlopen\()"
            ),
        ),
    ),
    "hides characters": (
        0.9,
        (_rule("[\U000e0000-\U000e007f]|[\u202a-\u202e\u2066-\u2069]|[\u200b-\u200f\u2060-\u2064\ufeff]{4}"),),
    ),
}
# What works say that study such texts, and therefore quote them.
STUDIES = _rule(
    r"\b(?:prompt[- ]injections?|jail-?break(?:s|ing)?|red[- ]team\w*|adversarial\w*|backdoors?|"
    r"attack(?:s|ers?)?|safety (?:alignment|training)|defen[cs]es?|vulnerab\w+|"
    r"instruction[- ](?:following|tuning|hierarchy))\b|提示注入|越狱|攻击"
)
