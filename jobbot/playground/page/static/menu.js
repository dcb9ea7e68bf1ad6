// The menu of an overflow button: arrows move, Enter picks, Esc and Tab close, the focus goes back to the button.

import { el } from "./dom.js";
import { openPopup } from "./popup.js";

/** Open a menu of {words, small, pick} under `button`, in line with its right edge unless `alignRight` is false. */
export function openMenu(button, entries, { alignRight = true } = {}) {
  const items = entries.map((entry) => el("button", { type: "button", role: "menuitem", tabindex: "-1" }, entry.words,
    entry.small ? el("span", { class: "small" }, entry.small) : null));
  const menu = el("div", { class: "menu", role: "menu", "aria-label": button.getAttribute("aria-label") }, items);
  const close = openPopup(button, menu, { alignRight });
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
  items[0]?.focus();
}
