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

function drawOptions(groups) {
  return groups.map((group) => {
    const options = group.options.map((option) => el("option", { value: option.value }, option.words));
    return group.words ? el("optgroup", { label: group.words }, options) : options;
  });
}

const valueOf = (chosen) => (typeof chosen === "string" ? chosen : chosen?.value ?? "");

/** One of many: a button that says what is chosen and opens the list. Choosing the same again is no change. */
export function select(element, scene, block) {
  const { key, groups } = optionsOf(element, scene);
  const all = groups.flatMap((group) => group.options);
  const placeholder = plainWords(element.placeholder) || "Choose an option";
  const words = el("span", { class: "words" });
  const field = el("button", { type: "button", class: "select", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false" },
    words, icon("down"));
  const stateKey = `selected_${key}`;
  let chosen = null;
  const show = (value) => {
    chosen = all.findLast((option) => option.value === value) ?? null;
    words.textContent = chosen?.words ?? placeholder;
    field.classList.toggle("unchosen", chosen === null);
  };
  // What the bot supplied stays known: its words are shown for what is chosen.
  const search = element.type !== "external_select" ? null : { least: element.min_query_length ?? 3, ask: async (typed) => {
    const answer = await scene.search(typed, { type: element.type, action_id: element.action_id, block_id: block.block_id });
    const found = answer.ok ? drawable(answer.groups) : [];
    all.push(...found.flatMap((group) => group.options));
    return answer.ok ? { groups: found } : answer;
  } };
  field.addEventListener("click", () => {
    if (field.getAttribute("aria-busy") === "true" || field.getAttribute("aria-expanded") === "true") return;
    openListbox(field, groups, { label: field.getAttribute("aria-label") ?? placeholder, value: chosen?.value, search, pick: (option) => {
      if (option.value === chosen?.value) return;
      show(option.value);
      field.dispatchEvent(new Event("change"));
    } });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    field.click();
  });
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

/** Several of many. */
export function multiple(element, scene) {
  const { key, groups } = optionsOf(element, scene);
  const all = groups.flatMap((group) => group.options);
  const field = el("select", { class: "select several", multiple: true, size: "4" }, drawOptions(groups));
  const stateKey = `selected_${key}s`;
  const show = (chosen) => {
    const values = new Set((chosen ?? []).map(valueOf));
    for (const option of field.options) option.selected = values.has(option.value);
  };
  show(element[`initial_${key}s`]);
  return {
    node: field,
    field,
    read: () => {
      const values = new Set([...field.selectedOptions].map((option) => option.value));
      return { type: element.type, [stateKey]: all.filter((option) => values.has(option.value)).map(({ chosen }) => chosen) };
    },
    write: (state) => show(state[stateKey]),
  };
}
