// Puts the page together: what is heard goes into the story, what is done here goes to the server.

import { Composer } from "./composer.js";
import { el, fill, icon } from "./dom.js";
import { Guide } from "./guide.js";
import { HomeTab } from "./home.js";
import { Link } from "./link.js";
import { spoken } from "./message.js";
import { MessageList } from "./messages.js";
import { Modal } from "./modal.js";
import { Sidebar } from "./sidebar.js";
import { Story } from "./story.js";
import { World } from "./world.js";
import { WireLog } from "./wire.js";

const byId = (id) => document.getElementById(id);
const story = new Story();

const link = new Link({
  greeting: () => ({ person: story.me ?? new URLSearchParams(location.search).get("as") }),
  heard: (event) => story.apply(event),
  changed: (isUp) => { byId("lost").hidden = isUp; },
});
const ask = (what, fields) => link.ask(what, fields);

/** A press in a message; promises null or Slack's words for what went wrong. */
async function act(message, action) {
  const answer = await ask("act", { channel: story.channel, ts: message.ts, action });
  return answer.ok ? null : answer.words;
}

/** A short word at the foot of the page, for a while. */
let noteTimer = null;
function note(words) {
  byId("note").textContent = words;
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => { byId("note").textContent = ""; }, 5000);
}

/** Edit a message where it stands in one of the lists, or (null) leave it as it was. */
function edit(message, where) {
  const ts = message?.ts ?? story.editing?.ts;
  story.editing = message && { ts, in: where.tools, text: null };
  where.touch(story.in(story.channel).find((one) => one.ts === ts) ?? { ts });
  requestAnimationFrame(() => (message ? where.node.querySelector(".editor-box") : composer.box)?.focus());
}

/** What can be done with a message in either list; `where()` is that list. */
const toolsOf = (where) => ({
  act,
  search: (message, typed, action) => ask("search", { channel: story.channel, ts: message.ts, typed, action }),
  shortcut: async (message, callback) => {
    const answer = await ask("shortcut", { callback, channel: story.channel, ts: message.ts });
    if (!answer.ok) note(answer.words);
  },
  edit: (message) => edit(message, where()),
  save: async (message, text) => {
    const answer = await ask("edit", { channel: story.channel, ts: message.ts, text });
    if (answer.ok) edit(null, where());
    return answer.ok ? null : answer.words;
  },
  copy: async (message) => {
    const isCopied = await navigator.clipboard.writeText(message.link).then(() => true, () => false);
    note(isCopied ? "Link copied" : `The link: ${message.link}`);
  },
});

/** The app's global shortcuts for a message box's menu; what goes wrong is said there. */
const shortcutsOf = (box) => () => story.shortcuts.filter(({ type }) => type === "global").map(({ callback, name, description }) => ({
  words: name, small: description || story.bot?.name,
  pick: async () => {
    const answer = await ask("shortcut", { callback, channel: story.channel });
    if (!answer.ok) box().say(answer.words);
  },
}));

const around = (isThread) => () => ({
  commands: story.commands, isThread,
  people: [...story.people.values()].filter((person) => person.id !== story.me && (person.isBot || person.playable))
    .sort((one, other) => Number(other.isBot ?? false) - Number(one.isBot ?? false)),
});

/** What was typed goes to the server; whoever writes sees the end of the list that they write into. */
function say(text, into, thread = {}) {
  into.wrote();
  guide.typed(text);
  return ask("say", { channel: story.channel, text, ...thread });
}

const composer = new Composer({ label: "Message", around: around(false), send: (text) => say(text, list),
  shortcuts: shortcutsOf(() => composer), draft: (text) => ask("draft", { channel: story.channel, text }) });
