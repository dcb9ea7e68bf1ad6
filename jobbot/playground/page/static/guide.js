// The first minute: three things to try. Each types itself into the message box, so that one sees what would be typed.

import { el, fill, icon } from "./dom.js";

const PER_KEY = 28;

/** `place(suggestion)` promises to have gone to its channel as its person; `composer` is the channel's box. */
export class Guide {
  #done = new Set();
  #isTyping = false;

  constructor({ story, composer, place }) {
    this.story = story;
    this.composer = composer;
    this.place = place;
    this.steps = el("ol", { class: "steps" });
    this.node = el("section", { class: "guide", "aria-label": "The first minute" },
      el("h2", {}, "Your first minute"), this.steps,
      el("button", { type: "button", class: "icon-button", "aria-label": "Hide the first minute",
        on: { click: () => { this.node.hidden = true; composer.box.focus(); } } }, icon("close")));
    story.on("people", () => this.#draw());
  }

  #draw() {
    fill(this.steps, this.story.suggestions.map((suggestion, place) => {
      const isDone = this.#done.has(place);
      return el("li", {}, el("button", { type: "button", class: `step ${isDone ? "done" : ""}`,
        on: { click: () => this.#play(suggestion, place) } },
        el("span", { class: "step-number", "aria-hidden": "true" }, isDone ? icon("check") : String(place + 1)),
        el("span", {}, el("span", { class: "step-title" }, suggestion.title, isDone ? el("span", { class: "hidden" }, " (done)") : null),
          el("code", {}, suggestion.text))));
    }));
  }

  async #play(suggestion, place) {
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
    this.#done.add(place);
    this.#draw();
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
