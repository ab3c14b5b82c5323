// My portal by keyboard, and the cogwheel's choice in a dialog. The page works without.
"use strict";

(() => {
  const table = document.querySelector("[data-rows]");
  const dialog = document.getElementById("kpi-dialog");

  // j and k walk the clients; e and n press the buttons of the row in which the focus is.
  const links = () => [...(table?.querySelectorAll(".row-link") ?? [])];
  const walk = (step) => {
    const all = links();
    const row = document.activeElement.closest?.("[data-rows] tbody tr");
    const here = row ? all.indexOf(row.querySelector(".row-link")) : step > 0 ? -1 : all.length;
    all[Math.max(0, Math.min(all.length - 1, here + step))]?.focus();
  };
  const press = (selector) => document.activeElement.closest?.("[data-rows] tbody tr")?.querySelector(selector)?.click();
  const keys = { j: () => walk(1), k: () => walk(-1), e: () => press(".sign button"), n: () => press(".sign a") };

  let gone = 0; // `g` and a letter goes to a section; that letter is not ours
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog:modal")) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) return;
    if (event.key === "g") gone = event.timeStamp;
    else if (keys[event.key] && (!gone || event.timeStamp - gone > 1500)) {
      event.preventDefault();
      keys[event.key]();
    } else gone = 0;
  });

  // What the two signs of a row mean stands in the heads of their columns.
  table?.addEventListener("pointerover", (event) => {
    const sign = event.target.closest?.("tbody .sign > *");
    const head = sign && document.getElementById(sign.getAttribute("aria-labelledby").split(" ")[0]);
    if (head) sign.title = head.title || head.textContent;
  });

  document.addEventListener("click", async (event) => {
    const opener = event.target.closest?.("[data-rows] .sign a");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
    event.preventDefault();
    const body = document.getElementById("kpi-dialog-body");
    body.replaceChildren();
    await window.htmx.ajax("GET", opener.href, { target: body, swap: "innerHTML" }).catch(() => null); // app.js tells
    if (dialog.open || !body.children.length) return; // pressed twice, or no answer
    dialog.showModal();
    dialog.addEventListener("close", () => opener.focus(), { once: true });
  });
})();