const reply = new Composer({ label: "Reply …", around: around(true), send: (text) => say(text, thread, { thread: story.thread }) });
const closed = el("p", { class: "closed", hidden: true });
const list = new MessageList({
  story, label: "Messages", shows: (message) => !message.thread || message.broadcast,
  tools: { ...toolsOf(() => list), openThread: (message) => { story.open(message.ts); reply.box.focus(); } },
  empty: () => el("p", {}, story.channels.get(story.channel)?.note ?? "Nothing was written here yet."),
});
const thread = new MessageList({
  story, label: "Thread", shows: (message) => message.ts === story.thread || message.thread === story.thread,
  tools: { ...toolsOf(() => thread), openThread: null }, empty: () => "",
});
const guide = new Guide({
  story, composer,
  place: async ({ person, channel }) => {
    if (person !== story.me) await ask("be", { person });
    if (channel !== story.channel) story.goTo(channel);
    closeNav();
  },
});

byId("channel").append(list.node, guide.node, composer.node, closed);
byId("thread").append(thread.node, reply.node);
byId("close-thread").append(icon("close"));
byId("open-nav").append(icon("menu"));
byId("fold-world").prepend(icon("globe"));

new Sidebar({
  nav: byId("nav"), story,
  goTo: (channel) => { story.goTo(channel); closeNav(); composer.box.focus(); },
  be: (person) => ask("be", { person }),
});
new Modal({ story, ask });
new HomeTab({ story, ask, tabs: byId("tabs"), panel: byId("home") });
new World({ node: byId("world-parts"), story, ask, say: (words) => { byId("world-said").textContent = words ?? ""; } });
new WireLog({ node: byId("world-parts"), story, ask });

function drawPlace() {
  const channel = story.channels.get(story.channel);
  if (channel === undefined) return;
  const title = channel.kind === "dm" ? channel.name : `#${channel.name}`;
  document.title = `${title} – jobbot demo`;
  byId("title").textContent = title;
  byId("topic").textContent = channel.note ?? "";
  byId("channel").hidden = story.isAtHome;
  composer.name(channel.kind === "dm" ? `Message ${channel.name}` : `Message #${channel.name}`);
  composer.say(null);
  closed.hidden = !channel.closed;
  closed.textContent = channel.closed ?? "";
  composer.node.hidden = Boolean(channel.closed);
  list.reset(`Messages in ${title}`, story.newFrom.get(channel.id));
  const isThread = story.thread !== null;
  byId("thread").hidden = !isThread;
  document.body.classList.toggle("has-thread", isThread);
  if (isThread) thread.reset(`Thread in ${title}`);
  reply.say(null);
}

story.on("place", drawPlace);
for (const kind of ["message", "gone"]) {
  story.on(kind, ({ channel, message, isNew }) => {
    if (channel !== story.channel) return;
    const isOthers = isNew && message.user !== story.me;
    if (!message.thread || message.broadcast) list.touch(message, isOthers);
    if (story.thread !== null && [message.ts, message.thread].includes(story.thread)) thread.touch(message, isOthers);
    if (isNew && message.user !== story.me) fill(byId("live"), spoken(message, story));
  });
}

function closeNav() {
  document.body.classList.remove("nav-open");
  byId("open-nav").setAttribute("aria-expanded", "false");
}

byId("open-nav").addEventListener("click", () => {
  const isOpen = document.body.classList.toggle("nav-open");
  byId("open-nav").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) byId("nav").querySelector("[aria-current], button")?.focus();
});
byId("fold-world").addEventListener("click", () => fold(!document.body.classList.contains("no-world")));
byId("close-thread").addEventListener("click", leaveThread);

function leaveThread() {
  const ts = story.thread;
  story.open(null);
  (list.node.querySelector(`[data-ts="${CSS.escape(ts)}"] .replies`) ?? composer.box).focus();
}

/** Where the panel lies over the channel instead of beside it. */
function isNarrow() {
  return matchMedia("(max-width: 1100px)").matches;
}

function fold(isFolded) {
  document.body.classList.toggle("no-world", isFolded);
  byId("fold-world").setAttribute("aria-expanded", String(!isFolded));
}
fold(isNarrow());

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("nav-open")) { closeNav(); byId("open-nav").focus(); }
  else if (byId("thread").contains(document.activeElement)) leaveThread();
  else if (isNarrow() && byId("world").contains(document.activeElement)) { fold(true); byId("fold-world").focus(); }
});
composer.box.focus();
