// Radio buttons and checkboxes: a group of native inputs, each with its words and its small print.

import { el, freshId } from "./dom.js";
import { drawText } from "./mrkdwn.js";

/** A group of either kind. */
export function checks(element, scene) {
  const isRadio = element.type === "radio_buttons";
  const name = freshId("group");
  const inputs = element.options.map((option) => el("input", { type: isRadio ? "radio" : "checkbox", name, value: option.value }));
  const rows = element.options.map((option, place) => el("label", { class: "check" }, inputs[place],
    el("span", {}, el("span", {}, drawText(option.text, scene)),
      option.description ? el("span", { class: "small" }, drawText(option.description, scene)) : null)));
  const group = el("div", { class: "checks", role: isRadio ? "radiogroup" : "group" }, rows);
  const show = (options) => {
    const values = new Set(options.map((option) => option?.value));
    for (const input of inputs) input.checked = values.has(input.value);
  };
  show(isRadio ? [element.initial_option] : element.initial_options ?? []);
  const chosen = () => element.options.filter((_, place) => inputs[place].checked);
  return {
    node: group,
    field: group,
    read: () => (isRadio ? { type: element.type, selected_option: chosen()[0] ?? null }
      : { type: element.type, selected_options: chosen() }),
    write: (state) => show(isRadio ? [state.selected_option] : state.selected_options),
  };
}
