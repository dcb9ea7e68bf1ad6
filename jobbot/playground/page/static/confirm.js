// A dialog that is open over everything else: the focus stays inside, Esc leaves it, and the focus goes back after.

import { el, freshId } from "./dom.js";
import { drawText, plainWords } from "./mrkdwn.js";

const FOCUSABLE = "button:not([disabled]), a[href], input:not([disabled]), select:not([disabled]), " +
  "textarea:not([disabled]), summary, [tabindex='0']";

/** Keep Tab within a dialog: a browser would go on to its own bars. */
export function keepFocusIn(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const all = [...dialog.querySelectorAll(FOCUSABLE)].filter((node) => node.offsetParent !== null);
    const [first, last] = [all[0], all.at(-1)];
    const isAtEdge = event.shiftKey ? document.activeElement === first || document.activeElement === dialog
      : document.activeElement === last;
    if (!isAtEdge || first === undefined) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  });
}

/** An element's `confirm` object, asked; promises whether the person went on. */
export function askFirst(confirm, scene) {
  const id = freshId("confirm");
  const go = el("button", { type: "button", class: `button ${confirm.style === "danger" ? "danger" : "primary"}` },
    plainWords(confirm.confirm));
  const stay = el("button", { type: "button", class: "button plain" }, plainWords(confirm.deny));
  const dialog = el("dialog", { class: "dialog small-dialog", "aria-labelledby": id },
    el("h2", { id }, plainWords(confirm.title)),
    el("div", { class: "dialog-body text" }, drawText(confirm.text, scene)),
    el("div", { class: "dialog-foot" }, stay, go));
  keepFocusIn(dialog);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    go.addEventListener("click", () => dialog.close("yes"));
    stay.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
