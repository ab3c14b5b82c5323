// Pictures of a product are put in order by dragging too; the buttons beside them do the same without this file.
"use strict";

(() => {
  let dragged = null;

  document.addEventListener("dragstart", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-sortable] > li") : null;
    if (!row || event.target.closest("input")) return;
    dragged = row;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    row.classList.add("is-dragged");
  });

  document.addEventListener("dragover", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-sortable] > li") : null;
    if (!dragged || !row || row.parentNode !== dragged.parentNode) return;
    event.preventDefault();
    if (row === dragged) return;
    const box = row.getBoundingClientRect();
    row.parentNode.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? row : row.nextSibling);
  });

  document.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    const form = dragged.closest("form");
    dragged = null;
    form.dispatchEvent(new CustomEvent("sorted"));
  });
})();
