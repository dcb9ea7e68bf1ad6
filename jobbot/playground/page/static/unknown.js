// What this page does not know how to draw is said plainly, with its JSON to look at: nothing is lost without a sign.

import { el, icon } from "./dom.js";

/** A plain warning, with the JSON to look at. */
export function unknown(json, what) {
  return el("details", { class: "unknown block" },
    el("summary", {}, icon("warn"), `This page cannot draw the ${what} “${json?.type ?? "without a type"}”.`),
    el("pre", {}, JSON.stringify(json, null, 2)));
}
