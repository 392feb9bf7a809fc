"""TeX in titles and abstracts becomes plain text."""

from __future__ import annotations

import pytest

from digestbot.wire.tex import plain_tex


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("No markup, 5% better, a_b and 2^8", "No markup, 5% better, a_b and 2^8"),
        (r"\textbf{M}ultilingual \emph{tests}", "Multilingual tests"),
        (r"\textit{\textbf{Both}} of them", "Both of them"),
        (r"6.3\% of A\&B and C\_D", "6.3% of A&B and C_D"),
        (r"G$^2$RPO and H$_{2}$O in $O(n^{2})$", "G²RPO and H₂O in O(n²)"),
        (r"$\alpha$-divergence, $\times 3$, $\sim$20", "α-divergence, × 3, ~20"),
        (r"We call it \minerupro.", "We call it minerupro."),
        (r"Erd\H{o}s, Poincar\'e, G\"odel, \v{C}ech", "Erdős, Poincaré, Gödel, Čech"),
        ("``quoted'' words and Fig.~3", "“quoted” words and Fig. 3"),
        ("it costs $5 and then $6", "it costs $5 and then $6"),
        ("~20 items and a~b", "~20 items and a b"),
        ("", ""),
    ],
)
def test_tex_becomes_plain(written: str, plain: str) -> None:
    """Only markup goes; what a reader would read stays, and text without markup is left alone."""
    assert plain_tex(written) == plain


@pytest.mark.parametrize("text", ["\\" * 5000, "$" * 5001, "\\textbf{" * 3000, "{" * 9999, "\\'" * 4000, "$^{" * 3000])
def test_hostile_tex_is_read_in_linear_time(text: str) -> None:
    """Nothing nested or left open makes it raise or hang."""
    assert isinstance(plain_tex(text), str)
