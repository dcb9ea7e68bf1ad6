// The demo's controls beside the channel: the local Adverity's jobs as they are, and what can be made to go wrong.

import { el, fill } from "./dom.js";

const ANSWERS = [
  ["usual", "as usual"], ["key", "401, key revoked"], ["429", "429, too many calls"], ["500", "500, server error"],
  ["html", "a login page (HTML)"], ["cut", "connection cut"],
];

/** Draws `story.world` into `node`; `ask(what, fields)` is the link's, `say(words)` tells what could not be done. */
export class World {
  #rows = new Map();
  #jobs = el("ul", { class: "jobs" });
  #streams = el("select", { class: "select", "aria-label": "Datastream to fetch" });
  #answers = el("select", { class: "select", id: "answers", on: { change: () => this.#do("answers", { as: this.#answers.value }) } },
    ANSWERS.map(([value, words]) => el("option", { value }, words)));
  #slow = this.#switch("Every answer takes 5 s longer", "slow");
  #twice = this.#switch("Deliver every click twice", "twice");
  #limit = this.#switch("Rate limit what jobbot posts", "ratelimit");
  #underWay = 0;
  #clock = el("span", { class: "small" });

  constructor({ node, story, ask, say }) {
    this.story = story;
    this.ask = ask;
    this.say = say;
    node.append(
      this.#part("Adverity’s jobs", this.#clock, this.#jobs,
        el("div", { class: "world-row" }, this.#streams, this.#button("Start a job", () => this.#do("start", { datastream: Number(this.#streams.value) })))),
      this.#part("Faults at Adverity", null,
        el("div", { class: "world-row" }, el("label", { for: "answers" }, "It answers"), this.#answers), this.#slow.node),
      this.#part("Faults at Slack", null, this.#twice.node, this.#limit.node,
        el("div", { class: "world-row" }, this.#button("Drop the socket", () => this.#do("drop")))));
    story.on("world", () => this.#draw());
  }

  #part(title, beside, ...children) {
    return el("details", { class: "part", open: true }, el("summary", {}, el("h3", {}, title), beside), children);
  }

  #button(words, act, label = null) {
    return el("button", { type: "button", class: "button plain tiny", "aria-label": label, on: { click: act } }, words);
  }

  #switch(words, act) {
    const input = el("input", { type: "checkbox", role: "switch", on: { change: () => this.#do(act, { on: input.checked }) } });
    return { input, node: el("label", { class: "switch" }, input, el("span", {}, words)) };
  }

  async #do(act, fields = {}) {
    this.#underWay += 1;
    const answer = await this.ask("world", { act, ...fields });
    this.#underWay -= 1;
    this.say(answer.ok ? null : answer.words);
    if (!answer.ok) this.#draw();
  }

  #draw() {
    const { world } = this.story;
    if (world === null) return;
    this.#clock.textContent = `${world.instance} · ${world.clock}`;
    this.#drawJobs(world.jobs);
    if (this.#streams.options.length !== world.datastreams.length) {
      fill(this.#streams, world.datastreams.map(({ id, name }) => el("option", { value: String(id) }, name)));
    }
    if (this.#underWay > 0) return; // what was known before would turn a switch back for a moment
    this.#answers.value = world.answers;
    this.#slow.input.checked = world.slow;
    this.#twice.input.checked = world.twice;
    this.#limit.input.checked = world.ratelimit;
  }

  #drawJobs(jobs) {
    const wanted = new Set(jobs.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.node.remove();
      this.#rows.delete(id);
    }
    jobs.forEach((job, place) => {
      if (!this.#rows.has(job.id)) this.#rows.set(job.id, this.#row(job));
      const row = this.#rows.get(job.id);
      row.update(job);
      if (this.#jobs.children[place] !== row.node) this.#jobs.insertBefore(row.node, this.#jobs.children[place] ?? null);
    });
  }

  #row(job) {
    const state = el("span", { class: "state" });
    const bar = el("progress", { max: "100", "aria-label": `Progress of job ${job.id}` });
    const small = el("span", { class: "small" });
    const fail = this.#button("Let it fail", () => this.#do("fail", { job: job.id }), `Let it fail: job ${job.id}`);
    const name = el("span", { class: "job-name" });
    const node = el("li", { class: "job" }, el("div", { class: "job-head" }, state, name, fail),
      bar, small);
    const update = (now) => {
      state.textContent = now.state;
      name.textContent = name.title = now.name;
      state.className = `state ${now.state.toLowerCase()}`;
      bar.value = now.progress;
      bar.hidden = now.state !== "Running";
      small.textContent = `${now.id} · ${now.words}`;
      fail.hidden = !now.going;
    };
    return { node, update };
  }
}
