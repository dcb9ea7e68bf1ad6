// A list of messages, newest last: a channel's, or a thread's. It keeps to the end unless one has scrolled up, draws the
// newest first and older ones when one scrolls to them, and takes what comes in a burst in one go a frame. What came
// while nobody looked stands below a line "New", and a button leads to the latest.

import { dayWords } from "./dates.js";
import { el, fill, icon } from "./dom.js";
import { drawMessage, focusIn } from "./message.js";

const STEP = 120;
const MOST = 600;

/** `shows(message)` says which messages of the channel belong here; `tools` are those of message.js. */
export class MessageList {
  #list = el("ol", { class: "messages" });
  #first = 0;
  #dirty = new Set();
  #frame = null;
  #isAtEnd = true;
  #lastTop = 0;
  #newFrom = null;
  #waiting = 0;
  #shown = [];
  #nodes = new Map();

  constructor({ story, label, shows, tools, empty }) {
    this.story = story;
    this.shows = shows;
    this.tools = { ...tools, story };
    this.empty = empty;
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, this.#list);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.jump = el("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd() } });
    this.node = el("div", { class: "list" }, this.scroller, this.jump);
    document.addEventListener("visibilitychange", () => { if (document.hidden && this.#isAtEnd) this.#newFrom = null; });
    // What is drawn for the first time gets its true height only then, so the end moves while one is at it.
    const keeper = new ResizeObserver(() => { if (this.#isAtEnd) this.toEnd(); });
    keeper.observe(this.#list);
    keeper.observe(this.scroller);
  }

  /** Draw everything anew, as for another channel; `newFrom` is the first message of it that nobody has looked at. */
  reset(label, newFrom = null) {
    this.scroller.setAttribute("aria-label", label);
    this.#newFrom = newFrom;
    this.#cancel();
    this.#nodes.clear();
    this.#first = Math.max(0, this.#all().length - STEP);
    this.#draw();
    this.toEnd();
  }

  /** A message came (`isNew`, from somebody else), changed or went: draw it with the next frame. */
  touch(message, isNew = false) {
    this.#dirty.add(message.ts);
    if (isNew && (document.hidden || !this.#isAtEnd)) {
      this.#newFrom ??= message.ts;
      if (!this.#isAtEnd) this.#waiting += 1;
    }
    this.#frame ??= requestAnimationFrame(() => this.#flush());
  }

  /** Something was written here: all that stood above it was seen. */
  wrote() {
    this.#newFrom = null;
    this.#draw();
    this.toEnd();
  }

  /** Go to the newest message, and stay with what comes. */
  toEnd() {
    this.#isAtEnd = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#drawJump();
  }

  #drawJump() {
    if (this.#isAtEnd) this.#waiting = 0;
    this.jump.hidden = this.#isAtEnd;
    const many = this.#waiting;
    fill(this.jump, icon("down"), many === 0 ? "Latest" : `${many} new message${many === 1 ? "" : "s"}`);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // Growth scrolls nothing: only a person who goes up leaves the end.
    if (scrollTop < this.#lastTop) this.#isAtEnd = false;
    if (scrollHeight - scrollTop - clientHeight < 40) this.#isAtEnd = true;
    this.#lastTop = scrollTop;
    this.#drawJump();
    if (scrollTop < 200 && !this.#isAtEnd) this.#older();
  }

  #all() {
    return this.story.in(this.story.channel).filter(this.shows);
  }

  #cancel() {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#dirty.clear();
  }

  #flush() {
    const refocus = [...this.#dirty].map((ts) => [ts, focusIn(this.#nodes.get(ts))]).filter(([, again]) => again);
    for (const ts of this.#dirty) this.#nodes.delete(ts);
    this.#cancel();
    if (this.#isAtEnd) this.#first = Math.max(this.#first, this.#all().length - MOST);
    this.#draw();
    for (const [ts, again] of refocus) if (this.#nodes.has(ts)) again(this.#nodes.get(ts));
    if (this.#isAtEnd) this.toEnd();
    else this.#drawJump();
  }

  #older() {
    if (this.#first === 0) return;
    const before = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.#first = Math.max(0, this.#first - STEP);
    this.#nodes.delete(this.#shown[0]?.ts); // it may go on where an earlier one of the same person ended
    this.#draw();
    this.scroller.scrollTop = this.scroller.scrollHeight - before;
  }

  /** Bring the list's children in line with the messages; nodes that are still right stay as they are. */
  #draw() {
    this.#shown = this.#all().slice(this.#first);
    if (this.#shown.length === 0) return fill(this.#list, el("li", { class: "empty" }, this.empty()));
    const children = [];
    let day = null;
    this.#shown.forEach((message, place) => {
      const words = dayWords(Number(message.ts) * 1000, this.story.reader);
      const isNewDay = words !== day;
      if (isNewDay) children.push(this.#line("day", (day = words)));
      if (message.ts === this.#newFrom) children.push(this.#line("new", "New"));
      const before = isNewDay || message.ts === this.#newFrom ? undefined : this.#shown[place - 1];
      if (!this.#nodes.has(message.ts)) this.#nodes.set(message.ts, drawMessage(message, before, this.tools));
      children.push(this.#nodes.get(message.ts));
    });
    this.#align(children);
  }

  #align(children) {
    const wanted = new Set(children);
    for (const child of [...this.#list.children]) if (!wanted.has(child)) child.remove();
    let at = this.#list.firstChild;
    for (const child of children) {
      if (child === at) at = at.nextSibling;
      else this.#list.insertBefore(child, at);
    }
  }

  #line(kind, words) {
    const key = `${kind} ${words}`;
    if (!this.#nodes.has(key)) this.#nodes.set(key, el("li", { class: `day ${kind}` }, el("span", {}, words)));
    return this.#nodes.get(key);
  }
}
