// The window that the bot opened: a native dialog, so that all behind it is out of reach. Esc closes it, the focus goes
// back to where it was, what was typed survives an update, errors stand at their fields.

import { drawBlocks } from "./blocks.js";
import { keepFocusIn } from "./confirm.js";
import { Controls } from "./controls.js";
import { el, fill, icon } from "./dom.js";
import { startWaiting } from "./elements.js";
import { showErrors, whatIsWrong } from "./inputs.js";
import { plainWords } from "./mrkdwn.js";

const FIELD = ":is(input, textarea, .select)";

/** `ask(what, fields)` is the link's. The dialog follows `story.view`. */
export class Modal {
  #controls = new Controls();
  #view = null;
  #opener = null;

  constructor({ story, ask }) {
    this.story = story;
    this.ask = ask;
    this.title = el("h2", { id: "modal-title" });
    this.body = el("div", { class: "dialog-body" });
    this.said = el("div", { class: "dialog-said", role: "alert", hidden: true });
    this.foot = el("div", { class: "dialog-foot" });
    this.form = el("form", { class: "dialog-form", novalidate: true, on: { submit: (event) => { event.preventDefault(); this.#submit(); } } },
      el("div", { class: "dialog-head" }, el("img", { class: "avatar small-avatar", src: "jobbot.svg", alt: "" }), this.title,
        el("button", { type: "button", class: "icon-button", "aria-label": "Close the window", on: { click: () => this.#leave() } }, icon("close"))),
      this.said, this.body, this.foot);
    this.dialog = el("dialog", { class: "dialog", "aria-labelledby": "modal-title" }, this.form);
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.#leave(); });
    keepFocusIn(this.dialog);
    document.body.append(this.dialog);
    story.on("view", () => this.#show(story.view));
  }

  #show(view) {
    const before = this.#view;
    this.#view = view;
    if (view === null) return this.#close();
    const isSame = before?.id === view.id;
    if (isSame && before.hash === view.hash) return undefined;
    const focused = this.#focusedField();
    this.title.textContent = plainWords(view.title);
    this.#say(null);
    const old = this.#controls;
    this.#controls = new Controls();
    const scene = this.story.scene({ controls: this.#controls, act: (action) => this.#act(action),
      search: (typed, action) => this.ask("search", { view: view.id, typed, action }) });
    fill(this.body, drawBlocks(view.blocks, scene));
    if (isSame) this.#controls.keepFrom(old);
    this.#drawFoot(view);
    if (!this.dialog.open) {
      this.#opener = this.#opener ?? document.activeElement;
      this.dialog.showModal();
    }
    this.#focus(focused);
    return undefined;
  }

  #drawFoot(view) {
    this.submitButton = view.submit
      ? el("button", { type: "submit", class: "button primary" }, el("span", { class: "words" }, plainWords(view.submit))) : null;
    fill(this.foot, el("button", { type: "button", class: "button plain", on: { click: () => this.#leave() } },
      view.close ? plainWords(view.close) : "Close"), this.submitButton ?? []);
  }

  #focusedField() {
    const block = document.activeElement?.closest?.(".dialog .block")?.dataset.block;
    return block ?? null;
  }

  /** The field one was in; else the first field; else the window's first button. */
  #focus(block) {
    const again = block && this.body.querySelector(`[data-block="${CSS.escape(block)}"] ${FIELD}`);
    const first = this.body.querySelector(`.input ${FIELD}`);
    (again || first || this.foot.querySelector("button")).focus();
  }

  #close() {
    if (!this.dialog.open) return;
    this.dialog.close();
    const opener = this.#opener;
    this.#opener = null;
    if (opener?.isConnected) opener.focus();
    else document.querySelector(".composer .box")?.focus();
  }

  #leave() {
    this.ask("close", { view: this.#view.id });
  }

  async #act(action) {
    const answer = await this.ask("act", { view: this.#view.id, action, values: this.#controls.values() });
    return answer.ok ? null : answer.words;
  }

  async #submit() {
    const view = this.#view;
    const button = this.submitButton;
    if (button === null || button.getAttribute("aria-busy") === "true") return;
    const errors = Object.fromEntries(view.blocks.map((block) => [block.block_id, whatIsWrong(block, this.#controls)])
      .filter(([, words]) => words !== null));
    this.#say(null);
    showErrors(this.form, errors);
    if (Object.keys(errors).length > 0) return;
    const ready = startWaiting(button);
    this.form.classList.add("waiting");
    const answer = await this.ask("submit", { view: view.id, values: this.#controls.values() });
    ready();
    this.form.classList.remove("waiting");
    if (answer.ok) return;
    showErrors(this.form, answer.errors ?? {});
    if (answer.words) this.#say(answer.words);
  }

  #say(words) {
    this.said.hidden = words === null;
    fill(this.said, words === null ? [] : [icon("warn"), el("span", {}, words)]);
  }
}
