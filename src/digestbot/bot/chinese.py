"""The bot's phrases in simplified Chinese, by their English; a test finds those that are missing or left over."""

from __future__ import annotations

from collections.abc import Mapping

from digestbot.bot.chinese_explain import EXPLAINING
from digestbot.bot.chinese_review import REVIEWING

_COMMANDS = {
    "Get digests here, in another channel, or in your direct messages": "在此处、其他频道或私信中接收摘要",
    "What is subscribed here, to change, pause or end": "查看此处的订阅，可修改、暂停或结束",
    "The next digest of a subscription": "某个订阅的下一期摘要",
    "What would come now, why each story, and why not the others": "现在会发送什么，每条为何入选，其余为何没有",
    "Send the next digest now instead of at its time": "不等到预定时间，现在就发送下一期摘要",
    "The newest stories of the roadmap, or of a section": "路线图或某一部分的最新内容",
    "Find what the bot has read, by words or by meaning": "按词语或含义查找机器人读过的内容",
    "The stories that you saved from digests": "你从摘要中收藏的内容",
    "What became of a page, paper or video, and why": "某个网页、论文或视频的处理结果及原因",
    "Hand in a page, paper, video or repository to be read": "推荐一个网页、论文、视频或代码库供阅读",
    "Suggest this link": "推荐此链接",
    "Browse the roadmap's sections and chapters": "浏览路线图的部分与章节",
    "What the bot reads, and how each feed is": "机器人阅读的来源及其状态",
    "Which channels here get digests, and which are paused and why": "此处接收摘要的频道，及已暂停的和原因",
    "What this server wants of the bot; shows it where nothing is changed": "本服务器对机器人的设置；不修改则显示",
    "What the bot can do": "机器人能做什么",
    "Delete what the bot knows of you": "删除机器人所知的关于你的一切",
}
_OPTIONS = {
    "The channel, thread or forum; this one if left out": "频道、子区或论坛；不填则为此处",
    "Send it to you in direct messages instead": "改为以私信发送给你",
    "Sections of the roadmap, separated by commas; all if left out": "路线图的部分，以逗号分隔；不填则为全部",
    "Chapters of the roadmap, separated by commas": "路线图的章节，以逗号分隔",
    "Words of which one has to occur, separated by commas": "至少须出现其一的词语，以逗号分隔",
    "How often; every day if left out": "频率；不填则为每天",
    "The time of day, such as 08:00": "一天中的时间，如 08:00",
    "The day, where it comes once a week": "每周发送时的星期几",
    "The time zone of that time; UTC if left out": "该时间所用的时区；不填则为 UTC",
    "The language of the digest": "摘要的语言",
    "How much is told of each story": "每条内容的详略",
    "Which one, where there are several": "有多个订阅时指哪一个",
    "A section of the roadmap": "路线图的一个部分",
    "A section to begin with": "从哪个部分开始",
    "How many": "多少条",
    "Show it to everyone here": "让此处所有人都看到",
    "Words, in English or Chinese": "英文或中文词语",
    "Its address, or a paper's number at arXiv": "网址，或论文的 arXiv 编号",
    "One of them, to see all about it": "其中一个，查看其全部信息",
    "The role that decides on proposed changes of the roadmap": "决定路线图修改建议的身份组",
    "Where proposals are shown to them": "向其展示建议的频道",
    "Where the bot says what went wrong, such as a deleted channel": "机器人报告问题（如频道被删除）的频道",
    "The language of new subscriptions": "新订阅的语言",
    "The role that digests mention": "摘要所提及的身份组",
    "Who may subscribe channels and change their subscriptions": "谁可以为频道订阅并修改订阅",
    "A setting to take back": "要撤销的设置",
}
_CHOICES = {
    "As soon as something comes": "有新内容就发送",
    "Every day": "每天",
    "Monday to Friday": "周一至周五",
    "Once a week": "每周一次",
    "Monday": "星期一",
    "Tuesday": "星期二",
    "Wednesday": "星期三",
    "Thursday": "星期四",
    "Friday": "星期五",
    "Saturday": "星期六",
    "Sunday": "星期日",
    "Full": "完整",
    "Short": "简短",
    "Headlines only": "仅标题",
    "People who manage the server": "管理服务器的人",
    "Everyone": "所有人",
    "Reviewers' role": "审核者身份组",
    "Channel for reviews": "审核频道",
    "Channel for notices": "通知频道",
    "Role to ping with digests": "发送摘要时提及的身份组",
    "Language of new subscriptions": "新订阅的语言",
    "Who may subscribe": "谁可以订阅",
}
_FAULTS = {
    "Sorry, this went wrong on our side. Tell whoever runs the bot: fault `{id}`.": (
        "抱歉，我们这边出了问题。请告知机器人的运营者：故障 `{id}`。"
    ),
    "{given} is not understood here.": "此处无法理解“{given}”。",
    "This command has just changed. Restart Discord (Ctrl+R) and try again.": (
        "这个命令刚刚更新。请重启 Discord（Ctrl+R）后再试。"
    ),
    "This cannot be used here.": "此处不能使用。",
    "The ledger is busy right now. Try again in a minute.": "账本正忙，请一分钟后再试。",
    "{whose} asked too often. Try again in {wait}.": "{whose}请求过于频繁，请在 {wait} 后再试。",
    "This server has": "本服务器",
    "You have": "你",
    "{count} s": "{count} 秒",
    "{count} min": "{count} 分钟",
    "{count} h": "{count} 小时",
    "It was not taken: the form was open for too long, or the bot began anew. Open it again. You wrote:": (
        "未被接收：表单打开过久，或机器人已重新启动。请重新打开。你写的内容："
    ),
    "This button is of an older version of the bot. Use the command again.": (
        "这个按钮属于旧版机器人，请重新使用命令。"
    ),
    "Only people with the permission Manage Server may do this.": "只有拥有“管理服务器”权限的人可以这样做。",
    "Only people with the permission Manage Server may change what this server's channels get. "
    "You can subscribe yourself: `/subscribe private:True`. Managers can let everyone: `/settings who:everyone`.": (
        "只有拥有“管理服务器”权限的人可以更改本服务器频道的订阅。"
        "你可以为自己订阅：`/subscribe private:True`。管理者可以允许所有人：`/settings who:everyone`。"
    ),
    "The bot may not post in #{name}. Open the channel's settings › Permissions, add the bot and allow: {missing}.": (
        "机器人不能在 #{name} 发言。请打开该频道的设置 › 权限，添加机器人并允许：{missing}。"
    ),
    "A category takes no messages: choose a text channel, a thread or a forum.": (
        "类别不能接收消息：请选择文字频道、子区或论坛。"
    ),
    "You may not write in that channel yourself: choose another one.": "你自己不能在该频道发言：请选择其他频道。",
    "The bot may not write to you: allow direct messages in this server's privacy settings, then try again.": (
        "机器人不能给你发私信：请在本服务器的隐私设置中允许私信，然后重试。"
    ),
    "This cannot be taken: {said}": "无法采用：{said}",
    "<#{place}> has {count} subscriptions, which is the most.": "<#{place}> 已有 {count} 个订阅，这是上限。",
    "The roadmap has no section {name}.": "路线图没有部分 {name}。",
    "There is no feed {name}.": "没有来源 {name}。",
}
_SUBSCRIPTIONS = {
    "Subscribed": "已订阅",
    "Subscriptions": "订阅",
    "Change or end it with `/subscriptions`, see what would come with `/digest preview`.": (
        "用 `/subscriptions` 修改或结束，用 `/digest preview` 查看将发送的内容。"
    ),
    "Your digests will come here. `/subscriptions` changes or ends that.": (
        "你的摘要会发送到这里。`/subscriptions` 可修改或结束。"
    ),
    "Nothing is subscribed here yet: `/subscribe` does it.": "此处还没有订阅：请用 `/subscribe`。",
    "Say which subscription is meant: {names}.": "请说明是哪个订阅：{names}。",
    "That subscription is no longer here.": "该订阅已不在此处。",
    "Choose one to change, pause or end it": "选择一个来修改、暂停或结束",
    "Change": "修改",
    "Pause": "暂停",
    "Resume": "恢复",
    "End it": "结束",
    "Keep it": "保留",
    "End `{id}`? It cannot be taken back; what was posted stays.": "结束 `{id}`？无法撤销；已发送的内容会保留。",
    "`{id}` is ended.": "`{id}` 已结束。",
    "Change a subscription": "修改订阅",
    "Sections, separated by commas": "部分，以逗号分隔",
    "Chapters, separated by commas": "章节，以逗号分隔",
    "Words, separated by commas": "词语，以逗号分隔",
    "When: daily 08:00, weekly mon 08:00, instant": "时间：daily 08:00、weekly mon 08:00、instant",
    "Time zone, such as Europe/Berlin": "时区，如 Asia/Shanghai",
    "To": "发送至",
    "What": "内容",
    "When": "时间",
    "Next": "下一期",
    "Language": "语言",
    "Length": "详略",
    "that of the roadmap": "与路线图相同",
    "everything": "全部",
    "section {name}": "部分 {name}",
    "chapter {name}": "章节 {name}",
    "not “{name}”": "不含“{name}”",
    "paused until it is resumed": "已暂停，直至恢复",
    "paused until {at}": "暂停至 {at}",
    "with the next run": "随下一次运行",
    "not set": "未设置",
    "Nobody will be pinged yet: switch on *Allow anyone to @mention this role* in the role's settings.": (
        "目前不会提及任何人：请在该身份组的设置中开启“允许任何人@提及此身份组”。"
    ),
    "No channel of this server gets digests yet.": "本服务器还没有频道接收摘要。",
    "gets digests": "接收摘要",
    "paused. {why}": "已暂停。{why}",
    "{name} was deleted, so its digests are paused. Subscribe another channel.": (
        "{name} 已被删除，其摘要已暂停。请订阅其他频道。"
    ),
}
_DIGESTS = {
    "Nothing would be sent now.": "现在没有可发送的内容。",
    "The digest has {count} more messages.": "摘要还有 {count} 条消息。",
    "Not in it": "未收入",
    "The digest of `{id}` goes to {to}.": "`{id}` 的摘要正发送至 {to}。",
    "There is nothing new for `{id}`.": "`{id}` 没有新内容。",
    "in section {what}, which is not asked for": "属于部分 {what}，不在订阅之列",
    "in chapter {what}, which is not asked for": "属于章节 {what}，不在订阅之列",
    "in no chapter": "不属于任何章节",
    "has none of the words": "不含任何所订词语",
    "has “{what}”, which is not wanted": "含有不想要的“{what}”",
    "is a {what}, which is not asked for": "类型为 {what}，不在订阅之列",
    "is of another level: {what}": "难度不同：{what}",
    "has relevance {what}, less than {least}": "相关度 {what}，低于 {least}",
    "is in another language: {what}": "语言不同：{what}",
    "That digest is no longer kept.": "该摘要已不再保存。",
    "There is no more of it.": "没有更多了。",
    "More ({left})": "更多（{left}）",
    "Stories to save": "要收藏的内容",
    "What shall be saved? `/saved` shows it again.": "要收藏哪些？`/saved` 可再次查看。",
    "Saved; `/saved` shows it again.": "已收藏；`/saved` 可再次查看。",
    "You have saved nothing yet: press Save below a digest.": "你还没有收藏：请按摘要下方的“收藏”。",
    "The digest as a whole": "整期摘要",
    "What was good?": "好在哪里？",
    "What was wrong?": "哪里不好？",
    "About": "关于",
    "Why, if you like": "原因（可选）",
    "Thank you, that is noted.": "谢谢，已记下。",
}
_READING = {
    "Latest": "最新",
    "Nothing was filed there in the last 30 days.": "最近 30 天没有归入的内容。",
    "Write some words to search for.": "请写下要查找的词语。",
    "Nothing is known of that.": "没有找到相关内容。",
    "No feed has shown that. `/suggest` hands it in: the next run reads it.": (
        "没有来源出现过它。用 `/suggest` 推荐：下一次运行会阅读它。"
    ),
    "- one story with {others}": "- 与 {others} 是同一内容",
    "- judged {place}, {confidence} sure: {why}": "- 判断为 {place}，把握 {confidence}：{why}",
    "- in the digest of `{id}` of {at}": "- 收入 `{id}` 于 {at} 的摘要",
    "- seen in {feed} at {at}: {what}": "- 于 {at} 见于 {feed}：{what}",
    "filed into the roadmap": "归入路线图",
    "read, but off the roadmap": "已阅读，但不属于路线图",
    "the same as something seen before": "与先前所见相同",
    "joined to a story that was there": "并入已有内容",
    "left out by its feed's filter": "被来源的过滤条件排除",
    "older than the first reading of its feed": "早于首次阅读该来源",
    "under way": "处理中",
    "Thank you. The next run reads {what}; `/why` tells what became of it.": (
        "谢谢。下一次运行会阅读 {what}；`/why` 可查看结果。"
    ),
    "{what} was suggested before: the next run reads it.": "{what} 已被推荐过：下一次运行会阅读。",
    "{what} is known already: `/why` tells what became of it.": "{what} 已收录：`/why` 可查看结果。",
    "{what} cannot be taken: write the whole address, such as https://arxiv.org/abs/2604.01234.": (
        "{what} 无法采用：请写完整网址，如 https://arxiv.org/abs/2604.01234。"
    ),
    "That message has no link in it.": "该消息中没有链接。",
    "Know first": "先修知识",
    "All sections": "所有部分",
    "Section": "部分",
    "Chapter": "章节",
    "{count} feeds, {ill} of them with trouble": "{count} 个来源，其中 {ill} 个有问题",
    "There are no feeds.": "没有来源。",
    "paused ({why})": "已暂停（{why}）",
    "failed {count} times ({why})": "失败 {count} 次（{why}）",
    "in order": "正常",
    "not read yet": "尚未阅读",
    "last read {at}": "上次阅读 {at}",
    "read again {at}": "下次阅读 {at}",
    "… and {count} more": "……另有 {count} 项",
    "digestbot reads feeds, files what matters into a learning roadmap, and sends digests of it.": (
        "digestbot 阅读各种来源，把重要内容归入学习路线图，并发送摘要。"
    ),
    "In the menu of a message, under *Apps*: *Explain this* and *Suggest this link*.": (
        "在消息菜单的“应用”中：*讲解此内容* 和 *推荐此链接*。"
    ),
    "Mention me with a question, or reply to an answer: I answer where you are.": (
        "提及我并提问，或回复某个回答：我会在原处回答。"
    ),
    "Delete it": "删除",
    "Delete the subscriptions of your direct messages with what they were sent, what you saved, voted and "
    "asked, and your name on what you suggested? It cannot be taken back. Messages that were posted stay; so does what "
    "servers subscribed.": (
        "删除你私信中的订阅及其发送记录、你的收藏、投票与提问，以及你推荐内容上的署名？"
        "无法撤销。已发送的消息会保留，服务器的订阅也会保留。"
    ),
    "Deleted, with {said} opinions, {count} questions and your name on {named} suggestions.": (
        "已删除，包括 {said} 条意见、{count} 个提问和 {named} 条推荐上的署名。"
    ),
}
CHINESE: Mapping[str, str] = {
    **REVIEWING,
    **EXPLAINING,
    **_COMMANDS,
    **_OPTIONS,
    **_CHOICES,
    **_FAULTS,
    **_SUBSCRIPTIONS,
    **_DIGESTS,
    **_READING,
}
