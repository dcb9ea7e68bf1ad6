// Block Kit as Slack draws it: one function a block. A block that is not known is shown as a warning with its JSON, so
// that nothing a bot sends is ever lost without a sign. `scene` is that of mrkdwn.js, and what elements.js adds to it.

import { el, fill, icon } from "./dom.js";
import { drawElement } from "./elements.js";
import { drawText, plainWords, drawMrkdwn } from "./mrkdwn.js";
import { drawRichText } from "./richtext.js";
import { drawTable } from "./table.js";
import { drawInput } from "./inputs.js";
import { unknown } from "./unknown.js";

const BLOCKS = {
  header: (block) => el("h3", { class: "header" }, plainWords(block.text)),
  divider: () => el("hr"),
  section: drawSection,
  context: (block, scene) => el("div", { class: "context" }, block.elements.map((part) => contextPart(part, scene))),
  actions: (block, scene) =>
    el("div", { class: "actions" }, block.elements.map((element) => drawElement(element, block, scene))),
  image: (block, scene) => el("figure", { class: "image" }, picture(block),
    block.title ? el("figcaption", {}, drawText(block.title, scene)) : null),
  input: drawInput,
  rich_text: drawRichText,
  table: drawTable,
  markdown: (block, scene) => el("div", { class: "text" }, drawMrkdwn(markdownAsMrkdwn(block.text), scene)),
  alert: (block, scene) =>
    el("div", { class: `alert ${block.level === "error" ? "error" : ""}`, role: "note" }, icon("warn"),
      el("div", { class: "text" }, drawText(block.text, scene))),
};

/** All blocks of a message or of a view, as nodes. */
export function drawBlocks(blocks, scene) {
  return blocks.map((block) => drawBlock(block, scene));
}

function drawBlock(block, scene) {
  const draw = Object.hasOwn(BLOCKS, block?.type) ? BLOCKS[block.type] : null;
  if (draw === null) return unknown(block, "block");
  try {
    const node = draw(block, scene);
    node.classList.add("block");
    if (typeof block.block_id === "string") node.dataset.block = block.block_id;
    return node;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return unknown(block, "block"); // it lacks something that its type must have
  }
}

function drawSection(block, scene) {
  const body = el("div", { class: "body" });
  if (block.text) {
    const text = el("div", { class: "text" }, drawText(block.text, scene));
    body.append(text, block.expand || !scene.folds ? "" : seeMore(text));
  }
  if (block.fields) {
    body.append(el("div", { class: "fields" },
      block.fields.map((field) => el("div", { class: "field text" }, drawText(field, scene)))));
  }
  const section = el("div", { class: "section" }, body);
  if (block.accessory) {
    section.append(el("div", { class: "accessory" }, drawElement(block.accessory, block, scene)));
  }
  return section;
}

const FOLDED_FROM = 700;

/** Slack folds a long section of a message that does not say `expand`: the button that shows all of it, or nothing. */
function seeMore(text) {
  if (text.textContent.length <= FOLDED_FROM) return "";
  text.classList.add("folded");
  return el("button", { type: "button", class: "see-more", on: { click: ({ currentTarget }) => {
    text.classList.remove("folded");
    currentTarget.remove();
  } } }, "See more");
}

function contextPart(part, scene) {
  if (part.type === "image") return picture(part);
  return el("div", { class: "text" }, drawText(part, scene));
}

/** The page loads nothing from elsewhere, so a picture is its description. */
function picture(image) {
  return el("span", { class: "picture", role: "img", "aria-label": image.alt_text ?? "" },
    `[picture: ${image.alt_text || "without a description"}]`);
}

/** Enough of Markdown for a `markdown` block: bold, headings and links in their mrkdwn form. */
function markdownAsMrkdwn(text) {
  return text
    .replace(/^#{1,6} +(.*)$/gm, "*$1*")
    .replace(/\*\*([^*\n]+)\*\*/g, "*$1*")
    .replace(/\[([^\]\n]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>");
}

/** Draw into a node what a message or a view shows: its blocks, or its text where it has none. */
export function drawContent(node, content, scene) {
  return fill(node, content.blocks?.length
    ? drawBlocks(content.blocks, scene)
    : el("div", { class: "text block" }, drawMrkdwn(content.text ?? "", scene)));
}
