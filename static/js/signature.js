// A pad to draw a signature on: strokes as path data in a box of 600 × 200, kept in the form's hidden field. Without
// JavaScript, and by keyboard, the typed name is the signature.
"use strict";

(() => {
  const LONGEST = 20000; // characters that the server takes
  const LEAST_STEP = 3; // units between two points; finer ones only make the path longer

  const setUp = (pad) => {
    const box = pad.querySelector(".pad-box");
    const ink = pad.querySelector(".pad-ink");
    const field = pad.querySelector("input[name=signature]");
    const ways = [...pad.closest("form").querySelectorAll("input[name=way]")];
    let last = null;

    const show = () => {
      pad.hidden = !ways.some((way) => way.checked && way.value === "drawn");
      ink.setAttribute("d", field.value);
    };

    const pointOf = (event) => {
      const at = box.getBoundingClientRect();
      const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
      return [
        within(((event.clientX - at.left) / at.width) * 600, 600),
        within(((event.clientY - at.top) / at.height) * 200, 200),
      ];
    };

    const extend = (point) => {
      const [x, y] = point;
      if (Math.hypot(x - last.at[0], y - last.at[1]) < LEAST_STEP) return;
      const begin = last.isNew ? `M${last.at[0]} ${last.at[1]}` : "";
      const longer = `${field.value}${begin}L${x} ${y}`;
      if (longer.length > LONGEST) return;
      field.value = longer;
      last = { at: point, isNew: false };
      ink.setAttribute("d", longer);
    };

    box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      box.setPointerCapture(event.pointerId);
      last = { at: pointOf(event), isNew: true };
    });
    box.addEventListener("pointermove", (event) => {
      if (last) extend(pointOf(event));
    });
    for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, () => (last = null));

    pad.querySelector("[data-pad-clear]").addEventListener("click", () => {
      field.value = "";
      show();
    });
    for (const way of ways) way.addEventListener("change", show);
    show();
  };

  for (const pad of document.querySelectorAll("[data-pad]")) setUp(pad);
})();
