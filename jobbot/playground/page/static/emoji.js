// Names of emoji that people and bots commonly type. A name that is not here stays as it was typed, as with Slack.

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", pray: "🙏", clap: "👏", ok_hand: "👌",
  raised_hands: "🙌", muscle: "💪", eyes: "👀", smile: "😄", slightly_smiling_face: "🙂", grinning: "😀", joy: "😂",
  sweat_smile: "😅", wink: "😉", thinking_face: "🤔", sob: "😭", scream: "😱", sunglasses: "😎", heart: "❤️",
  tada: "🎉", snowflake: "❄️", rocket: "🚀", fire: "🔥", bug: "🐛", robot_face: "🤖", sparkles: "✨", star: "⭐", zap: "⚡", bell: "🔔",
  no_bell: "🔕", white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌",
  negative_squared_cross_mark: "❎", warning: "⚠️", rotating_light: "🚨", octagonal_sign: "🛑", no_entry: "⛔",
  no_entry_sign: "🚫", grey_question: "❔", grey_exclamation: "❕", question: "❓", exclamation: "❗", information_source: "ℹ️", bulb: "💡", lock: "🔒", key: "🔑",
  link: "🔗", mag: "🔍", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", clock1: "🕐", calendar: "📅",
  date: "📅", pushpin: "📌", memo: "📝", page_facing_up: "📄", bar_chart: "📊", chart_with_upwards_trend: "📈",
  chart_with_downwards_trend: "📉", package: "📦", inbox_tray: "📥", outbox_tray: "📤", wastebasket: "🗑️",
  wrench: "🔧", hammer: "🔨", gear: "⚙️", construction: "🚧", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️",
  arrow_down: "⬇️", arrows_counterclockwise: "🔄", repeat: "🔁", black_square_for_stop: "⏹️", arrow_forward: "▶️",
  double_vertical_bar: "⏸️", red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", coffee: "☕", snail: "🐌",
  speech_balloon: "💬", mega: "📣", loudspeaker: "📢", sos: "🆘", zzz: "💤", hundred: "💯", "100": "💯",
};

/** The emoji of a name, or null. */
export const emoji = (name) => (Object.hasOwn(NAMES, name) ? NAMES[name] : null);
