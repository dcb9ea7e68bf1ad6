// Selects: one of many, or several of many, from fixed options or from the people and channels of the workspace.

import { el, icon } from "./dom.js";
import { openListbox } from "./listbox.js";
import { plainWords } from "./mrkdwn.js";

const KINDS = [
  ["users_select", "user"], ["channels_select", "channel"], ["conversations_select", "conversation"],
];

/** Options as Slack has them, in groups: {words, value, chosen}; `chosen` is what the state says once one is picked. */
const drawable = (groups) => groups.map((group) => ({
  words: group.label && plainWords(group.label),
  options: group.options.map((option) => ({ words: plainWords(option.text), value: option.value, chosen: option,
    small: option.description && plainWords(option.description) })),
}));

/** Whether a menu with this filter offers a channel. */
function passes({ include, exclude_external_shared_channels: isOwn } = {}, { kind }) {
  return (include === undefined || include.includes(kind === "private" ? "private" : "public")) && !(isOwn && kind === "shared");
}

/** The options of an element that are known before anything is typed. */
function optionsOf(element, scene) {
  const kind = KINDS.find(([suffix]) => element.type.endsWith(suffix))?.[1];
  if (kind === undefined) {
    const initial = [element.initial_option, ...(element.initial_options ?? [])].filter((option) => option !== undefined);
    return { key: "option", groups: drawable(element.option_groups ?? [{ options: element.options ?? initial }]) };
  }
  const named = kind === "user" ? scene.people().map(({ id, name }) => ({ id, words: name }))
    : scene.channels().filter((channel) => passes(element.filter, channel)).map(({ id, name }) => ({ id, words: `#${name}` }));
  return { key: kind, groups: [{ options: named.map(({ id, words }) => ({ words, value: id, chosen: id })) }] };
}

const valueOf = (chosen) => (typeof chosen === "string" ? chosen : chosen?.value ?? "");

/** What a menu asks for the options of the bot's, null where it has its own; what came is added to `all` that are known. */
function searchOf(element, scene, block, all) {
  if (!element.type.endsWith("external_select")) return null;
  return { least: element.min_query_length ?? 3, ask: async (typed) => {
    const answer = await scene.search(typed, { type: element.type, action_id: element.action_id, block_id: block.block_id });
    const found = answer.ok ? drawable(answer.groups) : [];
    all.push(...found.flatMap((group) => group.options));
    return answer.ok ? { groups: found } : answer;
  } };
}

/** The button of a select that says what is chosen, or `placeholder`, and opens a list with `open(label)`. */
function opener(placeholder, open) {
  const words = el("span", { class: "words" });
  const field = el("button", { type: "button", class: "select", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false" },
    words, icon("down"));
  field.addEventListener("click", () => {
    if (field.getAttribute("aria-busy") === "true" || field.getAttribute("aria-expanded") === "true") return;
    open(field.getAttribute("aria-label") ?? field.labels?.[0]?.firstChild?.textContent ?? placeholder);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    field.click();
  });
  const say = (said) => {
    words.textContent = said || placeholder;
    field.classList.toggle("unchosen", !said);
  };
  return { field, say };
}

/** One of many. Choosing the same again is no change. */
export function select(element, scene, block) {
  const { key, groups } = optionsOf(element, scene);
  const all = groups.flatMap((group) => group.options);
  const search = searchOf(element, scene, block, all);
  const stateKey = `selected_${key}`;
  let chosen = null;
  const { field, say } = opener(plainWords(element.placeholder) || "Choose an option", (label) =>
    openListbox(field, groups, { label, value: chosen?.value, search, pick: (option) => {
      if (option.value === chosen?.value) return;
      show(option.value);
      field.dispatchEvent(new Event("change"));
    } }));
  const show = (value) => {
    chosen = all.findLast((option) => option.value === value) ?? null;
    say(chosen?.words);
  };
  show(valueOf(element[`initial_${key}`]));
  return {
    node: field,
    field,
    read: () => ({ type: element.type, [stateKey]: chosen?.chosen ?? null }),
    write: (state) => {
      if (search !== null && state[stateKey]) all.push(...drawable([{ options: [state[stateKey]] }])[0].options);
      show(valueOf(state[stateKey]));
    },
  };
}

/** Several of many: the list stays open while they are ticked, and what was chosen is told once it is closed. */
export function multiple(element, scene, block) {
  const { key, groups } = optionsOf(element, scene);
  const all = groups.flatMap((group) => group.options);
  const search = searchOf(element, scene, block, all);
  const stateKey = `selected_${key}s`;
  let chosen = new Map();
  const { field, say } = opener(plainWords(element.placeholder) || "Choose options", (label) => {
    const before = [...chosen.keys()].join();
    openListbox(field, groups, { label, search,
      several: { has: (value) => chosen.has(value), toggle },
      closed: () => { if ([...chosen.keys()].join() !== before) field.dispatchEvent(new Event("change")); } });
  });
  const draw = () => say([...chosen.values()].map((option) => option.words).join(", "));
  const toggle = (option) => {
    const most = element.max_selected_items ?? Infinity;
    if (!chosen.delete(option.value) && chosen.size < most) chosen.set(option.value, option);
    draw();
  };
  const show = (values) => {
    chosen = new Map(values.map((value) => [value, all.findLast((option) => option.value === value)]).filter(([, option]) => option));
    draw();
  };
  show((element[`initial_${key}s`] ?? []).map(valueOf));
  return {
    node: field,
    field,
    read: () => ({ type: element.type, [stateKey]: [...chosen.values()].map((option) => option.chosen) }),
    write: (state) => {
      const held = state[stateKey] ?? [];
      if (search !== null) all.push(...drawable([{ options: held }])[0].options);
      show(held.map(valueOf));
    },
  };
}
