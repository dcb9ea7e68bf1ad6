// Nodes are made from tags, attributes and text. Nothing that came in a message is ever parsed as HTML: the page is
// served under a policy (Trusted Types) that makes the browser refuse it, too.

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "readOnly", "open", "multiple"]);

/** An element. `props`: attributes, DOM properties, `on` (listeners), `data` (dataset); absent values are left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (PROPERTIES.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Put these children in the place of all others. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

const PATHS = {
  hash: "M6 2 4.6 14M11.4 2 10 14M2.4 5.6h11.2M2.2 10.4h11.2",
  lock: "M4 7.2h8v6H4zM5.6 7V5a2.4 2.4 0 0 1 4.8 0v2",
  shared: "M2.5 5.5a3 3 0 0 1 5.6-1.4M13.5 10.5a3 3 0 0 1-5.6 1.4M2.5 5.5a3 3 0 0 0 3 3h5a3 3 0 0 1 0 6M5.5 8.5",
  person: "M8 8.2a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM2.6 14c.5-2.6 2.6-4 5.4-4s4.9 1.4 5.4 4",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  send: "M2.5 13.5 14 8 2.5 2.5l1.6 5.5zM4.1 8H9",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  reply: "M2.5 4.2A1.7 1.7 0 0 1 4.2 2.5h7.6a1.7 1.7 0 0 1 1.7 1.7v5a1.7 1.7 0 0 1-1.7 1.7H7L3.8 13.8v-2.9a1.5 1.5 0 0 1-1.3-1.7z",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  globe: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2 8h12M8 2c2 2 2.4 4 2.4 6S10 12 8 14C6 12 5.6 10 5.6 8S6 4 8 2Z",
  dots: "M8 3.5v.01M8 8v.01M8 12.5v.01",
  warn: "M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.01",
  check: "M3 8.5 6.5 12 13 4.5",
  down: "M4 6l4 4 4-4",
  bolt: "M9 1.8 3.6 9H8l-1 5.2L12.4 7H8z",
};

/** A small line drawing, invisible to screen readers. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A spinner, said as `words`. */
export function spinner(words) {
  return el("span", { class: "spinner", role: "img", "aria-label": words });
}

/** Only what a browser may safely open from a message. */
export function safeUrl(url) {
  return /^(https?:\/\/|mailto:)/i.test(url) ? url : null;
}

/** A link that leaves the page without telling where it came from; mere text where the address is none we open. */
export function link(url, ...words) {
  const safe = safeUrl(url);
  return safe === null
    ? el("span", {}, ...words)
    : el("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...words);
}

let made = 0;

/** An id that no other node of this page has. */
export function freshId(stem) {
  made += 1;
  return `${stem}-${made}`;
}
