"""Digests that the rendering tests share: a realistic one, a long one, a hostile and an empty one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from digestbot.domain import Digest, DigestId, DigestSection, Entry, Foot, ProposalId, StoryId

AT = datetime(2026, 4, 12, 6, 30, tzinfo=UTC)

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><b onmouseover=alert(1)>bold</b>',
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "[click]: https://evil.example",
    "<https://evil.example>",
    "https://evil.example/login and www.evil.example",
    "# Heading",
    "> quoted",
    "-# small",
    "1. first",
    "+ plus",
    "| a | b |\n|---|---|",
    "```\ncode\n```",
    "`code` ~~gone~~ **bold** __under__ ||spoiler||",
    "@everyone @here <@123456789012345678> <@&1> <#2> <t:1700000000> </run:3>",
    "join discord.gg/abcdef or https://discord.com/invite/abcdef",
    "\x1b]8;;https://evil.example\x07here\x1b]8;;\x07 \x1b[31mred\x1b[0m \x9b2J",
    "safe\u202egnp.exe \u2066isolate\u2069 \u200fmark",
    "line\r\nBcc: victim@evil.example\r\n\r\nbody",
    "{{ 7 * 7 }} {% for x in y %} ${7*7}",
    "lone \ud800 surrogate \udfff",
    "zalgo " + "e" + "\u0301" * 200,
    "x" * 10_000,
    "长" * 10_000,
    "[" * 10_000,
    "&lt;b&gt; &amp; &#64;",
    "\u200b\u2060\ufeff",
    "",
)


def entry(title: str = "A title", **changes: object) -> Entry:
    """Return a small entry with the given title."""
    base = Entry(
        story=StoryId("url:https://example.org/a"),
        title=title,
        url="https://example.org/a",
        medium="post",
        tldr="One sentence.",
        points=("First point.",),
        why="Names two chapters.",
        relevance=0.5,
        basis="full text",
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the names are checked by replace itself


def digest(*sections: DigestSection, **changes: object) -> Digest:
    """Return a digest of the given sections."""
    base = Digest(
        id=DigestId("daily-2026-04-12"),
        subscription="daily",
        roadmap_title="From N-grams to LLMs",
        created_at=AT,
        lead="",
        sections=sections,
        proposals=(),
        foot=Foot(outcomes={"filed": 1}, models=("offline",)),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the names are checked by replace itself


def empty() -> Digest:
    """Return a digest with nothing in it."""
    return digest(foot=Foot(outcomes={"off_roadmap": 9}, models=("offline",)))


def hostile() -> Digest:
    """Return a digest with every hostile text in every place that outside text can stand."""
    entries = tuple(
        entry(
            text,
            tldr=text,
            points=(text, text),
            why=text,
            medium=text,
            basis=text,
            authors=(text, text),
            others=((text, text, "javascript:alert(1)"), ("video", text, text)),
            url="javascript:alert(1)" if i % 2 else 'https://evil.example/"><script>?a=(b)&c=`d`',
        )
        for i, text in enumerate(HOSTILE)
    )
    sections = tuple(
        DigestSection(text, text, (one,), brief=(one,)) for text, one in zip(HOSTILE, entries, strict=True)
    )
    proposals = tuple((ProposalId(text), text) for text in HOSTILE)
    feeds = tuple((text, text) for text in HOSTILE)
    foot = Foot(dict.fromkeys(HOSTILE, 1), feeds, HOSTILE, 10, None, HOSTILE[0])
    return digest(*sections, roadmap_title=HOSTILE[20], lead=HOSTILE[16], proposals=proposals, foot=foot)


def long(count: int = 40) -> Digest:
    """Return a digest of `count` stories of the usual length, in the sections of the realistic one."""
    source = realistic()
    entries = [one for section in source.sections for one in section.entries]
    many = tuple(entries[i % len(entries)] for i in range(count))
    size = -(-count // len(source.sections))
    parts = tuple(
        replace(section, entries=many[i * size : (i + 1) * size]) for i, section in enumerate(source.sections)
    )
    return replace(source, sections=parts)


def realistic() -> Digest:
    """Return a day's digest of eight stories in three sections, in English and Chinese."""
    return digest(
        _training(),
        _inference(),
        _generation(),
        lead=(
            "Eight stories from 14 feeds. Three of them speed up decoding by letting several drafters or masked "
            "positions agree; 两篇中文文章整理了分布式训练与参数高效微调的要点。"
        ),
        proposals=(
            (
                ProposalId("p-7f3a"),
                "Add “Multi-Drafter Speculative Decoding with Alignment Feedback” to Speculative decoding",
            ),
            (ProposalId("p-81c2"), "在“分布式训练”一章加入《大模型分布式训练并行技术（六）-多维混合并行》"),
        ),
        foot=Foot(
            outcomes={"filed": 11, "off_roadmap": 268, "duplicate": 17, "joined": 4, "failed": 2},
            failed_feeds=(("kexue.fm", "timeout"), ("youtube-karpathy", "http-404")),
            models=("openai:gpt-5-mini", "offline"),
            tokens=48_312,
            cost_usd=0.0371,
            degraded="the day's budget ran out after 9 stories; the other 2 were summarized by the offline model",
        ),
    )


