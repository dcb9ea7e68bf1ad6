// The list of a select, as Slack has it: what is typed narrows it, arrows move, Enter picks, Esc and Tab close.

import { el, fill, freshId } from "./dom.js";
import { openPopup } from "./popup.js";

/** Open a list of groups {words?, options: [{words, small?, value}]} under `button`; `pick(option)` is what was chosen. */
export function openListbox(button, groups, { label, value, pick }) {
  const id = freshId("list");
  const list = el("div", { class: "listbox", role: "listbox", id, "aria-label": label });
  const box = el("input", { type: "text", class: "field-text narrow", role: "combobox", "aria-controls": id, "aria-expanded": "true",
    "aria-autocomplete": "list", "aria-label": `Search: ${label}`, placeholder: "Search", autocomplete: "off", spellcheck: "false" });
  let close = null;
  let shown = [];
  let active = 0;

  const mark = (place) => {
    active = place;
    shown.forEach(({ node }, at) => node.setAttribute("aria-selected", String(at === active)));
    if (shown[active] === undefined) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", shown[active].node.id);
    shown[active].node.scrollIntoView({ block: "nearest" });
    return undefined;
  };
  const take = (option) => { close(); pick(option); };
  const draw = () => {
    const typed = box.value.trim().toLowerCase();
    const has = ({ words, small }) => `${words} ${small ?? ""}`.toLowerCase().includes(typed);
    shown = [];
    const drawn = groups.map((group) => {
      const options = group.options.filter(has).map((option) => {
        const node = el("div", { class: "option", role: "option", id: freshId("option"),
          on: { click: () => take(option), pointermove: () => { if (shown[active]?.node !== node) mark(shown.findIndex((one) => one.node === node)); } } },
          option.words, option.small ? el("span", { class: "small" }, option.small) : null);
        shown.push({ node, option });
        return node;
      });
      if (!group.words || options.length === 0) return options;
      return el("div", { role: "group", "aria-label": group.words }, el("div", { class: "group-words", "aria-hidden": "true" }, group.words), options);
    });
    fill(list, drawn, shown.length === 0 ? el("div", { class: "small nothing" }, "No results") : null);
    mark(Math.max(0, shown.findIndex(({ option }) => option.value === value)));
  };
  box.addEventListener("input", draw);
  box.addEventListener("keydown", (event) => {
    const last = shown.length - 1;
    const moves = { ArrowDown: active === last ? 0 : active + 1, ArrowUp: active === 0 ? last : active - 1 };
    if (event.key in moves) mark(moves[event.key]);
    else if (event.key === "Enter") { if (shown[active]) take(shown[active].option); }
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  draw();
  close = openPopup(button, el("div", { class: "menu choices" }, box, list), { closed: () => button.removeAttribute("aria-controls") });
  button.setAttribute("aria-controls", id);
  box.focus();
}
