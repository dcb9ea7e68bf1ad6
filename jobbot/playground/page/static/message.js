// One message of a list: who, when, for whom, its content, its thread.

import { drawBlocks, drawContent } from "./blocks.js";
import { clock, fullWords } from "./dates.js";
import { el, icon } from "./dom.js";
import { asTyped, editor } from "./editing.js";
import { openMenu } from "./menu.js";
import { drawMrkdwn } from "./mrkdwn.js";

const msOf = (message) => Number(message.ts) * 1000;

/** A person's or the bot's picture: initials on their colour. */
export function avatar(person, size = "") {
  if (person?.isBot) return el("img", { class: `avatar ${size}`, src: "jobbot.svg", alt: "" });
  return el("span", { class: `avatar ${size} hue-${person?.hue ?? 0}`, "aria-hidden": "true" }, (person?.name ?? "?").charAt(0));
}

/** Whether `message` may stand under `before` without saying again who wrote it. An answer in blocks stands alone. */
export function continues(message, before) {
  return before !== undefined && before.user === message.user && !before.ephemeral && !message.ephemeral &&
    !before.blocks?.length && !message.blocks?.length && msOf(message) - msOf(before) < 5 * 60_000;
}

/** What the app shows of a link, below the message, as Slack draws it: behind a bar, with the app's name. */
function drawPreview(preview, scene, bot) {
  return el("div", { class: "preview", role: "group", "aria-label": `Preview by ${bot?.name ?? "an app"}` },
    preview.blocks.length > 0 ? drawBlocks(preview.blocks, scene)
      : el("div", { class: "text block" }, drawMrkdwn(preview.text ?? "", scene)),
    el("div", { class: "small preview-foot" }, bot?.name ?? "app"));
}

/** The menu of a message: the app's shortcuts, its address, and to edit it where it is one's own. */
function menuOf(message, { story, shortcut, edit, copy }) {
  const shortcuts = story.shortcuts.filter(({ type }) => type === "message");
  return [
    ...shortcuts.map(({ callback, name }) => ({ words: name, small: story.bot?.name, pick: () => shortcut(message, callback) })),
    { words: "Copy link", pick: () => copy(message) },
    ...(message.user === story.me ? [{ words: "Edit message", pick: () => edit(message) }] : []),
  ];
}

/** Draw a message. `tools`: {story, act, search, shortcut, edit, save, copy, openThread (null inside of a thread)}. */
export function drawMessage(message, before, tools) {
  const { story, act, openThread } = tools;
  const author = story.people.get(message.user);
  const name = message.name ?? author?.name ?? message.user ?? "somebody";
  const isRunOn = continues(message, before);
  const scene = story.scene({ folds: true, act: (action, node) => act(message, action, node),
    search: (typed, action) => tools.search(message, typed, action) });
  const time = el("time", { class: "time", datetime: new Date(msOf(message)).toISOString(),
    title: fullWords(msOf(message), story.reader) }, clock(msOf(message), story.reader));
  const isEdited = story.editing?.ts === message.ts && story.editing.in === tools;
  const content = isEdited ? editor({
    text: story.editing.text ?? asTyped(message.text, scene),
    typed: (text) => { story.editing.text = text; },
    save: (text) => tools.save(message, text),
    cancel: () => tools.edit(null),
  }) : drawContent(el("div", { class: "content" }), message, scene);
  const previews = (message.previews ?? []).map((preview) => drawPreview(preview, scene, story.bot));
  const edited = message.edited ? el("span", { class: "edited" }, "(edited)") : null;
  const node = el("li", {
    class: ["message", isRunOn && "run-on", message.ephemeral && "ephemeral"].filter(Boolean).join(" "),
    data: { ts: message.ts },
  },
    el("div", { class: "side" }, isRunOn ? time : avatar(author)),
    el("div", { class: "main" },
      message.ephemeral ? el("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      el("div", { class: isRunOn ? "head hidden" : "head" }, el("span", { class: "author" }, name),
        author?.isBot ? el("span", { class: "badge" }, "APP") : null,
        author?.outsider ? el("span", { class: "badge away" }, author.team) : null, isRunOn ? null : time),
      content, isEdited ? null : edited, previews.length > 0 ? el("div", { class: "previews" }, previews) : null,
      message.warning ? el("div", { class: "failure warning", role: "alert" }, icon("warn"), message.warning) : null,
      openThread && message.replies ? el("button", { type: "button", class: "replies", on: { click: () => openThread(message) } },
        `${message.replies} ${message.replies === 1 ? "reply" : "replies"}`) : null));
  if (!message.ephemeral && !isEdited) {
    const at = clock(msOf(message), story.reader);
    node.append(el("div", { class: "tools" },
      openThread ? el("button", { type: "button", class: "icon-button", "aria-label": `Reply in thread to ${name}, ${at}`,
        title: "Reply in thread", on: { click: () => openThread(message) } }, icon("reply")) : null,
      el("button", { type: "button", class: "icon-button menu-of", "aria-label": `Shortcuts for the message of ${name}, ${at}`,
        title: "Shortcuts and more", "aria-haspopup": "menu", "aria-expanded": "false",
        on: { click: ({ currentTarget }) => openMenu(currentTarget, menuOf(message, tools)) } }, icon("dots"))));
  }
  return node;
}

const SPOKEN = 400;

/** What a screen reader is told of a message that has just come: its words, the beginning of long ones. */
export function spoken(message, story) {
  const name = story.people.get(message.user)?.name ?? "somebody";
  const lines = drawMrkdwn(message.text ?? "", story.scene()).map((line) => line.textContent);
  const words = lines.join(" ");
  const said = words.length > SPOKEN ? `${words.slice(0, SPOKEN)} …` : words;
  return `${name}${message.ephemeral ? ", only visible to you" : ""}: ${said}`;
}

/** Which control of a message has the focus, to be found again when the message is redrawn. */
export function focusIn(node) {
  const active = document.activeElement;
  if (!node?.contains(active)) return null;
  if (active.matches(".editor-box")) return (fresh) => fresh.querySelector(".editor-box")?.focus();
  const focused = active.closest(".popup")?.openedBy ?? active; // a menu goes with the message that it is of
  if (focused.matches(".menu-of")) return (fresh) => fresh.querySelector(".menu-of")?.focus({ preventScroll: true });
  const { action, value, block } = focused.dataset;
  const alike = (of) => [...of.querySelectorAll("[data-action]")].filter((one) => one.dataset.action === action);
  const nth = alike(node).indexOf(focused);
  return (fresh) => {
    const there = alike(fresh);
    const same = there.find((one) => one.dataset.value === value && one.dataset.block === block) ??
      there.find((one) => value !== undefined && one.dataset.value === value) ??
      there[Math.min(nth, there.length - 1)] ?? fresh.querySelector("button");
    same?.focus({ preventScroll: true });
  };
}
