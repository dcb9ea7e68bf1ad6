// What this page knows: who one is, the channels and their messages, the window that is open, the world beside it.
// `apply` takes in what the server says and tells the listeners of that kind.

const ALL = ["people", "message", "gone", "view", "home", "world", "call", "place", "unread"];

/** The page's knowledge. Listeners are called with the event after it was taken in. */
export class Story {
  #listeners = new Map(ALL.map((kind) => [kind, []]));
  #skew = 0;

  constructor() {
    this.me = null;
    this.bot = null;
    this.people = new Map();
    this.channels = new Map();
    this.messages = new Map();
    this.unread = new Map();
    this.newFrom = new Map();
    this.usergroups = new Map();
    this.commands = [];
    this.shortcuts = [];
    this.suggestions = [];
    this.view = null;
    this.home = null;
    this.world = null;
    this.calls = [];
    this.channel = null;
    this.thread = null;
    this.tab = "home";
    this.editing = null;
    this.reader = { zone: "UTC", now: () => Date.now() + this.#skew };
  }

  /** Call `listener` for events of this kind. */
  on(kind, listener) {
    this.#listeners.get(kind).push(listener);
  }

  #tell(kind, event = {}) {
    for (const listener of this.#listeners.get(kind)) listener(event);
  }

  apply(event) {
    ({
      all: () => this.#all(event),
      message: () => this.#message(event),
      gone: () => this.#gone(event),
      view: () => { this.view = event.view; this.#tell("view", event); },
      home: () => { this.home = event.view; this.#tell("home", event); },
      world: () => { this.world = event.world; this.#tell("world"); },
      call: () => this.#call(event.call),
    })[event.is]?.();
  }

  /** Look at another channel. */
  goTo(channel) {
    this.newFrom.delete(this.channel);
    this.channel = channel;
    this.thread = null;
    this.editing = null;
    this.unread.delete(channel);
    this.#tell("place");
  }

  /** Whether the app's Home tab is looked at: it has one, and one is at its direct message. */
  get isAtHome() {
    return this.tab === "home" && this.channels.get(this.channel)?.home === true;
  }

  /** Look at a tab of the app's direct message: "home" or "messages". */
  turnTo(tab) {
    this.tab = tab;
    this.#tell("place");
  }

  /** Open a thread beside the channel, or close it with null. */
  open(thread) {
    this.thread = thread;
    this.#tell("place");
  }

  /** A channel's messages, oldest first. */
  in(channel) {
    return this.messages.get(channel) ?? [];
  }

  /** What a message's text and blocks are drawn with. */
  scene(more = {}) {
    return {
      me: this.me,
      reader: this.reader,
      user: (id) => this.people.get(id)?.handle ?? null,
      channel: (id) => this.channels.get(id)?.name ?? null,
      usergroup: (id) => this.usergroups.get(id) ?? null,
      people: () => [...this.people.values()],
      channels: () => [...this.channels.values()].filter((channel) => channel.kind !== "dm"),
      ...more,
    };
  }

  #all(event) {
    this.me = event.me;
    this.people = new Map(event.people.map((person) => [person.id, person]));
    this.bot = event.people.find((person) => person.isBot) ?? null;
    this.channels = new Map(event.channels.map((channel) => [channel.id, channel]));
    this.usergroups = new Map(Object.entries(event.usergroups));
    this.messages = new Map(Object.entries(event.messages));
    for (const [channel, list] of this.messages) for (const message of list) this.#count(channel, message, 1);
    this.commands = event.commands;
    this.shortcuts = event.shortcuts;
    this.home = event.home;
    this.editing = null;
    this.suggestions = event.suggestions;
    this.view = event.view;
    this.world = event.world;
    this.calls = event.calls;
    this.unread.clear();
    this.newFrom.clear();
    this.#skew = event.now * 1000 - Date.now();
    this.reader.zone = this.people.get(this.me)?.zone ?? "UTC";
    if (!this.channels.has(this.channel)) this.channel = event.channels[0]?.id ?? null;
    if (!this.in(this.channel).some((message) => message.ts === this.thread)) this.thread = null;
    for (const kind of ["people", "place", "view", "home", "world", "call"]) this.#tell(kind);
  }

  #message({ channel, message }) {
    const list = this.messages.get(channel) ?? [];
    this.messages.set(channel, list);
    let place = list.length;
    while (place > 0 && list[place - 1].ts > message.ts) place -= 1;
    const isNew = list[place - 1]?.ts !== message.ts;
    if (isNew) list.splice(place, 0, message);
    else list[place - 1] = { ...message, replies: list[place - 1].replies };
    if (isNew) this.#tellRoot(channel, this.#count(channel, message, 1));
    if (isNew && channel !== this.channel) {
      this.unread.set(channel, (this.unread.get(channel) ?? 0) + 1);
      if (!this.newFrom.has(channel)) this.newFrom.set(channel, message.ts);
      this.#tell("unread");
    }
    this.#tell("message", { channel, message, isNew });
  }

  #gone({ channel, ts }) {
    const list = this.in(channel);
    const place = list.findIndex((message) => message.ts === ts);
    if (place === -1) return;
    const [message] = list.splice(place, 1);
    this.#tellRoot(channel, this.#count(channel, message, -1));
    this.#tell("gone", { channel, message });
  }

  /** A thread's first message says how many replies it has; the answer is that message, if there is one. */
  #count(channel, message, step) {
    if (!message.thread || message.ephemeral) return null;
    const root = this.in(channel).find(({ ts }) => ts === message.thread);
    if (root !== undefined) root.replies = (root.replies ?? 0) + step;
    return root ?? null;
  }

  #tellRoot(channel, root) {
    if (root !== null) this.#tell("message", { channel, message: root, isNew: false });
  }

  #call(call) {
    const place = this.calls.findIndex((known) => known.n === call.n);
    if (place === -1) this.calls.unshift(call);
    else this.calls[place] = call;
    this.calls.length = Math.min(this.calls.length, 200);
    this.#tell("call");
  }
}
