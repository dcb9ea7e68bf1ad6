// The app's two tabs at its direct message, as Slack has them: its Home, which the bot fills for each person, and messages.

import { drawBlocks } from "./blocks.js";
import { Controls } from "./controls.js";
import { el, fill } from "./dom.js";

const TABS = [["home", "Home"], ["messages", "Messages"]];

/** Draws `tabs` and `panel`; each time the Home tab is come to the server is told, so that the bot may fill it. */
export class HomeTab {
  #controls = new Controls();
  #isThere = null;

  constructor({ story, ask, tabs, panel }) {
    Object.assign(this, { story, ask, tabs, panel });
    this.buttons = TABS.map(([name, words]) => el("button", { type: "button", role: "tab", id: `tab-${name}`,
      "aria-controls": name === "home" ? panel.id : "channel", on: { click: () => story.turnTo(name) } }, words));
    fill(tabs, this.buttons);
    tabs.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      story.turnTo(story.tab === "home" ? "messages" : "home");
      this.buttons.find((button) => button.getAttribute("aria-selected") === "true").focus();
    });
    story.on("place", () => this.#come());
    story.on("home", () => this.#draw());
  }

  #come() {
    const { story } = this;
    this.tabs.hidden = story.channels.get(story.channel)?.home !== true;
    this.panel.hidden = !story.isAtHome;
    TABS.forEach(([name], place) => {
      this.buttons[place].setAttribute("aria-selected", String(name === story.tab));
      this.buttons[place].tabIndex = name === story.tab ? 0 : -1;
    });
    const where = story.isAtHome ? story.me : null;
    if (where !== null && where !== this.#isThere) this.ask("home", {});
    this.#isThere = where;
  }

  #draw() {
    const { home } = this.story;
    if (home === null) return fill(this.panel, el("p", { class: "empty" }, "Nothing is published here yet."));
    const focused = this.panel.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
    const old = this.#controls;
    this.#controls = new Controls();
    const scene = this.story.scene({ controls: this.#controls,
      act: async (action) => {
        const answer = await this.ask("act", { home: true, action });
        return answer.ok ? null : answer.words;
      },
      search: (typed, action) => this.ask("search", { home: true, typed, action }) });
    fill(this.panel, el("div", { class: "content home-content" }, drawBlocks(home.blocks, scene)));
    this.#controls.keepFrom(old);
    if (focused) this.panel.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
    return undefined;
  }
}
