"""What the bot says of explanations, in Chinese, by the English of it."""

from __future__ import annotations

EXPLAINING = {
    "Explain a topic from what was read, every statement with its source": "根据读过的内容讲解主题，每句注明来源",
    "Explain this": "讲解此内容",
    "A topic or a question, in English or Chinese": "主题或问题，中文或英文均可",
    "For whom": "面向谁",
    "The answer's language; the question's if left out": "回答的语言；不填则与问题相同",
    "Only sources from this day on, such as 2026-04-01": "只用此日期之后的来源，如 2026-04-01",
    "Show it to you alone": "只让你自己看到",
    "Who sees explanations": "谁能看到讲解",
    "Everyone in the channel": "频道里的所有人",
    "Whoever asked, alone": "仅提问者",
    "Introductory": "入门",
    "Intermediate": "进阶",
    "Advanced": "深入",
    "The past week": "最近一周",
    "The past month": "最近一个月",
    "The past year": "最近一年",
    "“{given}” is no day: write one such as 2026-04-01.": "“{given}”不是日期：请写成如 2026-04-01。",
    "That message has no words in it.": "该消息中没有文字。",
    "Your question is number {count} in the queue.": "你的问题在队列中排第 {count} 位。",
    "Wait for the answers to your other questions first.": "请先等待你其他问题的回答。",
    "Too many people are asking. Try again in a minute.": "提问的人太多，请一分钟后再试。",
    "The answer broke off here.": "回答在此中断。",
    "That answer is no longer kept: ask anew with `/explain`.": "该回答已不再保存：请用 `/explain` 重新提问。",
    "Ask more": "追问",
    "Your question": "你的问题",
    "What is it?": "是什么问题？",
    "It does not answer what I asked": "没有回答我的问题",
    "Something in it is wrong": "内容有误",
    "What is wrong or missing, if you like": "错在哪里，或缺少什么（可选）",
    "That digest tells of nothing new.": "该摘要没有新内容。",
    "Explain a story": "讲解一条内容",
    "What about it? Leave empty for all of it": "想了解什么？留空则讲解全部",
    "A thread can be opened in a text channel only.": "只能在文字频道中开子区。",
    "The bot may not open a thread here. Somebody who manages the server has to allow it: {missing}.": (
        "机器人不能在此开子区。需要管理服务器的人允许它：{missing}。"
    ),
    "You may not open threads in this channel: ask on with the buttons.": "你不能在此频道开子区：请用按钮继续提问。",
    "Mention me or reply to me with a question and it follows the one before. {who} opened this thread.": (
        "提及我或回复我来提问，会接着上一个问题。此子区由 {who} 开启。"
    ),
    "Go on in <#{place}>.": "请到 <#{place}> 继续。",
    "On this server answers are shown to who asks only: use `/explain`.": "本服务器的回答仅提问者可见：用 `/explain`。",
}
