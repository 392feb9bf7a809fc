"""Tells the language of a text by its script and its small words; pure, and without a model.

Good for whole sentences in the languages that feeds of this field are written in; short or mixed texts have none.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

_MAX_CHARS = 800
_LEAST_WORDS = 4
"""How many words of a language's own must occur: fewer stand in the names and quotations of another one."""
_LEAST_SHARE = 0.08
"""Their share of all words: running text of any of these languages has more than twice as many."""
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]"), 0.05),
    ("ko", re.compile("[\uac00-\ud7af]"), 0.2),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"), 0.15),
)
"""A language, its letters, and their least share of all letters; kana first, since Japanese has Han characters too."""
_SMALL_WORDS = {
    "en": "the of and to in is that for with on this are be as by we it from which can has have not was at an or our",
    "de": "der die und das den von zu mit ist auf für im ein eine nicht sich auch dem des wird wie werden bei sind",
    "fr": "le la les des et du une est dans pour que qui par sur avec pas plus au ce sont nous cette mais ou aux leur",
    "es": "el la los las de que en y un una es por con para del se como más su al pero son este está lo sin entre",
    "pt": "o os as de que em um uma é por com para do da no na se como mais não ao dos das são este está pelo também",
    "it": "il lo gli le di che in un una è per con del della nel non si come più sono al dei questo anche ma alla dal",
    "nl": "de het een en van in is dat op te voor met zijn niet aan er ook als bij door naar maar wordt worden deze",
    "sv": "och att det som en på är av för med den till inte om ett har de kan från vi eller men så var detta",
    "pl": "i w na z się do nie że jest to o jak po co dla od przez tym są ale czy może które oraz być tego",
    "tr": "ve bir bu için ile de da olarak olan daha gibi çok ne kadar ama en sonra veya ise değil her mi",
    "ru": "и в не на что с по как это для от из к но мы а он при то или так же если бы до они быть этом",
    "uk": "і в не на що з та як це для від до але ми при або так якщо є цього за які про його бути",
}


def language_of(text: str) -> str:
    """Return the primary language tag of a text, such as `en`, "" where it is too short or mixed to tell."""
    text = text[:_MAX_CHARS]
    letters = sum(map(str.isalpha, text))
    for lang, script, least in _SCRIPTS:
        if letters and len(script.findall(text)) >= least * letters:
            return lang
    words = _WORD.findall(text.lower())
    counts = Counter(lang for word in words for lang in _languages_of_words().get(word, ()))
    (best, most), (_, next_most) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    sure = most >= max(_LEAST_WORDS, _LEAST_SHARE * len(words)) and most > 1.2 * next_most
    return best if sure else ""


@cache
def _languages_of_words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lang, words in _SMALL_WORDS.items():
        for word in words.split():
            found.setdefault(word, []).append(lang)
    return found
