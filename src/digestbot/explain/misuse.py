"""Tells a question to a learner's guide from what is none: commands to a model, chores, nothing at all; pure."""

from __future__ import annotations

import re

from digestbot.domain.answers import RefusalKind
from digestbot.explain.concepts import concepts
from digestbot.suspicion import FLAGGED, suspicion

# The word "speech" alone is a subject of the field; a speech to be written is caught by `_CHORE`.
_IGNORED_SIGNS = frozenset({"sets a task"})
_CHORE = re.compile(
    r"^\W*(?:please |can you |could you |would you |i need you to |help me (?:to )?)*"
    r"(?:write|compose|draft|generate|create|make|translate|rewrite|"
    r"paraphrase|proofread|solve|do (?:my|this|it)|fix|debug|refactor|"
    r"send|post|delete|buy|order|book|run|execute|install|pretend|role-?play|sing|tell)\b"
    r"(?! (?:us |me )?(?:about|the difference|how|what|why)\b)"
    r"[^?]{0,80}\b(?:essay|poem|haiku|song|lyrics|joke|story|stories|speech|letter|e-?mail|tweet|homework|assignment|"
    r"report|code|script|program|function|file|files|message|text|sentence|paragraph|me a|for me|my|everyone|channel)\b"
    r"|^\W*(?:请|帮我|给我|替我|你)*(?:写|翻译|润色|改写|生成|编写|编|画|唱|做|发送|删除|扮演)(?:一|首|篇|段|个|封|我的|下面|以下)"
    r"|(?:写|编)(?:一)?(?:首|篇|封)(?:诗|歌|文章|作文|信|小说)",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(?:system prompt|your (?:prompt|instructions|rules|api key|password|token|configuration)|api[ _-]?keys?|"
    r"environment variables?|\.env\b|webhook url|other users'?|who (?:else )?(?:asked|subscribed))\b"
    r"|系统提示词|你的(?:提示词|指令|密钥|密码|规则)|其他用户",
    re.IGNORECASE,
)


def refusal(question: str) -> RefusalKind:
    """Return why a question is not answered, "" where it may be."""
    if not concepts(question):
        return "empty"
    signs = [sign for sign in suspicion(question).signs if sign.name not in _IGNORED_SIGNS]
    # A learner may well ask what such attacks are: whoever studies them is given the benefit of the doubt by the score.
    if any(sign.weight >= FLAGGED for sign in signs) and suspicion(question).flagged:
        return "misuse"
    if _PRIVATE.search(question):
        return "misuse"
    return "task" if _CHORE.search(question) else ""
