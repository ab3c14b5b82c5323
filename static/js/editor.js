// What the editor of documents does with the keyboard beyond its buttons, which work without it.
"use strict";

(() => {
  const editor = () => document.getElementById("editor");
  const inEditor = (event) => event.target instanceof Element && event.target.closest("#editor") !== null;

  // Enter goes down a line, and adds one at the end; Alt and an arrow move the line.
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s" && editor()) {
      event.preventDefault();
      document.getElementById("editor-save").click();
      return;
    }
    if (!inEditor(event)) return;
    const line = event.target.closest(".line");
    if (line && event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      line.querySelector(`[value^="${event.key === "ArrowUp" ? "up" : "down"}-"]`).click();
    } else if (event.key === "Enter" && line && event.target.matches("input")) {
      event.preventDefault();
      const next = line.nextElementSibling?.querySelector(`[name="${event.target.name}"]`);
      if (next) next.focus();
      else document.getElementById("add-line").click();
    } else if (event.target.matches("#contact-words, .found-list button")) {
      walkFound(event);
    }
  });

  const walkFound = (event) => {
    const stops = [document.getElementById("contact-words"), ...document.querySelectorAll(".found-list button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      stops[(stops.indexOf(event.target) + step + stops.length) % stops.length].focus();
    } else if (event.key === "Enter" && event.target === stops[0]) {
      event.preventDefault();
      stops[1]?.click();
    }
  };

  // Rows of a spreadsheet: pasted into a description they become lines, on the server.
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!inEditor(event) || !event.target.matches('[name="line_name"]') || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const line = event.target.closest(".line");
    const field = editor().querySelector('[name="pasted"]');
    field.disabled = false;
    field.value = text;
    const button = line.querySelector('[value^="remove-"]');
    const before = button.value;
    button.value = before.replace("remove", "paste");
    button.addEventListener("htmx:afterRequest", () => (button.value = before), { once: true }); // it may have to wait
    button.click();
  });
})();
