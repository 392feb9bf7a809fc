"use strict";
// Keys for the review, and copying as Markdown. Every page is whole without this.
(() => {
  const typing = (at) => at.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const item = (queue, step) => {
    const all = [...queue.querySelectorAll("[data-item]")];
    const here = all.findIndex((one) => one.closest("li").contains(document.activeElement));
    all[Math.min(Math.max(here + step, 0), all.length - 1)]?.focus();
  };
  const go = (rel) => {
    const link = document.querySelector(`a[rel=${rel}]`);
    if (link) location.assign(`${link.href}#proposal`);
  };
  const act = (key) => {
    const found = document.querySelector(`[data-key=${key}]`);
    if (!found) return;
    if (found.tagName === "BUTTON") { found.click(); return; }
    found.open = true;
    found.querySelector("textarea, select")?.focus();
  };

  // Single keys work only where the focus is in the queue or the proposal (WCAG 2.1.4).
  const listen = (place, keys) => place?.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const found = keys[event.key.toLowerCase()];
    if (found) { event.preventDefault(); found(); }
  });
  const queue = document.querySelector("[data-queue]");
  const choose = () => document.activeElement.closest("li")?.querySelector("input[type=checkbox]")?.click();
  listen(queue, { j: () => item(queue, 1), k: () => item(queue, -1), x: choose });
  const proposal = document.querySelector("[data-proposal]");
  listen(proposal, {
    j: () => go("next"), k: () => go("prev"),
    a: () => act("a"), e: () => act("e"), r: () => act("r"), l: () => act("l"),
  });
  if (proposal && location.hash === "#proposal") proposal.focus({ preventScroll: true });
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;

  for (const link of document.querySelectorAll("a[data-copy]")) {
    link.addEventListener("click", async (event) => {
      if (!navigator.clipboard) return;
      event.preventDefault();
      try {
        const answer = await fetch(link.href);
        if (!answer.ok) throw new Error(answer.statusText);
        await navigator.clipboard.writeText(await answer.text());
        link.textContent = link.dataset.copied;
        link.setAttribute("role", "status");
      } catch { location.assign(link.href); }
    });
  }
})();
