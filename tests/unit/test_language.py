"""Language: told by script and small words, and only where there is enough to tell by."""

from __future__ import annotations

import pytest

from digestbot.wire.language import language_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We show that the model learns to remove noise from images, and that it is fast.", "en"),
        ("Der Transformer wird in vielen Bereichen genutzt, und das Modell ist sehr groß.", "de"),
        ("Le modèle est très grand et nous montrons que les données ne sont pas nécessaires dans ce cas.", "fr"),
        ("El modelo es muy grande y los datos no son necesarios para aprender en este caso.", "es"),
        ("O modelo é muito grande e os dados não são necessários para aprender neste caso.", "pt"),
        ("Il modello è molto grande e i dati non sono necessari per imparare in questo caso.", "it"),
        ("Het model is erg groot en de data zijn niet nodig om te leren in dit geval.", "nl"),
        ("Модель очень большая, и данные не нужны для того, чтобы учиться на примерах.", "ru"),
        ("大模型推理加速：KV Cache 与 attention 的实现", "zh"),
        ("トランスフォーマーの説明とattentionの実装", "ja"),
        ("대규모 언어 모델은 많은 데이터를 필요로 한다", "ko"),
        ("", ""),
        ("GPT-4 Turbo", ""),
        ("Attention Is All You Need", ""),
        ("0101 2,000 ++ -- !?", ""),
    ],
)
def test_a_language_is_told_or_left_open(text: str, expected: str) -> None:
    """Running text has the language of its script or small words; a name or a number has none."""
    assert language_of(text) == expected