def _training() -> DigestSection:
    hybrid = entry(
        "大模型分布式训练并行技术（六）-多维混合并行",
        story=StoryId("url:https://zhuanlan.zhihu.com/p/661279318"),
        url="https://zhuanlan.zhihu.com/p/661279318",
        authors=("吃果冻不吐果冻皮",),
        published_at=datetime(2026, 4, 11, tzinfo=UTC),
        tldr="文章比较了数据并行、张量并行与流水线并行的组合方式，并说明在千卡集群上如何按通信量选择切分维度。",
        points=(
            "张量并行通信最频繁，应放在同一台机器的高速互联之内。",
            "流水线并行的气泡随微批次数增加而缩小，但会占用更多激活显存。",
            "ZeRO 与流水线并行同时使用时，梯度分片会带来额外的通信。",
        ),
        why="正好对应“分布式训练”一章，而路线图中尚无讲混合并行的中文资料。",
        relevance=0.83,
        basis="feed text",
    )
    tokenizer = entry(
        "Cross-Tokenizer LLM Distillation through a Byte-Level Interface",
        story=StoryId("arxiv:2604.07466"),
        url="https://arxiv.org/abs/2604.07466",
        medium="paper",
        authors=("Avyav Kumar Singh", "Yen-Chen Wu", "Alexandru Cioba", "Alberto Bernacchia"),
        published_at=datetime(2026, 4, 9, tzinfo=UTC),
        tldr="Teacher and student with different tokenizers meet at the level of bytes, so no vocabulary is matched.",
        points=("The byte head is small and is thrown away after training.",),
        why="Tokenization, and a way around it that needs no heuristic alignment.",
        relevance=0.78,
        basis="abstract",
    )
    masked = entry(
        "Unlocking Prompt Infilling Capability for Diffusion Language Models",
        story=StoryId("arxiv:2604.03677"),
        url="https://arxiv.org/abs/2604.03677",
        medium="paper",
        authors=("Yoshinari Fujinuma", "Keisuke Sakaguchi"),
        published_at=datetime(2026, 4, 7, tzinfo=UTC),
        tldr="Fine-tuning that masks prompts as well as responses lets a diffusion model fill in a prompt's gaps.",
        points=(),
        why="A training recipe for a model family that the chapter only names.",
        relevance=0.61,
        basis="abstract",
    )
    return DigestSection("III", "III · Large-scale pretraining", (hybrid, tokenizer, masked), brief=_brief())


def _brief() -> tuple[Entry, ...]:
    survey = entry(
        "Mixture-of-Experts in Remote Sensing: A Survey",
        url="https://arxiv.org/abs/2604.03342",
        medium="paper",
        authors=("Yongchuan Cui", "Peng Liu", "Lajiao Chen"),
        published_at=datetime(2026, 4, 8, tzinfo=UTC),
    )
    serial = entry(
        "大模型分布式训练并行技术（五）-序列并行",
        url="https://zhuanlan.zhihu.com/p/659792351",
        published_at=datetime(2026, 4, 6, tzinfo=UTC),
    )
    return survey, serial


