// The list of a select, as Slack has it: what is typed narrows it, arrows move, Enter picks, Esc and Tab close. Where the
// bot supplies the options, what is typed is sent to it.

import { el, fill, freshId } from "./dom.js";
import { openPopup } from "./popup.js";

const SEARCH_MS = 200;

/**
 * Open a list of groups {words?, options: [{words, small?, value}]} under `button`; `pick(option)` is what was chosen.
 * With `several`, {has(value), toggle(option)}, any number of them is ticked until it is closed, which calls `closed`. With `search`, `search.ask(typed)` promises the groups as {groups}, or {words} for what went wrong, once `search.least`
 * characters are typed.
 */
export function openListbox(button, groups, { label, value, pick, several = null, search = null, closed = () => {} }) {
  const id = freshId("list");
  const list = el("div", { class: "listbox", role: "listbox", id, "aria-label": label,
    "aria-multiselectable": several === null ? null : "true",
    on: { pointerdown: (event) => event.preventDefault() } }); // the focus stays in the box
  const box = el("input", { type: "text", class: "field-text narrow", role: "combobox", "aria-controls": id, "aria-expanded": "true",
    "aria-autocomplete": "list", "aria-label": `Search: ${label}`, placeholder: "Search", autocomplete: "off", spellcheck: "false" });
  const state = el("div", { class: "small nothing", role: "status" });
  let close = null;
  let shown = [];
  let active = 0;
  let asked = 0;
  let timer = null;
  let note = null;
  let there = groups;

  const mark = (place) => {
    active = place;
    shown.forEach(({ node }, at) => node.setAttribute("aria-selected", String(at === active)));
    if (shown[active] === undefined) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", shown[active].node.id);
    shown[active].node.scrollIntoView({ block: "nearest" });
    return undefined;
  };
  const take = (option) => {
    if (several === null) {
      close();
      return pick(option);
    }
    several.toggle(option);
    return draw(active);
  };
  const draw = (place = null) => {
    const typed = box.value.trim().toLowerCase();
    const has = ({ words, small }) => search !== null || `${words} ${small ?? ""}`.toLowerCase().includes(typed);
    shown = [];
    const drawn = there.map((group) => {
      const options = group.options.filter(has).map((option) => {
        const node = el("div", { class: "option", role: "option", id: freshId("option"),
          "aria-checked": several === null ? null : String(several.has(option.value)),
          on: { click: () => take(option), pointermove: () => { if (shown[active]?.node !== node) mark(shown.findIndex((one) => one.node === node)); } } },
          option.words, option.small ? el("span", { class: "small" }, option.small) : null);
        shown.push({ node, option });
        return node;
      });
      if (!group.words || options.length === 0) return options;
      return el("div", { role: "group", "aria-label": group.words }, el("div", { class: "group-words", "aria-hidden": "true" }, group.words), options);
    });
    fill(list, drawn, shown.length === 0 && note === null ? el("div", { class: "small nothing" }, "No results") : null);
    fill(state, note);
    mark(place ?? Math.max(0, shown.findIndex(({ option }) => option.value === value)));
  };
  /** Ask the bot; an answer that another question has overtaken is not shown. */
  const ask = async () => {
    const typed = box.value.trim();
    const number = (asked += 1);
    const say = (words, groups_ = []) => { [note, there] = [words, groups_]; draw(); };
    if (typed.length < search.least) {
      return say(`Type ${search.least} or more characters to search`);
    }
    say("Searching …");
    const { groups: found, words } = await search.ask(typed);
    if (number === asked) say(words ?? null, found ?? []);
    return undefined;
  };
  box.addEventListener("input", () => {
    if (search === null) {
      draw();
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(ask, SEARCH_MS);
  });
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
  if (search === null) draw();
  close = openPopup(button, el("div", { class: "menu choices" }, box, list, state), { closed: () => { asked += 1; clearTimeout(timer); button.removeAttribute("aria-controls"); closed(); } });
  button.setAttribute("aria-controls", id);
  box.focus();
  if (search !== null) ask();
}
