"""Makes plain text of the little TeX that stands in titles and abstracts.

A full converter would take a bare % for a comment and drop the rest of the line; here nothing is dropped but markup.
"""

from __future__ import annotations

import re
import unicodedata

_COMMANDS = re.findall(
    r"\S+",
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ "
    "pi π rho ρ sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ "
    "Phi Φ Psi Ψ Omega Ω ell ℓ times × cdot · approx ≈ sim ~ simeq ≃ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ pm ± mp ∓ infty ∞ "
    "to → rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ mapsto ↦ in ∈ subset ⊂ cup ∪ cap ∩ ldots … dots … "
    "cdots … ast ∗ star ⋆ circ ∘ partial ∂ nabla ∇ sum ∑ prod ∏ sqrt √ forall ∀ exists ∃ ll ≪ gg ≫ propto ∝",
)
_WORDS = dict(zip(_COMMANDS[::2], _COMMANDS[1::2], strict=True))
_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "c": "\u0327",
    "v": "\u030c",
    "u": "\u0306",
    "H": "\u030b",
}
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")

_MARKED = re.compile(r"[\\$~]|``|''")
_ACCENT = re.compile(r"\\(['`^\"~]|[cvuH](?![A-Za-z]))\s{0,2}(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))")
_STYLED = re.compile(r"\\[A-Za-z]{2,20}\*?\s{0,2}\{([^{}\\$]{0,200})\}")
_RAISE = re.compile(r"\^(?:\{([0-9+\-n]{1,6})\}|([0-9n]))")
_LOWER = re.compile(r"_(?:\{([0-9+\-]{1,6})\}|([0-9]))")
# A formula has no blank at its ends: "$5 and then $6" is money.
_MATH = re.compile(r"\$(?!\s)([^$\n]{1,200})(?<!\s)\$")
_WORD = re.compile(r"\\([A-Za-z]{1,30})\s?")
_ESCAPED = re.compile(r"\\([%&#_${} ])")
_TIE = re.compile(r"(?<=[\w.])~(?=\w)")


def plain_tex(text: str) -> str:
    """Return text with TeX's markup undone: `\\textbf{M}` is M, `6\\%` is 6%, `G$^2$` is G².

    An unknown command leaves its name.
    """
    if not _MARKED.search(text):
        return text
    text = _ACCENT.sub(lambda m: unicodedata.normalize("NFC", (m[2] or m[3]) + _ACCENTS[m[1]]), text)
    for _ in range(4):  # commands in commands; deeper ones keep their names, which is no harm
        text = _STYLED.sub(r"\1", text)
    text = _MATH.sub(_formula, text)
    text = _WORD.sub(lambda m: _WORDS.get(m[1]) or m[1], text)
    text = _TIE.sub(" ", _ESCAPED.sub(r"\1", text))
    return text.replace("``", "“").replace("''", "”")


def _formula(match: re.Match[str]) -> str:
    inside = re.sub(r"\\([A-Za-z]{1,30})", lambda m: _WORDS.get(m[1]) or m[1], match[1])
    inside = _RAISE.sub(lambda m: (m[1] or m[2]).translate(_RAISED), inside)
    inside = _LOWER.sub(lambda m: (m[1] or m[2]).translate(_LOWERED), inside)
    return re.sub(r"[{}]", "", inside).strip()