def _inference() -> DigestSection:
    drafters = entry(
        "Multi-Drafter Speculative Decoding with Alignment Feedback",
        story=StoryId("arxiv:2604.05417"),
        url="https://arxiv.org/abs/2604.05417",
        medium="paper",
        authors=("Taehyeon Kim", "Hojung Jung", "Se-Young Yun"),
        published_at=datetime(2026, 4, 8, tzinfo=UTC),
        tldr=(
            "Several small drafters compete to propose the next tokens, and how often the target model accepts each "
            "one's proposals decides which is asked next."
        ),
        points=(
            "The choice among drafters is treated as a bandit problem, so no router has to be trained.",
            "Output stays exactly that of the target model, because verification is unchanged.",
            "Specialised drafters help most where the prompts of one batch come from different domains.",
        ),
        why="Extends the chapter on speculative decoding, which so far covers a single drafter only.",
        relevance=0.94,
        basis="full text",
        others=(
            ("repository", "multi-drafter-sd", "https://github.com/example/multi-drafter-sd"),
            ("video", "Bandits for faster decoding, a walk-through", "https://www.youtube.com/watch?v=abcdefghijk"),
        ),
    )
    diversed = entry(
        "DIVERSED: Relaxed Speculative Decoding via Dynamic Ensemble Verification",
        story=StoryId("arxiv:2604.07622"),
        url="https://arxiv.org/abs/2604.07622",
        medium="paper",
        authors=("Ziyi Wang", "Siva Rajesh Kasa", "Ankith M S", "Santhosh Kumar Kasa"),
        published_at=datetime(2026, 4, 9, tzinfo=UTC),
        tldr="Verification is loosened: a draft passes when a learned mixture of the two distributions accepts it.",
        points=(
            "More tokens are accepted per step, at the price of no longer matching the target distribution exactly.",
            "The mixing weight depends on the task and on the position.",
        ),
        why="The counterpart of exact verification; the two belong side by side.",
        relevance=0.88,
        basis="abstract",
    )
    talk = entry(
        "Why decoding is memory-bound, and what to do about it",
        story=StoryId("youtube:q1w2e3r4t5y"),
        url="https://www.youtube.com/watch?v=q1w2e3r4t5y",
        medium="video",
        authors=("Mutual Information",),
        published_at=datetime(2026, 4, 10, tzinfo=UTC),
        tldr="A 24-minute talk that derives the arithmetic intensity of decoding from the shapes of its matrices.",
        points=("Batching raises intensity for the weights but not for the key-value cache.",),
        why="An introduction to the section's first chapter.",
        relevance=0.71,
        basis="description",
    )
    return DigestSection("VI", "VI · Inference and efficiency", (drafters, diversed, talk))


def _generation() -> DigestSection:
    sampler = entry(
        "Attention-Based Sampler for Diffusion Language Models",
        story=StoryId("arxiv:2604.08564"),
        url="https://arxiv.org/abs/2604.08564",
        medium="paper",
        authors=("Yuyan Zhou", "Kai Syun Hou", "Weiyu Chen", "James Kwok"),
        published_at=datetime(2026, 4, 9, tzinfo=UTC),
        tldr="The order in which masked tokens are revealed follows the model's attention, not its confidence.",
        points=(
            "No extra training is needed.",
            "Positions that many others attend to are revealed first.",
        ),
        why="Sampling order is an open question in the chapter on discrete diffusion.",
        relevance=0.8,
        basis="full text",
    )
    tuning = entry(
        "大模型参数高效微调技术原理综述（三）-P-Tuning、P-Tuning v2",
        story=StoryId("url:https://zhuanlan.zhihu.com/p/635848732"),
        url="https://zhuanlan.zhihu.com/p/635848732",
        published_at=datetime(2026, 4, 10, tzinfo=UTC),
        tldr="解释 P-Tuning 如何用可训练的连续提示代替人工模板，以及 v2 为何要把提示加到每一层。",
        points=("小模型上 P-Tuning v2 与全量微调的差距明显缩小。",),
        why="与“参数高效微调”相邻；归类把握不大。",
        relevance=0.55,
        basis="feed text",
    )
    return DigestSection("VIII", "VIII · Generative models beyond autoregression 自回归之外", (sampler, tuning))
