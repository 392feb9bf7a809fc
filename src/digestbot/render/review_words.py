"""What kinds of proposals and grounds of reviews are called, in English and Chinese, wherever they are told."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "add": "New resource",
    "replace": "Replacement",
    "retire": "Removal",
    "merge": "Merge of doubles",
    "correct": "Correction",
    "chapter": "New chapter",
    "split": "Split of a chapter",
    "reorder": "New order",
}
GROUNDS: Mapping[str, str] = {
    "off-topic": "Off topic",
    "wrong-place": "Belongs elsewhere",
    "weak": "Not good enough",
    "known": "Told already",
    "wording": "Badly put",
    "later-work": "Has to mature",
    "other": "Another reason",
}
KINDS_ZH: Mapping[str, str] = {
    "add": "新资源",
    "replace": "替换",
    "retire": "移除",
    "merge": "合并重复",
    "correct": "更正",
    "chapter": "新建章节",
    "split": "拆分章节",
    "reorder": "调整顺序",
}
GROUNDS_ZH: Mapping[str, str] = {
    "off-topic": "与主题无关",
    "wrong-place": "应归入别处",
    "weak": "质量不足",
    "known": "已有同类内容",
    "wording": "表述不当",
    "later-work": "有待成熟",
    "other": "其他原因",
}
