// The first minute: some things to try. Each types itself into the message box, so that one sees what would be typed;
// one that was done by hand is ticked as well. Where the page is low, and once all is done, it folds to one line.

import { el, fill, icon } from "./dom.js";

const PER_KEY = 28;
const LOW = "(max-height: 680px)";

/** `place(suggestion)` promises to have gone to its channel as its person; `composer` is the channel's box. */
export class Guide {
  #done = new Set();
  #isTyping = false;

  constructor({ story, composer, place }) {
    this.story = story;
    this.composer = composer;
    this.place = place;
    this.steps = el("ol", { class: "steps", id: "steps" });
    this.count = el("span", { class: "small" });
    this.title = el("button", { type: "button", class: "guide-title", "aria-controls": "steps",
      on: { click: () => this.#fold(!this.steps.hidden) } }, el("span", {}, "Try this"), this.count, icon("down"));
    this.node = el("section", { class: "guide", "aria-label": "The first minute" }, this.title, this.steps,
      el("button", { type: "button", class: "icon-button", "aria-label": "Hide the first minute",
        on: { click: () => { this.node.hidden = true; composer.box.focus(); } } }, icon("close")));
    const low = matchMedia(LOW);
    low.addEventListener("change", () => this.#fold(low.matches));
    this.#fold(low.matches);
    story.on("people", () => this.#draw());
    story.on("world", () => this.#look());
    story.on("call", () => this.#heard());
  }

  /** Something was typed, by hand or by a step: what it asks is ticked. */
  typed(text) {
    this.#tick(({ pattern }) => pattern !== "" && new RegExp(pattern, "iu").test(text.trim()));
  }

  /** A step about a job is done when the job is over, in whatever way: a window that asks has stopped nothing. */
  #look() {
    const over = new Set(this.story.world.jobs.filter(({ going }) => !going).map(({ id }) => id));
    this.#tick(({ job }) => over.has(job));
  }

  /** A step about a call is done when Adverity was asked, whoever pressed or typed what for it. */
  #heard() {
    const asked = this.story.calls.filter(({ side }) => side === "adverity").map(({ method, path }) => `${method} ${path}`);
    this.#tick(({ call }) => call !== "" && asked.some((one) => new RegExp(call, "u").test(one)));
  }

  #tick(isDone) {
    const before = this.#done.size;
    this.story.suggestions.forEach((suggestion, place) => { if (isDone(suggestion)) this.#done.add(place); });
    if (this.#done.size === before) return;
    this.#draw();
    if (this.#done.size === this.story.suggestions.length) this.#fold(true);
  }

  #fold(isFolded) {
    this.steps.hidden = isFolded;
    this.title.setAttribute("aria-expanded", String(!isFolded));
  }

  #draw() {
    const { suggestions } = this.story;
    this.node.hidden ||= suggestions.length === 0;
    this.count.textContent = `${this.#done.size} of ${suggestions.length} done`;
    fill(this.steps, suggestions.map((suggestion, place) => {
      const isDone = this.#done.has(place);
      return el("li", {}, el("button", { type: "button", class: `step ${isDone ? "done" : ""}`, title: suggestion.text,
        on: { click: () => this.#play(suggestion) } },
        el("span", { class: "step-number", "aria-hidden": "true" }, isDone ? icon("check") : String(place + 1)),
        el("span", { class: "step-title" }, suggestion.title, isDone ? el("span", { class: "hidden" }, " (done)") : null)));
    }));
  }

  async #play(suggestion) {
    if (this.#isTyping) return;
    this.#isTyping = true;
    try {
      await this.place(suggestion);
      this.composer.box.focus();
      await this.#type(suggestion.text);
      this.composer.submit();
    } finally {
      this.#isTyping = false;
    }
  }

  /** Key after key, as fast as a quick person; at once for those who want no motion. */
  async #type(text) {
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
      for (let length = 1; length < text.length; length += 1) {
        this.composer.write(text.slice(0, length));
        await new Promise((resolve) => { setTimeout(resolve, PER_KEY); });
      }
    }
    this.composer.write(text);
  }
}
