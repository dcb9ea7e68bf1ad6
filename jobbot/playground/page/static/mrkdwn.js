// Slack's mrkdwn, drawn as nodes: emphasis, code, quotes, lists, links, mentions, dates, emoji, escaped entities.
// The rules are those of docs.slack.dev/messaging/formatting-message-text; a `scene` says who and where names belong to:
// {user(id), channel(id), usergroup(id), me, reader: {zone, now()}}.

import { el, link, safeUrl } from "./dom.js";
import { formatDate } from "./dates.js";
import { emoji } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** Slack escapes exactly three characters; once undone, the text is text. */
export const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

/** A whole mrkdwn text. */
export function drawMrkdwn(text, scene) {
  const nodes = [];
  text.split(/```/).forEach((part, place, all) => {
    const isFenced = place % 2 === 1 && place < all.length - 1;
    if (isFenced) nodes.push(el("pre", {}, codeText(part.replace(/^\n|\n$/g, ""))));
    else drawLines(place % 2 === 1 ? `\`\`\`${part}` : part, scene, nodes, place > 0);
  });
  return nodes;
}

function drawLines(text, scene, nodes, followsFence) {
  const lines = text.split("\n");
  if (followsFence && lines[0].trim() === "") lines.shift();
  let quote = null;
  lines.forEach((line, place) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (quote === null) nodes.push((quote = el("blockquote")));
      quote.append(el("div", { class: "line" }, drawInline(quoted[1], scene)));
      return;
    }
    quote = null;
    if (line === "" && place === lines.length - 1) return;
    const item = /^(\s*)((?:•|◦|▪|-|\d{1,2}\.) )(.*)$/.exec(line);
    nodes.push(item
      ? el("div", { class: "line item" }, el("span", { class: "mark" }, item[2]), el("span", {}, drawInline(item[3], scene)))
      : el("div", { class: "line" }, line === "" ? "\u00a0" : drawInline(line, scene)));
  });
}

const WORD = /[\p{L}\p{N}]/u;
const MARKS = { "*": "strong", _: "em", "~": "s" };
const TOKEN = /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]+):|(https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"*_~])|[*_~]/g;

/** One line without its block marks. */
export function drawInline(text, scene) {
  const nodes = [];
  let done = 0;
  const upTo = (end) => { if (end > done) nodes.push(unescape(text.slice(done, end))); };
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const drawn = drawToken(text, found, scene);
    if (drawn === null) {
      // A mark that opens nothing, or no emoji's name: text. A colon may open the next name.
      TOKEN.lastIndex = found.index + (found[3] === undefined ? found[0].length : found[0].length - 1);
    } else {
      upTo(found.index);
      nodes.push(...drawn.nodes);
      done = TOKEN.lastIndex = found.index + drawn.length;
    }
  }
  upTo(text.length);
  return nodes;
}

function drawToken(text, found, scene) {
  const [whole, code, angle, name, url] = found;
  const all = (...nodes) => ({ nodes, length: whole.length });
  if (code !== undefined) return all(el("code", {}, codeText(code)));
  if (angle !== undefined) return all(...drawAngle(angle, scene));
  if (name !== undefined) {
    const sign = emoji(name);
    return sign === null ? null : all(el("span", { class: "emoji", role: "img", "aria-label": name }, sign));
  }
  if (url !== undefined) return scene.verbatim ? null : all(link(unescape(url), unescape(url)));
  const end = closing(text, found.index, whole);
  if (end === null) return null;
  const saved = TOKEN.lastIndex;
  const inner = drawInline(text.slice(found.index + 1, end), scene);
  TOKEN.lastIndex = saved;
  return { nodes: [el(MARKS[whole], {}, inner)], length: end + 1 - found.index };
}

/** Where the emphasis that opens at `start` closes; null when it does not. Code and angles are skipped whole. */
function closing(text, start, mark) {
  const before = text[start - 1], after = text[start + 1];
  if ((before !== undefined && (WORD.test(before) || before === mark)) || after === undefined || /[\s]/.test(after) ||
    after === mark) return null;
  for (let place = start + 1; place < text.length; place += 1) {
    if (text[place] === "`" || text[place] === "<") {
      const end = text.indexOf(text[place] === "<" ? ">" : "`", place + 1);
      if (end !== -1) place = end;
    } else if (text[place] === mark && !/\s/.test(text[place - 1]) &&
      (text[place + 1] === undefined || !(WORD.test(text[place + 1]) || text[place + 1] === mark))) {
      return place;
    }
  }
  return null;
}

/** Inside code nothing is emphasised, but a link or a mention that Slack wrapped in angles is shown as its words. */
function codeText(text) {
  return unescape(text.replace(/<((?:https?:|mailto:|[@#!])[^<>\n|]*)(?:\|([^<>\n]*))?>/g, (_, target, words) => words ?? target));
}

function drawAngle(inner, scene) {
  const bar = inner.indexOf("|");
  const target = bar === -1 ? inner : inner.slice(0, bar);
  const words = bar === -1 ? null : unescape(inner.slice(bar + 1));
  if (target.startsWith("@")) return [mention(`@${scene.user(target.slice(1)) ?? words ?? target.slice(1)}`,
    target.slice(1) === scene.me)];
  if (target.startsWith("#")) return [mention(`#${scene.channel(target.slice(1)) ?? words ?? "private channel"}`)];
  if (target.startsWith("!")) return drawCommand(target.slice(1), words, scene);
  if (safeUrl(target) === null) return [`<${unescape(inner)}>`];
  return [link(unescape(target), words ?? unescape(target).replace(/^mailto:/, ""))];
}

function drawCommand(command, words, scene) {
  if (["here", "channel", "everyone"].includes(command)) return [mention(`@${command}`, true)];
  if (command.startsWith("subteam^")) {
    return [mention(words ?? `@${scene.usergroup(command.slice(8)) ?? command.slice(8)}`)];
  }
  if (command.startsWith("date^")) {
    const [, epoch, pattern, href] = command.split("^");
    const said = pattern === undefined ? null : formatDate(epoch, unescape(pattern), scene.reader);
    if (said === null) return [words ?? `<!${command}>`];
    const time = el("time", { datetime: new Date(epoch * 1000).toISOString(), title: words }, said);
    return [href === undefined ? time : link(unescape(href), time)];
  }
  return [`<${words ?? command}>`];
}

function mention(words, isMine = false) {
  return el("span", { class: isMine ? "mention mine" : "mention" }, words);
}

/** A text object: mrkdwn, or plain text in which only emoji names mean anything. */
export function drawText(text, scene) {
  // `verbatim`: only what is written as a link is one.
  if (text?.type === "mrkdwn") return drawMrkdwn(String(text.text ?? ""), text.verbatim ? { ...scene, verbatim: true } : scene);
  return plainNodes(text);
}

/** The words of a plain_text object, emoji drawn unless it says otherwise. */
export function plainWords(text) {
  const words = String(text?.text ?? "");
  return text?.emoji === false ? words : words.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => emoji(name) ?? whole);
}

const plainNodes = (text) => plainWords(text).split("\n").map((line) => el("div", { class: "line" }, line || "\u00a0"));
