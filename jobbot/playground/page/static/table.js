// The table block: rows of cells, the first of which heads its columns.

import { el } from "./dom.js";
import { drawRichText } from "./richtext.js";

/** A table that scrolls sideways where the page is narrow. */
export function drawTable(block, scene) {
  const [head, ...rows] = block.rows;
  const cell = (tag) => (content, column) => {
    const settings = block.column_settings?.[column] ?? {};
    const align = ["center", "right"].includes(settings?.align) ? settings.align : "left";
    const scope = tag === "th" ? { scope: "col" } : {};
    return el(tag, { ...scope, class: `${align}${settings?.is_wrapped ? " wraps" : ""}` }, drawCell(content, scene));
  };
  return el("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", {},
      el("thead", {}, el("tr", {}, head.map(cell("th")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td")))))));
}

function drawCell(content, scene) {
  if (content.type === "rich_text") return drawRichText(content, scene);
  return String(content.text ?? "");
}
