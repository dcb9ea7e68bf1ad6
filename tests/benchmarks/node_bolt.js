// Node's Bolt with one command that does nothing, for the comparison in ack.py.
const { App } = require("@slack/bolt");
const app = new App({
  signingSecret: process.env.SECRET,
  authorize: async () => ({ botToken: "xoxb-none", botId: "B0", botUserId: "U0" }),
  endpoints: "/slack/events",
});
app.command("/jobs", async ({ ack }) => await ack());
app.start({ port: Number(process.env.PORT), host: "127.0.0.1" }).then(() => console.log("ready"));
