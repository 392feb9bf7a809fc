"""What the pages say on which questions are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digestbot.web.phrases import Spoken


@dataclass(frozen=True)
class Asking:
    """The words around a question and its answer; the answer has its own, in its language."""

    lang: str
    title: str
    intro: str
    question: str
    question_hint: str
    level: str
    levels: Mapping[str, str]
    section: str
    all_sections: str
    send: str
    examples_title: str
    examples: tuple[str, ...]
    too_often: str
    busy: str
    broken: str
    otherwise: str
    empty: str
    more: str
    follow: str
    follow_send: str
    simpler: str
    deeper: str
    rate: str
    verdicts: Mapping[str, str]
    note: str
    rate_send: str
    thanks: str
    again: str
    link: str
    copy: str
    copied: str


ASKING = Spoken(
    Asking(
        lang="en",
        title="Ask",
        intro="Ask about a topic or how two methods differ. The answer says only what was read here, "
        "each sentence with its source; where that is not enough, it says so.",
        question="Your question",
        question_hint="In English or Chinese; the answer is in the language of the question.",
        level="For whom",
        levels={
            "introductory": "somebody new to it",
            "intermediate": "somebody who knows the basics",
            "advanced": "somebody who works on it",
        },
        section="From",
        all_sections="everything that was read",
        send="Ask",
        examples_title="Such as",
        examples=(
            "What is speculative decoding?",
            "How do LoRA and full finetuning differ?",
            "What is new in diffusion?",
        ),
        too_often="You have asked often within the last minutes. Try again in a quarter of an hour.",
        busy="Many are asking right now. Try again in a minute.",
        broken="Something went wrong on the way; what stands above may be incomplete. Try again later.",
        otherwise="The answer took another turn while it was written. This is the whole of it.",
        empty="Write a question first.",
        more="Go on",
        follow="Ask on from here",
        follow_send="Ask on",
        simpler="Simpler",
        deeper="Deeper",
        rate="Was it of use?",
        verdicts={"helpful": "Helpful", "unhelpful": "Not helpful", "wrong": "Wrong"},
        note="What is wrong or missing, if you like",
        rate_send="Tell",
        thanks="Thank you, that is noted.",
        again="Ask something else",
        link="Address of this answer",
        copy="Copy as Markdown",
        copied="Copied.",
    ),
    Asking(
        lang="zh-Hans",
        title="提问",
        intro="可以问一个主题，或两种方法的区别。回答只说这里读到的内容，每句都有来源；内容不足时会如实说明。",
        question="您的问题",
        question_hint="可用中文或英文；回答与问题使用同一种语言。",
        level="面向",
        levels={"introductory": "初学者", "intermediate": "了解基础的读者", "advanced": "研究者"},
        section="范围",
        all_sections="读过的全部内容",
        send="提问",
        examples_title="例如",
        examples=("什么是推测解码？", "LoRA 与全量微调有什么区别？", "扩散模型有什么新进展？"),
        too_often="最近几分钟内提问过多，请一刻钟后再试。",
        busy="此刻提问的人很多，请稍后再试。",
        broken="途中出错，以上内容可能不完整，请稍后再试。",
        otherwise="回答在撰写过程中有所改变，以下是完整的回答。",
        empty="请先写下问题。",
        more="继续",
        follow="继续追问",
        follow_send="追问",
        simpler="更简单",
        deeper="更深入",
        rate="有用吗？",
        verdicts={"helpful": "有用", "unhelpful": "没用", "wrong": "有误"},
        note="哪里有误或缺少什么（可不填）",
        rate_send="提交",
        thanks="谢谢，已记录。",
        again="再问一个",
        link="此回答的地址",
        copy="复制为 Markdown",
        copied="已复制。",
    ),
)
