// A small menu under a button: arrows move, Enter picks, Esc and Tab close, the focus goes back to the button.

import { el } from "./dom.js";

/** Open a menu of {words, pick} under `button`. */
export function openMenu(button, entries) {
  const items = entries.map((entry) => el("button", { type: "button", role: "menuitem", tabindex: "-1" }, entry.words));
  const menu = el("div", { class: "menu", role: "menu" }, items);
  const close = (returns = true) => {
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (returns) button.focus();
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(false); };
  items.forEach((item, place) => item.addEventListener("click", () => { close(); entries[place].pick(); }));
  menu.addEventListener("keydown", (event) => {
    const place = items.indexOf(document.activeElement);
    const steps = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: items.length - 1 };
    if (event.key in steps) {
      event.preventDefault();
      items.at(steps[event.key] % items.length).focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  document.addEventListener("pointerdown", outside, true);
  button.setAttribute("aria-expanded", "true");
  button.after(menu);
  items[0]?.focus();
}
