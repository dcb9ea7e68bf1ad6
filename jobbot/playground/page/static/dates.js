// Times as each reader sees them: in the zone of whoever one is here, on a clock of 24 hours.

const made = new Map();

/** A formatter; making one takes longer than drawing a message, so each is made once. */
function formatter(locale, options) {
  const key = JSON.stringify([locale, options]);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale, options));
  return made.get(key);
}

/** The parts of a moment in a zone, as numbers. */
function civil(ms, zone) {
  const parts = formatter("en-GB", {
    timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
    second: "numeric", hourCycle: "h23",
  }).formatToParts(ms);
  return Object.fromEntries(parts.map((part) => [part.type, Number(part.value)]));
}

const two = (number) => String(number).padStart(2, "0");

function words(ms, zone, options) {
  return formatter("en-US", { timeZone: zone, ...options }).format(ms);
}

function ordinal(day) {
  const tens = day % 100;
  if (tens >= 11 && tens <= 13) return `${day}th`;
  return `${day}${{ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th"}`;
}

/** Days between the civil dates of two moments in a zone. */
function daysApart(ms, now, zone) {
  const [then, today] = [civil(ms, zone), civil(now, zone)];
  return Math.round((Date.UTC(then.year, then.month - 1, then.day) -
    Date.UTC(today.year, today.month - 1, today.day)) / 86_400_000);
}

function pretty(ms, reader, otherwise) {
  const near = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[daysApart(ms, reader.now(), reader.zone)];
  return near ?? otherwise();
}

const day = (ms, zone) => civil(ms, zone).day;

const TOKENS = {
  date_num: (ms, { zone }) => { const at = civil(ms, zone); return `${at.year}-${two(at.month)}-${two(at.day)}`; },
  date: (ms, { zone }) =>
    `${words(ms, zone, { month: "long" })} ${ordinal(day(ms, zone))}, ${words(ms, zone, { year: "numeric" })}`,
  date_slash: (ms, { zone }) => { const at = civil(ms, zone); return `${two(at.day)}/${two(at.month)}/${at.year}`; },
  date_short: (ms, { zone }) => words(ms, zone, { month: "short", day: "numeric", year: "numeric" }),
  date_long: (ms, reader) => `${words(ms, reader.zone, { weekday: "long" })}, ${TOKENS.date(ms, reader)}`,
  date_pretty: (ms, reader) => pretty(ms, reader, () => TOKENS.date(ms, reader)),
  date_short_pretty: (ms, reader) => pretty(ms, reader, () => TOKENS.date_short(ms, reader)),
  date_long_pretty: (ms, reader) => pretty(ms, reader, () => TOKENS.date_long(ms, reader)),
  time: (ms, { zone }) => { const at = civil(ms, zone); return `${two(at.hour)}:${two(at.minute)}`; },
  time_secs: (ms, reader) => `${TOKENS.time(ms, reader)}:${two(civil(ms, reader.zone).second)}`,
  ago: (ms, reader) => ago(reader.now() - ms),
};

function ago(ms) {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const [count, unit] = seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [Math.round(seconds / 60), "minute"]
    : seconds < 86_400 ? [Math.round(seconds / 3600), "hour"] : [Math.round(seconds / 86_400), "day"];
  const said = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return ms < 0 ? `in ${said}` : `${said} ago`;
}

/** `<!date^epoch^pattern>`: the pattern's words for a reader `{zone, now()}`; null when it is not to be read. */
export function formatDate(epoch, pattern, reader) {
  const ms = Number(epoch) * 1000;
  if (!/^\d+$/.test(epoch) || Number.isNaN(new Date(ms).getTime())) return null;
  if ([...pattern.matchAll(/\{(\w+)\}/g)].some(([, name]) => !Object.hasOwn(TOKENS, name))) return null;
  return pattern.replace(/\{(\w+)\}/g, (_, name) => TOKENS[name](ms, reader));
}

/** The time of day of a message. */
export const clock = (ms, reader) => TOKENS.time(ms, reader);

/** A message's day, as the line between two days says it. */
export function dayWords(ms, reader) {
  const near = pretty(ms, reader, () => TOKENS.date_long(ms, reader));
  return near.charAt(0).toUpperCase() + near.slice(1);
}

/** Everything about a moment, for a tooltip. */
export function fullWords(ms, reader) {
  return `${TOKENS.date_long(ms, reader)} at ${TOKENS.time_secs(ms, reader)} (${reader.zone})`;
}

/** The moment, in seconds, at which clocks in a zone show `local` ("2026-03-04T10:42"); null for none. */
export function secondsOf(local, zone) {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  const shown = (ms) => { const at = civil(ms, zone); return Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute); };
  const guess = wanted - (shown(wanted) - wanted);
  return (guess - (shown(guess) - wanted)) / 1000;
}

/** What clocks in a zone show at a moment given in seconds, as a `datetime-local` field wants it. */
export function localOf(seconds, zone) {
  const at = civil(seconds * 1000, zone);
  return `${at.year}-${two(at.month)}-${two(at.day)}T${two(at.hour)}:${two(at.minute)}`;
}
