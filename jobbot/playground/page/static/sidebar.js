// The side bar: the channels and the direct message, and who one is.

import { el, fill, icon } from "./dom.js";
import { avatar } from "./message.js";

const SIGNS = { public: "hash", private: "lock", shared: "shared", dm: "person" };

/** Draw the side bar into `nav`; `goTo(channel)` and `be(person)` are called when something is chosen. */
export class Sidebar {
  #channels = el("ul", { class: "channels" });
  #direct = el("ul", { class: "channels" });
  #directTitle = el("h2", { class: "nav-title" }, "Apps");
  #people = el("div", { class: "people" });
  #second = el("a", { class: "second", target: "_blank", rel: "noopener" });

  constructor({ nav, story, goTo, be }) {
    this.story = story;
    this.goTo = goTo;
    this.be = be;
    nav.append(
      el("h2", { class: "nav-title" }, "Channels"), this.#channels,
      this.#directTitle, this.#direct,
      el("fieldset", { class: "who" }, el("legend", { class: "nav-title" }, "You are"), this.#people), this.#second);
    story.on("people", () => this.#drawPeople());
    for (const kind of ["place", "unread"]) story.on(kind, () => this.#drawChannels());
  }

  #drawChannels() {
    const all = [...this.story.channels.values()];
    const focused = document.activeElement?.dataset?.channel;
    fill(this.#channels, all.filter(({ kind }) => kind !== "dm").map((channel) => this.#row(channel)));
    fill(this.#direct, all.filter(({ kind }) => kind === "dm").map((channel) => this.#row(channel)));
    this.#directTitle.hidden = this.#direct.children.length === 0;
    if (focused) document.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(channel) {
    const unread = this.story.unread.get(channel.id) ?? 0;
    const isHere = channel.id === this.story.channel;
    return el("li", {}, el("button", {
      type: "button", class: `channel ${unread ? "unread" : ""}`, "aria-current": isHere ? "page" : null,
      data: { channel: channel.id }, on: { click: () => this.goTo(channel.id) },
    }, icon(SIGNS[channel.kind] ?? "hash"), el("span", { class: "channel-name" }, channel.name),
      unread ? el("span", { class: "count", "aria-label": `${unread} new` }, String(unread)) : null));
  }

  #drawPeople() {
    const { story } = this;
    const chosen = document.activeElement?.name === "person";
    fill(this.#people, [...story.people.values()].filter((person) => !person.isBot && person.playable).map((person) =>
      el("label", { class: "person" },
        el("input", { type: "radio", name: "person", value: person.id, checked: person.id === story.me,
          on: { change: () => this.be(person.id) } }),
        avatar(person),
        el("span", { class: "person-words" }, el("span", { class: "person-name" }, person.name),
          el("span", { class: "small" }, person.role)))));
    const other = [...story.people.values()].find((person) => person.playable && person.id !== story.me);
    this.#second.hidden = other === undefined;
    if (other !== undefined) {
      this.#second.href = `?as=${encodeURIComponent(other.id)}`;
      this.#second.textContent = `Be ${other.name.split(" ")[0]} as well, in a second tab`;
    }
    if (chosen) this.#people.querySelector("input:checked")?.focus();
  }
}
