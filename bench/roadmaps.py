"""Whether roadmaps are read without loss, changed without harm, and with the structure that their authors gave them.

Reads the files of `roadmaps/` in the data folder, those that ship, and with `--spec` CommonMark's spec.txt, whose
examples are joined to documents. `handbook-index.md` with its includes is read as the folder that it is.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from arguments import add_data

from digestbot.errors import ReviewError
from digestbot.roadmap import Roadmap, apply, changes_of, diff, join_files, parse, part_files, propose_resource, revert
from digestbot.roadmap.lines import split
from digestbot.shipped import shipped

_EXAMPLE = re.compile(r"^`{32} example[^\n]*\n(.*?)^\.\n.*?^`{32}$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(\s*<?https?://|<a\s[^>]*href\s*=\s*[\"']https?://", re.IGNORECASE)
_DOCUMENTS, _EXAMPLES_EACH = 200, 40


@dataclass
class Tally:
    """What became of the random changes of one document."""

    made: int = 0
    refused: int = 0
    lost: int = 0
    strayed: int = 0


def main() -> None:
    """Print a line a document, and the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_data(parser)
    parser.add_argument("--spec", type=Path, metavar="FILE", help="spec.txt of CommonMark")
    parser.add_argument("--changes", type=int, default=1000, metavar="N", help="random changes over all real documents")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    documents = {**_shipped(), **_given(asked.data / "roadmaps")}
    totals = Tally()
    heads = {"document": "<16", "bytes": ">8", "sections": ">10", "chapters": ">10", "filed": ">7", "links": ">7"}
    print("".join(f"{name:{width}}" for name, width in heads.items()) + "  written  ms  lossless")
    for name, text in documents.items():
        _row(name, text)
    for name, text in documents.items():
        _change(parse(text, name), asked.changes // len(documents) + 1, chance, totals)
    print(
        f"{totals.made} changes made and reverted ({totals.refused} refused): {totals.lost} not the same bytes, "
        f"{totals.strayed} beyond their chapter"
    )
    if asked.spec:
        _spec(asked.spec.read_text(encoding="utf-8"), chance)


def _shipped() -> dict[str, str]:
    entries = [entry for entry in shipped("roadmaps").iterdir() if entry.name.endswith(".md")]
    return {e.name.removesuffix(".md"): e.read_bytes().decode() for e in entries if e.name != "SOURCES.md"}


def _given(folder: Path) -> dict[str, str]:
    texts = {path.name: path.read_bytes().decode("utf-8") for path in sorted(folder.glob("*.md"))}
    book = {name.removeprefix("handbook-"): text for name, text in texts.items() if name.startswith("handbook-")}
    single = {name.removesuffix(".md"): text for name, text in texts.items() if not name.startswith("handbook-")}
    if book:
        files = {name if name == "index.md" else f"_includes/{name}": text for name, text in book.items()}
        joined = join_files(files)
        assert part_files(joined) == files, "parting what was joined gives other files"
        single["handbook"] = joined
    return single


def _row(name: str, text: str) -> None:
    start = time.perf_counter()
    roadmap = parse(text, name)
    took = (time.perf_counter() - start) * 1000
    filing = sum(len(section.chapters) for section in roadmap.sections if section.filing)
    resources = len(roadmap.resources) + sum(len(section.resources) for section in roadmap.sections)
    resources += sum(len(chapter.resources) for chapter in roadmap.chapters)
    print(
        f"{name:<16}{len(text.encode()):>8}{len(roadmap.sections):>10}{len(roadmap.chapters):>10}{filing:>7}"
        f"{resources:>7}{len(_LINK.findall(text)):>9}{took:>4.0f}  {'yes' if roadmap.text == text else 'NO'}"
    )


def _change(roadmap: Roadmap, count: int, chance: random.Random, totals: Tally) -> None:
    """Add a resource at random, look at the diff, and take it back."""
    for number in range(count):
        chapter = chance.choice(roadmap.chapters)
        kind = chance.choice(("paper", "post", "video", "repository", "book"))
        try:
            change = propose_resource(
                roadmap, chapter.id, f"Title *{number}* [x]", f"https://n.example/{number}", kind, "Says 数据 & <b>."
            )
        except ReviewError:
            totals.refused += 1
            continue
        shown = diff(roadmap, [change], "n.md")
        changed = apply(roadmap, *changes_of(shown, chapter.id, roadmap.version))
        totals.made += 1
        totals.lost += revert(changed, change).text != roadmap.text
        touched = {at for at, _ in _differing(split(roadmap.text), split(changed.text))}
        totals.strayed += any(not chapter.first_line - 1 <= at <= chapter.last_line for at in touched)


def _differing(old: list[str], new: list[str]) -> list[tuple[int, str]]:
    """Return the lines that were put in, each with the number of old lines before it."""
    head = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return [(head, line) for line in new[head : head + len(new) - len(old)]]


def _spec(text: str, chance: random.Random) -> None:
    examples = [match[1].replace("→", "\t") for match in _EXAMPLE.finditer(text)]
    found, start = Counter[bool](), time.perf_counter()
    for number in range(_DOCUMENTS):
        document = "\n".join(chance.sample(examples, _EXAMPLES_EACH))
        if number % 3 == 0:
            document = document.replace("\n", "\r\n")
        content = document.encode("utf-8")
        found[parse(content.decode("utf-8"), "spec").text.encode("utf-8") == content] += 1
        files = {f"{at}.md": chance.choice(examples) for at in range(5)}
        found[part_files(join_files(files)) == files] += 1
    print(
        f"CommonMark: {_DOCUMENTS} documents of {len(examples)} examples and as many folders: {found[True]} lossless, "
        f"{found[False]} not, {time.perf_counter() - start:.1f} s"
    )


if __name__ == "__main__":
    main()
