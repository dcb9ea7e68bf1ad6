// What the message box offers while one types: the commands after "/", the people after "@". Pure: text in, offers out.

/** The offers for a text with the cursor at `caret`: {entries: [{words, hint, text, caret}], hint}. */
export function offers(text, caret, { commands, people, isThread }) {
  if (text.startsWith("/") && !/\s/.test(text)) {
    const entries = commands.filter(({ command }) => command.startsWith(text)).map(({ command, hint, description }) => ({
      words: command, hint, small: description, text: `${command} `, caret: command.length + 1,
    }));
    return { entries: isThread ? [] : entries, hint: null };
  }
  const known = commands.find(({ command }) => text === command || text.startsWith(`${command} `));
  if (known) return { entries: [], hint: { command: known.command, words: known.hint } };
  const at = /(^|\s)@([\p{L}\d_.-]*)$/u.exec(text.slice(0, caret));
  if (!at) return { entries: [], hint: null };
  const [, , begun] = at;
  const start = caret - begun.length - 1;
  const starts = ({ handle, name }) => [handle, name].some((one) => one.toLowerCase().startsWith(begun.toLowerCase()));
  const entries = people.filter(starts).map(({ handle, name, isBot, role }) => ({
    words: `@${handle}`, hint: name === handle ? "" : name, small: isBot ? "app" : role,
    text: `${text.slice(0, start)}@${handle} ${text.slice(caret)}`, caret: start + handle.length + 2,
  }));
  return { entries: entries.slice(0, 6), hint: null };
}

/** What was sent, for the up and down keys: newest first, without repeats in a row. */
export class History {
  #lines = [];
  #place = -1;
  #draft = "";

  add(line) {
    if (this.#lines[0] !== line) this.#lines.unshift(line);
    this.#lines.length = Math.min(this.#lines.length, 100);
    this.#place = -1;
  }

  /** Whether one is leafing through it. */
  get isOpen() {
    return this.#place >= 0;
  }

  older(current) {
    if (!this.isOpen) this.#draft = current;
    this.#place = Math.min(this.#place + 1, this.#lines.length - 1);
    return this.#lines[this.#place] ?? current;
  }

  newer() {
    this.#place = Math.max(this.#place - 1, -1);
    return this.#place < 0 ? this.#draft : this.#lines[this.#place];
  }

  leave() {
    this.#place = -1;
  }
}
