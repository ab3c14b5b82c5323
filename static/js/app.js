// What pages do beyond HTML. Everything here improves a page that already works without it.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js");

  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) act(event, target);
    });

  // Dialogs: modal instead of popover, so that the page behind them is shut off and focus stays inside.
  const openDialog = (dialog, opener) => {
    dialog.removeAttribute("popover");
    dialog.showModal();
    const menu = opener?.closest(".menu-items"); // it has closed by then; its button stands for it
    const back = menu ? document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`) : opener;
    dialog.addEventListener("close", () => back && back.focus(), { once: true });
  };

  on("click", "[data-dialog]", (event, opener) => {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog || dialog.open) return;
    event.preventDefault();
    openDialog(dialog, opener);
  });

  on("click", "dialog [data-close]", (event, closer) => {
    const dialog = closer.closest("dialog");
    if (dialog.hasAttribute("popover")) return;
    event.preventDefault();
    dialog.close();
  });

  on("click", "dialog", (event, dialog) => {
    if (event.target === dialog && dialog.open && outside(event, dialog)) dialog.close();
  });

  const outside = (event, element) => {
    const box = element.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  };

  // Menus: arrows walk, and browsers without anchor positioning get their place here.
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!(menu instanceof HTMLElement) || !menu.matches(".menu-items") || event.newState !== "open") return;
      if (!CSS.supports("position-area: block-end")) placeMenu(menu);
    },
    true,
  );

  const placeMenu = (menu) => {
    const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
    if (!button) return;
    const at = button.getBoundingClientRect();
    const below = at.bottom + menu.offsetHeight + 8 < innerHeight;
    menu.style.inset = "auto";
    menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${below ? at.bottom : Math.max(8, at.top - menu.offsetHeight - 8)}px`;
  };

  // Files that were chosen behind a button of words are named where the field says.
  on("change", "input[type=file][data-names]", (event, input) => {
    const items = [...input.files].map((file) => Object.assign(document.createElement("li"), { textContent: file.name }));
    document.getElementById(input.dataset.names)?.replaceChildren(...items);
  });

  // What was chosen or typed before the scripts had come is taken up now: nobody would hear of it again.
  const isTyped = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  const typed = (part) => [...part.querySelectorAll("input:not([role=combobox]), textarea")].filter(isTyped);
  document.addEventListener(
    "htmx:load",
    () => {
      for (const input of document.querySelectorAll("input[type=file]")) {
        if (input.files.length) input.dispatchEvent(new Event("change", { bubbles: true }));
      }
      for (const form of document.querySelectorAll('form[autocomplete=off][hx-trigger^="input"]')) {
        for (const field of typed(form)) {
          field.dispatchEvent(new Event(field.matches("[hx-get]") ? "focus" : "input", { bubbles: true }));
        }
      }
    },
    { once: true },
  );

  const walk = (event, items, step) => {
    event.preventDefault();
    const here = items.indexOf(document.activeElement);
    const next = here < 0 ? (step > 0 ? 0 : items.length - 1) : (here + step + items.length) % items.length;
    items[next]?.focus();
  };

  on("keydown", ".menu", (event) => {
    const menu = event.target.closest(".menu").querySelector(".menu-items");
    if (!menu || !menu.matches(":popover-open") || event.target.matches("input, select")) return;
    const items = [...menu.querySelectorAll("a, button")];
    if (event.key === "ArrowDown") walk(event, items, 1);
    if (event.key === "ArrowUp") walk(event, items, -1);
  });

  // Keys: `/` searches, `g` and a letter goes, `?` lists them.
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog:modal")) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) return;
    if (event.key === "/") {
      const search = document.querySelector("main [data-search]") || document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) openDialog(keys, document.activeElement);
    } else if (event.key === "g") {
      going = event.timeStamp;
      return;
    } else if (going && event.timeStamp - going < 1500 && /^[a-z]$/.test(event.key)) {
      document.querySelector(`[data-key="${event.key}"]`)?.click();
    }
    going = 0;
  });

  // Suggestions: arrows walk between them, Enter confirms the one that has the focus.
  on("keydown", "[data-reconcile]", (event, part) => {
    if (!event.target.matches("[data-suggestion]")) return;
    const items = [...part.querySelectorAll("[data-suggestion]")];
    if (event.key === "ArrowDown") walk(event, items, 1);
    if (event.key === "ArrowUp") walk(event, items, -1);
  });

  // Lists: filters apply when they change; selecting rows shows what can be done with them.
  on("change", "form[data-auto-submit] :is(select, [type=date], [type=checkbox])", (event, field) => {
    field.form.requestSubmit();
  });

  on("change", "[data-select-all]", (event, all) => {
    for (const box of boxes(all.dataset.selectAll)) box.checked = all.checked;
    selectionChanged(all.dataset.selectAll);
  });

  on("change", "[data-select]", (event, box) => selectionChanged(box.form?.id));

  const boxes = (form) => [...(document.getElementById(form)?.elements ?? [])].filter((box) => box.matches("[data-select]"));

  const selectionChanged = (form) => {
    const all = boxes(form);
    const ticked = all.filter((box) => box.checked);
    const chosen = ticked.length;
    for (const head of document.querySelectorAll(`[data-select-all="${form}"]`)) {
      head.checked = chosen > 0 && chosen === all.length;
      head.indeterminate = chosen > 0 && chosen < all.length;
    }
    for (const bar of document.querySelectorAll(`[data-selection="${form}"]`)) {
      bar.hidden = chosen === 0;
      const count = bar.querySelector("[data-selection-count]");
      if (count) count.textContent = `${chosen} / ${all.length}`;
      // What can be done with some rows only is there when one of those is chosen.
      for (const act of bar.querySelectorAll("[data-needs]")) act.hidden = !ticked.some((box) => box.dataset[act.dataset.needs]);
    }
  };

  // Files: drop them anywhere in the box; their names appear below.
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
    on(type, "[data-file-drop]", (event, box) => {
      event.preventDefault();
      box.classList.toggle("is-over", type === "dragenter" || type === "dragover");
      if (type !== "drop") return;
      const input = box.querySelector("[type=file]");
      const files = new DataTransfer();
      const dropped = [...event.dataTransfer.files];
      for (const file of input.multiple ? dropped : dropped.slice(0, 1)) files.items.add(file);
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  on("change", "[data-file-drop] [type=file]", (event, input) => {
    const size = new Intl.NumberFormat(root.lang, { maximumFractionDigits: 1 });
    const names = [...input.files].slice(0, 20).map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} · ${size.format(file.size / 1024)} kB`;
      return line;
    });
    if (input.files.length > 20) {
      const more = document.createElement("li");
      more.textContent = `+ ${input.files.length - 20}`;
      names.push(more);
    }
    input.closest("[data-file-drop]").querySelector(".file-drop-list").replaceChildren(...names);
  });

  // Copy.
  on("click", "[data-copy]", async (event, button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.querySelector("[data-copied]");
    if (!label) return;
    const before = label.textContent;
    label.textContent = label.dataset.copied;
    setTimeout(() => (label.textContent = before), 2000);
  });

  // Messages: dismissed by hand; what htmx brings goes by itself, but not while it is read.
  on("click", "[data-dismiss]", (event, button) => button.closest("[data-toast]").remove());

  const fade = (toast) => {
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
    setTimeout(leave, 8000);
  };

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.target || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), 10_000);
  });
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  };
  addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[data-sent]").forEach(release));

  // Searchable selects: the select stays and holds the value, a text field in front of it finds the option.
  const searchable = (field) => {
    const select = field.querySelector("select");
    if (!select || field.querySelector(".combo")) return;
    const id = `${select.id}-list`;
    const combo = Object.assign(document.createElement("div"), { className: "combo" });
    const input = Object.assign(document.createElement("input"), { type: "text", autocomplete: "off", id: select.id });
    const list = Object.assign(document.createElement("ul"), { className: "combo-list", id, hidden: true });
    const given = { role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(given)) input.setAttribute(name, value);
    for (const name of ["aria-describedby", "aria-invalid", "required"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    list.setAttribute("role", "listbox");
    const label = field.querySelector("label");
    select.id += "-value";
    list.setAttribute("aria-label", label.textContent);
    combo.append(input, list);
    select.after(combo);
    select.hidden = true;

    const options = () => [...select.options];
    const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    const show = () => (input.value = select.selectedOptions[0]?.text ?? "");
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (item) => {
      for (const other of list.children) other.setAttribute("aria-selected", String(other === item));
      if (!item) return;
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    };
    const open = (words) => {
      const found = options().filter((option) => plain(option.text).includes(plain(words))).slice(0, 100);
      list.replaceChildren(
        ...found.map((option) => {
          const item = document.createElement("li");
          Object.assign(item, { id: `${id}-${option.index}`, textContent: option.text });
          item.setAttribute("role", "option");
          item.dataset.index = option.index;
          return item;
        }),
      );
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      mark([...list.children].find((item) => Number(item.dataset.index) === select.selectedIndex) ?? list.firstChild);
    };
    const choose = (item) => {
      if (item) {
        select.selectedIndex = Number(item.dataset.index);
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
      show();
      close();
    };
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => open(""));
    input.addEventListener("input", () => open(input.value));
    input.addEventListener("blur", () => { show(); close(); });
    input.addEventListener("keydown", (event) => {
      const items = [...list.children];
      const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) return open("");
        mark(items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length]);
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        choose(items[at]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        show();
        close();
      }
    });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(event.target.closest("li"));
    });
    show();
  };

  // What is new on the page: at first all of it, later what htmx brought.
  const enhance = (part) => {
    for (const field of part.querySelectorAll("[data-searchable]")) searchable(field);
    for (const box of part.querySelectorAll(".table-box[tabindex]")) {
      if (box.scrollWidth <= box.clientWidth) box.removeAttribute("tabindex");
    }
    for (const toast of part.querySelectorAll(".toasts > [data-toast]")) fade(toast);
    for (const head of part.querySelectorAll("[data-select-all]")) selectionChanged(head.dataset.selectAll);
  };
  enhance(document);
  if (document.activeElement === document.body) document.querySelector("[data-focus]")?.focus();

  // htmx: no polling while nobody looks, and nothing of a form after the form itself was sent.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const trigger = event.detail.requestConfig.triggeringEvent;
    if ((document.hidden && !trigger) || event.target.closest("form")?.dataset.sent) event.preventDefault();
  });
  // A form that is saved while one types waits with its buttons until what is on its way was answered: nothing is made
  // twice, and nothing comes after the last word.
  document.addEventListener(
    "submit",
    (event) => {
      const { target: form, submitter } = event;
      if (!form.matches('.htmx-request[hx-trigger^="input"]')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      form.addEventListener("htmx:afterRequest", () => form.requestSubmit(submitter), { once: true });
    },
    true,
  );
  // What a page asks by itself takes nothing away that somebody types into, nor a dialog that they have open, and leads
  // nobody away who has typed something.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { requestConfig, xhr } = event.detail;
    const leads = /^hx-re(direct|fresh):/im.test(xhr.getAllResponseHeaders());
    if (leads && !requestConfig.triggeringEvent && typed(document).length) event.preventDefault();
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.querySelector("dialog[open], :popover-open")) event.detail.shouldSwap = false;
  });
  // What had the focus is sought in what replaced it; if it is gone, the new part itself takes the focus.
  let lost = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    if (!requestConfig.triggeringEvent && typed(target).length) event.detail.shouldSwap = false;
    lost = target.contains(document.activeElement) ? document.activeElement : null;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!lost || document.activeElement !== document.body) return;
    const part = event.detail.elt;
    const twin = [...part.querySelectorAll(lost.tagName)].find((one) => one.outerHTML === lost.outerHTML);
    if (!twin) part.tabIndex = -1;
    (twin ?? part).focus({ preventScroll: true });
    lost = null;
  });
  // An answer that did not come, or was an error, is told in words, where they are seen: in the open dialog, else below.
  // What a page asks again by itself fails without a word.
  const tell = (event) => {
    const { elt, requestConfig, xhr } = event.detail;
    if (!requestConfig.triggeringEvent && elt.matches('[hx-trigger*="every"]')) return;
    const known = { 0: "unreached", 413: "large" };
    const what = known[xhr.status] ?? (xhr.status >= 500 ? "failed" : "refused");
    const trouble = document.getElementById("trouble");
    if (!trouble) return;
    for (const earlier of document.querySelectorAll("[data-trouble]")) earlier.remove();
    const toast = trouble.content.querySelector("[data-toast]").cloneNode(true);
    toast.dataset.trouble = what;
    toast.querySelector("p").textContent = trouble.dataset[what];
    (document.querySelector("dialog:modal") ?? document.getElementById("toasts")).prepend(toast);
    fade(toast);
  };
  for (const type of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(type, tell);
  document.addEventListener("htmx:load", (event) => {
    const part = event.detail.elt;
    if (part === document.body) return;
    enhance(part);
    if (part.matches?.("[data-toast]")) fade(part);
    const wanted = part.matches?.("[data-focus]") ? part : part.querySelector?.("[data-focus]");
    wanted?.focus();
  });

  // Tabs that do not fit are scrolled so that the current one is seen.
  for (const tab of document.querySelectorAll(":is(.tabs, .side-tabs, .portal-tabs) [aria-current]")) {
    const tabs = tab.parentElement;
    tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  }
})();
