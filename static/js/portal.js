// What the portal's document does beyond HTML: it prints, and it tells once that a person has looked at it.
"use strict";

(() => {
  document.documentElement.classList.add("js");

  const printer = document.querySelector("[data-print]");
  if (printer) {
    printer.addEventListener("click", () => print());
    if (printer.dataset.print === "now") addEventListener("load", () => print(), { once: true });
  }

  // Programs that follow links open pages, too; hands that move, scroll or type belong to somebody who looks.
  const seen = document.querySelector("form[data-seen]");
  if (!seen) return;
  const signs = ["pointermove", "pointerdown", "touchstart", "wheel", "scroll", "keydown"];
  const tell = (event) => {
    if (!event.isTrusted || document.hidden) return;
    for (const sign of signs) removeEventListener(sign, tell, true);
    fetch(seen.action, { method: "POST", body: new FormData(seen), keepalive: true });
  };
  for (const sign of signs) addEventListener(sign, tell, { capture: true, passive: true });
})();
