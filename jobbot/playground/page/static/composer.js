// The message box: Enter sends, Shift+Enter breaks the line, "/" and "@" offer what they can, the up key brings back
// what was sent before. Follows the combobox pattern of the ARIA practices: the focus stays in the box.

import { History, offers } from "./complete.js";
import { el, fill, freshId, icon } from "./dom.js";
import { openMenu } from "./menu.js";

const DRAFT_MS = 400;

/**
 * `send(text)` promises {ok, words}; `around()` tells what can be offered here; `shortcuts()` are the app's global ones
 * as {words, small, pick}, where the box has a menu of them; `draft(text)` is told of links that stand in the box.
 */
export class Composer {
  #id = freshId("offers");
  #history = new History();
  #entries = [];
  #active = 0;

  #drafted = "";
  #timer = null;

  constructor({ label, send, around, shortcuts = null, draft = null }) {
    this.send = send;
    this.draft = draft;
    this.around = around;
    this.box = el("textarea", { rows: "1", class: "box", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list",
      "aria-controls": this.#id, autocomplete: "off", spellcheck: "false", enterkeyhint: "send" });
    this.offered = el("div", { class: "offers", id: this.#id, role: "listbox", "aria-label": "Offers", hidden: true });
    this.hint = el("div", { class: "usage", hidden: true });
    this.said = el("div", { class: "said", role: "alert", hidden: true });
    this.button = el("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send"));
    this.node = el("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); this.#submit(); } } },
      this.said, this.offered, this.hint, el("div", { class: "box-row" }, shortcuts ? this.#shortcutsButton(shortcuts) : null, this.box, this.button));
    this.box.addEventListener("input", () => { this.#history.leave(); this.#changed(); });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("blur", () => this.#close());
    this.name(label);
  }

  #shortcutsButton(shortcuts) {
    return el("button", { type: "button", class: "icon-button shortcuts", "aria-label": "Shortcuts", title: "Shortcuts",
      "aria-haspopup": "menu", "aria-expanded": "false",
      on: { click: ({ currentTarget }) => { this.say(null); openMenu(currentTarget, shortcuts(), { alignRight: false }); } } }, icon("bolt"));
  }

  /** What the box is for, as its label and as its placeholder. */
  name(label) {
    this.box.setAttribute("aria-label", label);
    this.box.placeholder = label;
  }

  /** Put a text into the box as if it were typed so far. */
  write(text) {
    this.box.value = text;
    this.box.setSelectionRange(text.length, text.length);
    this.#changed();
  }

  /** Send what stands in the box. */
  submit() {
    return this.#submit();
  }

  /** Say something about what was sent, in Slack's words; null takes it away. */
  say(words) {
    this.said.hidden = words === null;
    fill(this.said, words === null ? [] : [icon("warn"), el("span", {}, words)]);
  }

  async #submit() {
    const text = this.box.value.trim();
    if (text === "") return;
    this.#history.add(text);
    this.#drafted = "";
    this.box.value = "";
    this.#changed();
    this.say(null);
    const answer = await this.send(text);
    if (!answer.ok) this.say(answer.words);
  }

  #changed() {
    const { entries, hint } = offers(this.box.value, this.box.selectionStart, this.around());
    this.#entries = entries;
    this.#active = 0;
    this.#drawOffers();
    this.hint.hidden = hint === null;
    if (hint !== null) fill(this.hint, el("code", {}, hint.command), el("span", {}, hint.words));
    this.#draftLater();
    this.box.rows = Math.min(8, Math.max(1, this.box.value.split("\n").length));
  }

  /** Slack tells an app of links before they are sent, once one has stopped typing. */
  #draftLater() {
    if (this.draft === null) return;
    const links = (this.box.value.match(/https?:\/\/\S+/g) ?? []).join(" ");
    clearTimeout(this.#timer);
    if (links !== "" && links !== this.#drafted) {
      this.#timer = setTimeout(() => { this.#drafted = links; this.draft(this.box.value); }, DRAFT_MS);
    }
  }

  #drawOffers() {
    const isOpen = this.#entries.length > 0;
    this.offered.hidden = !isOpen;
    this.box.setAttribute("aria-expanded", String(isOpen));
    fill(this.offered, this.#entries.map((entry, place) => el("div", {
      class: "offer", role: "option", id: `${this.#id}-${place}`, "aria-selected": String(place === this.#active),
      on: { pointerdown: (event) => { event.preventDefault(); this.#take(place); } },
    }, el("span", { class: "offer-words" }, entry.words), el("span", { class: "offer-hint" }, entry.hint),
      el("span", { class: "small" }, entry.small ?? ""))));
    if (isOpen) this.box.setAttribute("aria-activedescendant", `${this.#id}-${this.#active}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  #take(place) {
    const entry = this.#entries[place];
    this.box.value = entry.text;
    this.box.setSelectionRange(entry.caret, entry.caret);
    this.#changed();
  }

  #close() {
    this.#entries = [];
    this.#drawOffers();
  }

  #key(event) {
    if (event.isComposing) return;
    const isOffering = this.#entries.length > 0;
    const isExact = isOffering && this.#entries[this.#active].words === this.box.value.trim();
    const keys = {
      Enter: () => { if (event.shiftKey) return false; if (isOffering && !isExact) this.#take(this.#active); else this.#submit(); },
      Tab: () => { if (!isOffering || event.shiftKey) return false; this.#take(this.#active); },
      Escape: () => { if (!isOffering) return false; event.stopPropagation(); this.#close(); },
      ArrowDown: () => (isOffering ? this.#move(1) : this.#leaf(1)),
      ArrowUp: () => (isOffering && !this.#history.isOpen ? this.#move(-1) : this.#leaf(-1)),
    };
    if (keys[event.key] !== undefined && keys[event.key]() !== false) event.preventDefault();
  }

  #move(step) {
    this.#active = (this.#active + step + this.#entries.length) % this.#entries.length;
    this.#drawOffers();
  }

  /** Up in an empty box, or while leafing already, brings back what was sent. */
  #leaf(step) {
    if (!this.#history.isOpen && (step > 0 || this.box.value !== "")) return false;
    const text = step < 0 ? this.#history.older(this.box.value) : this.#history.newer();
    this.box.value = text;
    this.box.setSelectionRange(text.length, text.length);
    this.#changed();
    this.#close();
    return true;
  }
}
