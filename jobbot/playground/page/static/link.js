// The page's one WebSocket to its server. Its words are written down in jobbot/playground/page/protocol.py.

const FIRST_WAIT = 250;
const LONGEST_WAIT = 3000;

/** `heard(event)` gets what the server says; `changed(isUp)` whether it can be heard at all. */
export class Link {
  #socket = null;
  #waiting = new Map();
  #number = 0;
  #wait = FIRST_WAIT;

  constructor({ greeting, heard, changed }) {
    this.greeting = greeting;
    this.heard = heard;
    this.changed = changed;
    this.#open();
  }

  /** Ask the server to do something. Promises its answer: {ok: true, ...}, or {ok: false, words, errors?}. */
  ask(what, fields = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return Promise.resolve({ ok: false, words: "The page has lost jobbot demo. It tries again by itself." });
    }
    this.#number += 1;
    const number = this.#number;
    this.#socket.send(JSON.stringify({ do: what, n: number, ...fields }));
    return new Promise((resolve) => this.#waiting.set(number, resolve));
  }

  #open() {
    const address = new URL("ws", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#wait = FIRST_WAIT;
      this.changed(true);
      socket.send(JSON.stringify({ do: "be", n: 0, ...this.greeting() }));
    });
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    socket.addEventListener("close", () => this.#lost());
  }

  #hear(event) {
    if (event.is !== "answer") return this.heard(event);
    this.#waiting.get(event.n)?.(event);
    this.#waiting.delete(event.n);
  }

  #lost() {
    for (const resolve of this.#waiting.values()) {
      resolve({ ok: false, words: "The page lost jobbot demo before it answered." });
    }
    this.#waiting.clear();
    this.changed(false);
    setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }
}
