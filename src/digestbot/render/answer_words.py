"""What is said around an answer, in English and in Chinese; claims stay in the language that they were written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from digestbot.languages import CHINESE, TRADITIONAL, canonical
from digestbot.offline.traditional import traditional


@dataclass(frozen=True)
class AnswerWords:
    """Every phrase of an answer in one language; what stands in braces is filled in."""

    parts: Mapping[str, str]
    levels: Mapping[str, str]
    refusals: Mapping[str, str]
    thin: str
    unknown: str
    nearest: str
    help_words: str
    help_wider: str
    help_feeds: str
    chat_wider: str
    chat_feeds: str
    place: str
    before: str
    after: str
    reading: str
    sources: str
    span: str
    extracted: str
    other_language: str
    dropped: str
    read_as: str
    lacks: str
    lacking: Mapping[str, str]
    reading_now: str
    acts: Mapping[str, str]
    colon: str
    comma: str
    kinds: Mapping[str, str]


_EN = AnswerWords(
    parts={
        "contrast": "How they differ",
        "what": "What it is",
        "how": "How it works",
        "why": "Why",
        "matters": "Why it matters",
        "new": "What is new",
        "open": "Open questions",
    },
    levels={"introductory": "introductory", "intermediate": "intermediate", "advanced": "advanced"},
    refusals={
        "misuse": "I only answer questions about what was read here, "
        "and keep to that. Ask me about a topic of the field.",
        "task": "I explain topics from what was read here; I do not "
        "write or do things. Ask me how or why something works.",
        "empty": "Ask me about a topic, such as “speculative decoding”, or how two methods differ.",
        "quota": "You have used up your questions for today. Earlier "
        "answers can still be asked for; come back tomorrow.",
        "place": "This server has used up its questions for today. Earlier answers can still be asked for.",
    },
    thin="Not enough evidence to answer this.",
    unknown="Nothing that was read speaks of {words}.",
    nearest="What comes nearest",
    help_words="Other words for it, or its full name, may find more.",
    help_wider="A later beginning (--since) or a filter may have left out what would answer it.",
    help_feeds="A paper or post on it can be handed in: digestbot add URL.",
    chat_wider="A later beginning (since) may have left out what would answer it.",
    chat_feeds="A paper or post on it can be handed in: /suggest.",
    place="In the roadmap",
    before="Know first",
    after="Comes next",
    reading="Read next",
    sources="Sources",
    span="{first} to {last}",
    extracted="The sentences are the sources' own, chosen and shortened; nobody rewrote them.",
    other_language="The sources are in another language; their sentences are left as they are.",
    dropped="{n} sentences were left out because no source shows them.",
    read_as="Read as “{question}”.",
    lacks="No source says plainly {parts}. What they say of it otherwise:",
    lacking={
        "contrast": "how they differ",
        "what": "what it is",
        "how": "how it works",
        "why": "why",
        "new": "what is new",
        "open": "what is open",
    },
    reading_now="Reading what was found …",
    acts={"simpler": "Simpler", "deeper": "Deeper", "ask": "Ask more", "sources": "Sources", "thread": "Open a thread"},
    colon=": ",
    comma=", ",
    kinds={},
)
_ZH = AnswerWords(
    parts={
        "contrast": "区别",
        "what": "是什么",
        "how": "如何工作",
        "why": "为什么",
        "matters": "为什么重要",
        "new": "新进展",
        "open": "未解决的问题",
    },
    levels={"introductory": "入门", "intermediate": "进阶", "advanced": "深入"},
    refusals={
        "misuse": "我只根据这里读过的内容回答问题，不做别的。请问一个本领域的主题。",
        "task": "我根据读过的内容解释主题，不代写，也不代办。请问某个方法如何工作、为什么有效。",
        "empty": "请问一个主题，例如“推测解码”，或两种方法有什么区别。",
        "quota": "您今天的提问次数已用完。以前的回答仍可查看；请明天再来。",
        "place": "本服务器今天的提问次数已用完。以前的回答仍可查看。",
    },
    thin="证据不足，无法回答这个问题。",
    unknown="读过的内容里没有提到：{words}。",
    nearest="最接近的内容",
    help_words="换一种说法，或写出全称，也许能找到更多。",
    help_wider="起始日期（--since）或筛选条件可能排除了能回答它的内容。",
    help_feeds="可以提交相关的论文或文章：digestbot add URL。",
    chat_wider="起始日期（since）可能排除了能回答它的内容。",
    chat_feeds="可以用 /suggest 提交相关的论文或文章。",
    place="在路线图中",
    before="先修",
    after="接下来",
    reading="继续阅读",
    sources="来源",
    span="{first} 至 {last}",
    extracted="句子摘自来源原文，经挑选和缩短，未经改写。",
    other_language="来源不是提问所用的语言，句子保留原文。",
    dropped="有 {n} 句因没有来源支持而删去。",
    read_as="按“{question}”理解。",
    lacks="没有来源直接说明{parts}。来源中其他相关的内容：",
    lacking={
        "contrast": "两者的区别",
        "what": "它是什么",
        "how": "它如何工作",
        "why": "原因",
        "new": "新进展",
        "open": "未解决的问题",
    },
    reading_now="正在阅读找到的内容……",
    acts={"simpler": "更浅显", "deeper": "更深入", "ask": "追问", "sources": "来源", "thread": "开子区讨论"},
    colon="：",
    comma="、",
    kinds={
        "paper": "论文",
        "post": "博客",
        "video": "视频",
        "repository": "代码",
        "course": "课程",
        "book": "书",
        "roadmap": "路线图",
        "tutorial": "教程",
    },
)


def answer_words(lang: str) -> AnswerWords:
    """Return the phrases of a language, English for one that is not spoken here."""
    code = canonical(lang)
    if code == TRADITIONAL:
        return _in_traditional(_ZH)
    return _ZH if code == CHINESE else _EN


def _in_traditional(words: AnswerWords) -> AnswerWords:
    changed: dict[str, Any] = {}
    for one in fields(words):
        value = getattr(words, one.name)
        changed[one.name] = (
            traditional(value) if isinstance(value, str) else {key: traditional(text) for key, text in value.items()}
        )
    return replace(words, **changed)
