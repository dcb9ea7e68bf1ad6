// What went over the wire, newest first: calls to the local Adverity, calls to the local Slack, what Slack delivered.

import { el, fill } from "./dom.js";

/** A path as one would write it: `%3A` is a colon, and a line ends before a field of the query, not within one. */
function readable(path) {
  return path.split(/(?<=[?&])/).map((piece) => {
    let words = piece;
    try {
      words = decodeURIComponent(piece);
    } catch { /* it stays as it is */ }
    return el("span", { class: "wire-piece" }, words);
  });
}

/** Draws `story.calls` into `node`. A click on a call asks for its body; secrets never reach this page. */
export class WireLog {
  #list = el("ol", { class: "calls" });
  #nodes = new Map();
  #frame = null;

  constructor({ node, story, ask }) {
    this.story = story;
    this.ask = ask;
    this.side = el("select", { class: "select", "aria-label": "Which calls", on: { change: () => this.#draw() } },
      [["", "Everything"], ["adverity", "Adverity"], ["slack", "Slack"]].map(([value, words]) => el("option", { value }, words)));
    node.append(el("details", { class: "part", open: true },
      el("summary", {}, el("h3", {}, "Calls on the wire"), el("span", { class: "small" }, "newest first")),
      el("div", { class: "world-row" }, this.side), this.#list));
    story.on("call", () => { this.#frame ??= requestAnimationFrame(() => { this.#frame = null; this.#draw(); }); });
  }

  #draw() {
    const shown = this.story.calls.filter((call) => this.side.value === "" || call.side === this.side.value).slice(0, 100);
    const kept = new Map();
    for (const call of shown) {
      const known = this.#nodes.get(call.n);
      kept.set(call.n, known?.call === call ? known : this.#row(call, known));
    }
    this.#nodes = kept;
    const nodes = shown.map((call) => kept.get(call.n).node);
    if (nodes.length === 0) return fill(this.#list, el("li", { class: "small" }, "Nothing yet."));
    const wanted = new Set(nodes);
    for (const child of [...this.#list.children]) if (!wanted.has(child)) child.remove();
    nodes.forEach((node, place) => {
      if (this.#list.children[place] !== node) this.#list.insertBefore(node, this.#list.children[place] ?? null);
    });
    return undefined;
  }

  #row(call, known) {
    const status = call.status === null ? (call.ms === null ? "…" : "cut") : String(call.status);
    // That there is no such thing is an answer to a question, and no fault.
    const tone = status === "…" ? "open" : /^(2|ack)/.test(status) ? "good" : status === "404" && call.method === "GET" ? "none" : "bad";
    const line = [
      el("span", { class: `wire-side ${call.side}` }, call.side === "slack" ? "Slack" : "Adverity"),
      el("span", { class: "wire-method" }, call.method), el("span", { class: "wire-path" }, readable(call.path)),
      el("span", { class: `wire-status ${tone}` }, status),
      el("span", { class: "wire-ms" }, call.ms === null ? "" : `${Math.round(call.ms)} ms`),
    ];
    if (known) {
      fill(known.summary, line);
      return { ...known, call };
    }
    const summary = el("summary", {}, line);
    const body = el("div", { class: "wire-body" });
    const details = el("details", { class: "call", on: { toggle: () => { if (details.open) this.#look(call.n, body); } } }, summary, body);
    return { call, summary, node: el("li", {}, details) };
  }

  async #look(number, body) {
    const answer = await this.ask("look", { call: number });
    fill(body, answer.ok
      ? answer.parts.map(({ title, text }) => [el("h4", {}, title), el("pre", { tabindex: "0" }, text)]).flat()
      : answer.words);
  }
}
