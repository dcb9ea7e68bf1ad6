// Interactive elements of messages, and of views outside of input blocks: buttons, overflow menus, selects, pickers.
// What is chosen goes to `scene.act(action)`, which promises the end of the bot's acknowledgement: resolved with null,
// or with Slack's words for what went wrong. Until then the control shows that it waits.

import { askFirst } from "./confirm.js";
import { el, icon, safeUrl, spinner } from "./dom.js";
import { control, hasControl } from "./controls.js";
import { openMenu } from "./menu.js";
import { plainWords } from "./mrkdwn.js";
import { unknown } from "./unknown.js";

/** One element of a block. */
export function drawElement(element, block, scene) {
  if (element.type === "button") return drawButton(element, block, scene);
  if (element.type === "overflow") return drawOverflow(element, block, scene);
  if (element.type === "image") {
    return el("span", { class: "picture", role: "img", "aria-label": element.alt_text }, `[picture: ${element.alt_text}]`);
  }
  if (!hasControl(element.type)) return unknown(element, "element");
  const made = control(element, scene, block);
  scene.controls?.set(block.block_id, element.action_id, made);
  made.node.classList.add("element");
  Object.assign(made.field.dataset, { action: element.action_id ?? "", block: block.block_id ?? "" });
  made.field.setAttribute("aria-label", plainWords(element.placeholder) || element.type);
  made.field.addEventListener("change", () => send(made.field, element, block, scene, made.read()));
  return made.node;
}

function drawButton(element, block, scene) {
  const style = ["primary", "danger"].includes(element.style) ? element.style : "plain";
  const button = el("button", {
    type: "button", class: `button ${style}`, "aria-label": element.accessibility_label,
    data: { action: element.action_id ?? "", value: element.value ?? "", block: block.block_id ?? "" },
  }, el("span", { class: "words" }, plainWords(element.text)));
  button.addEventListener("click", () => {
    openUrl(element.url);
    const chosen = element.value === undefined ? {} : { value: element.value };
    send(button, element, block, scene, { type: "button", text: element.text, ...chosen });
  });
  return button;
}

function openUrl(url) {
  const safe = url ? safeUrl(url) : null;
  if (safe !== null) window.open(safe, "_blank", "noopener,noreferrer");
}

function drawOverflow(element, block, scene) {
  const button = el("button", {
    type: "button", class: "button plain overflow", "aria-haspopup": "menu", "aria-expanded": "false",
    "aria-label": "More actions",
    data: { action: element.action_id ?? "", block: block.block_id ?? "" },
  }, icon("dots"));
  button.addEventListener("click", () =>
    openMenu(button, element.options.map((option) => ({
      words: plainWords(option.text),
      small: option.description && plainWords(option.description),
      pick: () => {
        openUrl(option.url);
        send(button, element, block, scene, { type: "overflow", selected_option: option });
      },
    }))));
  return button;
}

async function send(node, element, block, scene, chosen) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (element.confirm && !(await askFirst(element.confirm, scene))) return;
  const action = { ...chosen, action_id: element.action_id, block_id: block.block_id };
  setFailure(node, null);
  const waiting = startWaiting(node);
  let words;
  try {
    words = await scene.act(action, node);
  } finally {
    waiting();
  }
  if (words !== null) setFailure(node, words);
}

/** Shows that the bot was asked; the answer, called, ends that. The control stays where it is and keeps the focus. */
export function startWaiting(node) {
  node.setAttribute("aria-busy", "true");
  node.classList.add("waiting");
  const sign = spinner("Waiting for jobbot");
  if (node.matches("button")) node.append(sign);
  return () => {
    node.removeAttribute("aria-busy");
    node.classList.remove("waiting");
    sign.remove();
  };
}

/** Says under a control's row what Slack says when the bot did not answer it; null takes it away. */
export function setFailure(node, words) {
  const row = node.closest(".block") ?? node;
  const warning = node.closest(".message")?.querySelector(".warning");
  row.querySelector(":scope > .failure")?.remove();
  if (words === null) warning?.remove();
  node.classList.toggle("failed", words !== null);
  // A message whose warning is drawn with it already says what happened.
  if (words === null || (warning ?? null) !== null) return;
  row.append(el("div", { class: "failure", role: "alert" }, icon("warn"), words));
}
