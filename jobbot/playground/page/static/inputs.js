// Input blocks: a label, a field, a hint, and the error that Slack or the bot says about it.

import { control, hasControl } from "./controls.js";
import { el, freshId } from "./dom.js";
import { plainWords } from "./mrkdwn.js";
import { unknown } from "./unknown.js";

/** An input block of a view. */
export function drawInput(block, scene) {
  if (!hasControl(block.element.type)) return unknown(block, "input");
  const made = control(block.element, scene, block);
  const id = freshId("input");
  made.field.id = id;
  const isGroup = made.field.matches(".checks");
  if (!block.optional && made.field.getAttribute("role") !== "group") made.field.setAttribute("aria-required", "true");
  if (isGroup) made.field.setAttribute("aria-labelledby", `${id}-label`);
  const label = el(isGroup ? "div" : "label", { class: "label", for: isGroup ? null : id, id: `${id}-label` }, plainWords(block.label),
    block.optional ? el("span", { class: "small" }, " (optional)") : null);
  const hint = block.hint ? el("div", { class: "small", id: `${id}-hint` }, plainWords(block.hint)) : null;
  if (hint) made.field.dataset.hint = hint.id;
  describe(made.field, []);
  scene.controls?.set(block.block_id, block.element.action_id, made);
  if (block.dispatch_action && scene.act) {
    made.field.addEventListener("change", () =>
      scene.act({ ...made.read(), action_id: block.element.action_id, block_id: block.block_id }, made.field));
  }
  return el("div", { class: "input" }, label, made.node, hint);
}

/** What Slack itself says about a field before it asks the bot; null when nothing is wrong. */
export function whatIsWrong(block, controls) {
  if (block.type !== "input") return null;
  const state = controls.get(block.block_id, block.element.action_id)?.read();
  const { type: _, ...chosen } = state ?? {};
  const isEmpty = Object.values(chosen).every((value) => value === null || value?.length === 0);
  if (isEmpty) return block.optional ? null : "Please complete this required field.";
  return block.element.type === "number_input" ? wrongWithNumber(block.element, chosen.value) : null;
}

function wrongWithNumber({ is_decimal_allowed: takesDecimals, min_value: least, max_value: most }, typed) {
  if (!/^-?[0-9]+(\.[0-9]+)?$/.test(typed)) return "Please enter a number.";
  if (!takesDecimals && typed.includes(".")) return "Please enter a whole number.";
  if (least !== undefined && Number(typed) < Number(least)) return `Please enter a number that is ${least} or more.`;
  if (most !== undefined && Number(typed) > Number(most)) return `Please enter a number that is ${most} or less.`;
  return null;
}

/** Show errors by block under their fields, and take away those that stood there. The first field gets the focus. */
export function showErrors(form, errors) {
  for (const old of form.querySelectorAll(".error-words")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    describe(field, []);
  }
  let first = null;
  for (const block of form.querySelectorAll(".input.block")) {
    const words = errors[block.dataset.block];
    if (words === undefined) continue;
    const said = el("div", { class: "error-words", role: "alert", id: freshId("error") }, words);
    // Of check boxes each: a group can be neither invalid nor focused.
    for (const field of block.querySelectorAll("input, textarea, .select")) {
      field.setAttribute("aria-invalid", "true");
      describe(field, [said.id]);
      first ??= field;
    }
    block.append(said);
  }
  first?.focus();
}

/** What a screen reader says after a field's name: its hint, and what is wrong with it. */
function describe(field, more) {
  const all = [field.dataset.hint, ...more].filter((id) => id !== undefined);
  if (all.length > 0) field.setAttribute("aria-describedby", all.join(" "));
  else field.removeAttribute("aria-describedby");
}
