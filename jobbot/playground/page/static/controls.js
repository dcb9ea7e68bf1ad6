// Fields in which something is chosen or written, as native form controls: they bring their own keyboard use, their own
// names for screen readers and a phone's own pickers. Each is {node, field, read(), write(state)}: `node` is drawn,
// `field` takes focus and label, `read` gives the element's state as Slack's `view.state` holds it, `write` restores it.

import { el } from "./dom.js";
import { localOf, secondsOf } from "./dates.js";
import { plainWords } from "./mrkdwn.js";
import { multiple, select } from "./choices.js";
import { checks } from "./checks.js";

const MAKERS = {
  plain_text_input: (element) => written(element, element.multiline ? el("textarea", { rows: "4" }) : el("input", { type: "text" })),
  number_input: (element) => written(element, el("input", { type: "text", inputmode: element.is_decimal_allowed ? "decimal" : "numeric" })),
  email_text_input: (element) => written(element, el("input", { type: "email" })),
  url_text_input: (element) => written(element, el("input", { type: "url" })),
  datepicker: (element) => picked(element, "date", "selected_date", element.initial_date),
  timepicker: (element) => picked(element, "time", "selected_time", element.initial_time),
  datetimepicker: moment,
  static_select: select,
  external_select: select,
  users_select: select,
  channels_select: select,
  conversations_select: select,
  multi_static_select: multiple,
  multi_external_select: multiple,
  multi_users_select: multiple,
  multi_channels_select: multiple,
  multi_conversations_select: multiple,
  radio_buttons: checks,
  checkboxes: checks,
};

/** Whether there is a control for this type of element. */
export const hasControl = (type) => Object.hasOwn(MAKERS, type);

/** The control of an element. */
export const control = (element, scene, block) => MAKERS[element.type](element, scene, block);

function written(element, field) {
  field.placeholder = plainWords(element.placeholder);
  field.value = element.initial_value ?? "";
  if (element.max_length) field.maxLength = element.max_length;
  field.classList.add("field-text");
  return {
    node: field,
    field,
    read: () => ({ type: element.type, value: field.value === "" ? null : field.value }),
    write: (state) => { field.value = state.value ?? ""; },
  };
}

function picked(element, type, key, initial) {
  const field = el("input", { type, class: "field-text" });
  field.value = initial ?? "";
  return {
    node: field,
    field,
    read: () => ({ type: element.type, [key]: field.value || null }),
    write: (state) => { field.value = state[key] ?? ""; },
  };
}

function moment(element, scene) {
  const { zone } = scene.reader;
  const field = el("input", { type: "datetime-local", class: "field-text" });
  const show = (seconds) => { field.value = seconds ? localOf(seconds, zone) : ""; };
  show(element.initial_date_time);
  return {
    node: field,
    field,
    read: () => ({ type: element.type, selected_date_time: field.value ? secondsOf(field.value, zone) : null }),
    write: (state) => show(state.selected_date_time),
  };
}

/** The controls of a view, by block and action: what was typed, to be sent, or kept when the view is redrawn. */
export class Controls {
  #all = new Map();

  set(block, action, made) {
    this.#all.set(JSON.stringify([block, action]), made);
  }

  get(block, action) {
    return this.#all.get(JSON.stringify([block, action]));
  }

  /** `view.state.values` as Slack sends them. */
  values() {
    const values = {};
    for (const [key, made] of this.#all) {
      const [block, action] = JSON.parse(key);
      (values[block] ??= {})[action] = made.read();
    }
    return values;
  }

  /** Take over what stands in another view's controls, where block and action are the same. */
  keepFrom(others) {
    for (const [key, made] of this.#all) {
      const before = others.#all.get(key);
      if (before !== undefined && before.read().type === made.read().type) made.write(before.read());
    }
  }
}
