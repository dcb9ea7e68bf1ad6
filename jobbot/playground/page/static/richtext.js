// rich_text: what Slack makes of a message that a person typed with formatting, and what tables may hold in their cells.

import { el, link } from "./dom.js";
import { formatDate } from "./dates.js";
import { emoji } from "./emoji.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"]];

const PARTS = {
  text: (part) => part.text,
  link: (part) => link(part.url, part.text ?? part.url),
  emoji: (part) => emoji(part.name) ?? `:${part.name}:`,
  user: (part, scene) => mention(`@${scene.user(part.user_id) ?? part.user_id}`),
  channel: (part, scene) => mention(`#${scene.channel(part.channel_id) ?? part.channel_id}`),
  usergroup: (part, scene) => mention(`@${scene.usergroup(part.usergroup_id) ?? part.usergroup_id}`),
  broadcast: (part) => mention(`@${part.range}`),
  date: (part, scene) => formatDate(String(part.timestamp), part.format, scene.reader) ?? part.fallback ?? "",
};

const mention = (words) => el("span", { class: "mention" }, words);

function drawPart(part, scene) {
  const drawn = Object.hasOwn(PARTS, part.type) ? PARTS[part.type](part, scene) : `[${part.type}]`;
  return STYLES.reduce((inner, [style, tag]) => (part.style?.[style] ? el(tag, {}, inner) : inner), drawn);
}

const drawParts = (elements, scene) => elements.map((part) => drawPart(part, scene));

const ELEMENTS = {
  rich_text_section: (element, scene) => el("div", { class: "line rich" }, drawParts(element.elements, scene)),
  rich_text_preformatted: (element, scene) => el("pre", {}, drawParts(element.elements, scene)),
  rich_text_quote: (element, scene) => el("blockquote", { class: "rich" }, drawParts(element.elements, scene)),
  rich_text_list: (element, scene) => {
    const items = element.elements.map((item) => el("li", {}, drawParts(item.elements, scene)));
    return el(element.style === "ordered" ? "ol" : "ul", { class: `level-${element.indent ?? 0}` }, items);
  },
};

/** A rich_text block. */
export function drawRichText(block, scene) {
  return el("div", { class: "text" }, block.elements.map((element) => ELEMENTS[element.type](element, scene)));
}
