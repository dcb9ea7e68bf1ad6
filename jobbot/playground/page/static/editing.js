// An own message that is being edited, as Slack does it: its words in a box, in the place where they stand.

import { el } from "./dom.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** A message's text as it was typed: names instead of ids, addresses without brackets. `scene` is that of mrkdwn.js. */
export function asTyped(text, scene) {
  return text.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (whole, target, words) => {
    if (target.startsWith("@")) return `@${scene.user(target.slice(1)) ?? words ?? target.slice(1)}`;
    if (target.startsWith("#")) return `#${words ?? scene.channel(target.slice(1)) ?? target.slice(1)}`;
    if (target.startsWith("!subteam^")) return `@${scene.usergroup(target.slice(9)) ?? words ?? target.slice(9)}`;
    return /^https?:/.test(target) ? target : whole;
  }).replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

/** The box with what was typed so far; Enter and "Save" save it, Esc and "Cancel" leave the message as it was. */
export function editor({ text, typed, save, cancel }) {
  const box = el("textarea", { class: "field-text editor-box", "aria-label": "Edit message", rows: "2", value: text });
  const said = el("div", { class: "failure", role: "alert", hidden: true });
  const submit = async () => {
    const words = box.value.trim();
    const problem = words === "" ? "A message needs words." : await save(words);
    said.hidden = problem === null;
    said.textContent = problem ?? "";
  };
  box.addEventListener("input", () => typed(box.value));
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") cancel();
    else if (event.key === "Enter" && !event.shiftKey) submit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return el("div", { class: "editor" }, box, said, el("div", { class: "editor-foot" },
    el("button", { type: "button", class: "button plain", on: { click: cancel } }, el("span", { class: "words" }, "Cancel")),
    el("button", { type: "button", class: "button primary", on: { click: submit } }, el("span", { class: "words" }, "Save"))));
}
