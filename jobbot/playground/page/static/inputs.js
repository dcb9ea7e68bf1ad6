// Input blocks: a label, a field, a hint, and the error that Slack or the bot says about it.

import { control, hasControl } from "./controls.js";
import { el, freshId } from "./dom.js";
import { plainWords } from "./mrkdwn.js";
import { unknown } from "./unknown.js";

/** An input block of a view. */
export function drawInput(block, scene) {
  if (!hasControl(block.element.type)) return unknown(block, "input");
  const made = control(block.element, scene);
  const id = freshId("input");
  made.field.id = id;
  if (!block.optional) made.field.setAttribute("aria-required", "true");
  if (made.field.matches(".checks")) made.field.setAttribute("aria-labelledby", `${id}-label`);
  const label = el("label", { for: id, id: `${id}-label` }, plainWords(block.label),
    block.optional ? el("span", { class: "small" }, " (optional)") : null);
  const hint = block.hint ? el("div", { class: "small", id: `${id}-hint` }, plainWords(block.hint)) : null;
  if (hint) made.field.setAttribute("aria-describedby", hint.id);
  scene.controls?.set(block.block_id, block.element.action_id, made);
  if (block.dispatch_action && scene.act) {
    made.field.addEventListener("change", () =>
      scene.act({ ...made.read(), action_id: block.element.action_id, block_id: block.block_id }, made.field));
  }
  return el("div", { class: "input" }, label, made.node, hint);
}

/** What Slack itself says about a field before it asks the bot; null when nothing is wrong. */
export function missing(block, controls) {
  if (block.type !== "input" || block.optional) return null;
  const state = controls.get(block.block_id, block.element.action_id)?.read();
  const { type: _, ...chosen } = state ?? {};
  const isEmpty = Object.values(chosen).every((value) => value === null || value?.length === 0);
  return isEmpty ? "Please complete this required field." : null;
}

/** Show errors by block under their fields, and take away those that stood there. The first field gets the focus. */
export function showErrors(form, errors) {
  for (const old of form.querySelectorAll(".error-words")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  let first = null;
  for (const block of form.querySelectorAll(".input.block")) {
    const words = errors[block.dataset.block];
    if (words === undefined) continue;
    const field = block.querySelector("input, textarea, .select, .checks");
    const said = el("div", { class: "error-words", role: "alert", id: freshId("error") }, words);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", said.id);
    block.append(said);
    first ??= field;
  }
  first?.focus();
}
