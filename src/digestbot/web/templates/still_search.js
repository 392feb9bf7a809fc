"use strict";
// Search in pages that are files: every word must occur in a story's title, summary or section.
(() => {
  const stories = /*stories*/[];
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const texts = stories.map((story) => plain(story.slice(1).join(" ")));
  const box = document.getElementById("q");
  const count = document.getElementById("count");

  const element = (name, text, ...children) => {
    const made = document.createElement(name);
    made.append(text, ...children);
    return made;
  };
  const told = ([id, title, tldr, section]) => {
    const link = element("a", title);
    link.href = `stories/${encodeURIComponent(id)}.html`;
    const heading = element("h2", "", link);
    const meta = element("p", section);
    meta.className = "meta";
    const story = element("article", "", heading, meta, element("p", tldr));
    story.className = "story";
    return element("li", "", story);
  };
  const show = () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    const found = words.length ? stories.filter((_, n) => words.every((word) => texts[n].includes(word))) : [];
    count.textContent = words.length ? (found.length || count.dataset.none) : "";
    document.getElementById("found").replaceChildren(...found.slice(0, 50).map(told));
  };
  box.addEventListener("input", show);
  document.querySelector("[role=search]").hidden = false;
  document.getElementById("needed").hidden = true;
  show();
})();
