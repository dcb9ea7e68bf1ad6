"""How large a module and a folder may grow. What is larger says why; an entry that is not needed any more fails too."""

from pathlib import Path

import jobbot

ROOT = Path(jobbot.__file__).parent

LINES_MOST = 200
MODULES_MOST = 12

LONGER = {
    "adverity/client.py": "each call of the jobs API with what its answers mean",
    "adverity/gateway.py": "every read of an instance beside how long it is kept, and every write",
    "app.py": "one bot from its start to its end: what is built in which order, and closed in reverse",
    "cli.py": "every command with its options and what it answers",
    "flows/delivery/dispatcher.py": "one message from lease to delivered, with every way in which Slack may refuse it",
    "flows/following/matters.py": "what each kind of run does to a matter, in whatever order they are seen",
    "flows/following/poll_state.py": "the state between two rounds: types alone, and how one begins",
    "flows/following/reconcile.py": "what is asked next and what each answer means, beside its proof",
    "flows/jobs/catalogue.py": "one table of names and places, with each way in which they become known",
    "flows/acts/kinds/schedule.py": "both ways of one switch, so that they agree",
    "flows/acts/attempts.py": "every way in which an act was not sent, was sent, or ends, as one closed set",
    "flows/acts/several.py": "the whole of several stops and each of its parts, which share one claim",
    "render/history.py": "the words of the record for acts of every kind, so that they agree",
    "flows/acts/acting.py": "how an act begins, goes on and is given up, each with what is left where it fails",
    "flows/acts/execution.py": "the states of an act from claim to ending, each beside what a crash there leaves",
    "intents/language/vocabulary.py": "the whole language, table beside table, under the page that describes it",
    "intents/times/instants.py": "each kind of range worked out on one clock, under one check",
    "intents/times/ranges.py": "each way in which a range is said, and the order in which they are tried",
    "intents/mistakes.py": "each kind of mistake with what is suggested instead, in one order",
    "intents/wording.py": "every intent in the words that would be typed, beside each other",
    "manifest.py": "the manifest as it is pasted, with every scope and event beside its reason",
    "playground/adverity/scripted.py": "everything that can be said of an instance and of a job, one method each",
    "playground/adverity/stories.py": "one story: its people, its places, and what happened in its order",
    "playground/console.py": "the demo's console: a command and its answer a method",
    "playground/screen.py": "a message, a view and each kind of field as text, all of which share one numbering",
    "playground/slack/client/gestures.py": "everything that a person can do in Slack's client, one method each",
    "render/around.py": "a phrase of each fact that stands around a job, for whichever message",
    "render/alert_settings.py": "each answer about the alerts of a channel, which say an alert in the same words",
    "render/alerts.py": "all words of alerts, one and many, of each kind, so that they agree",
    "render/jobs.py": "all words of one job, in rows and in sentences, so that they agree",
    "render/matters.py": "a matter and all its words, so that its numbers agree",
    "render/help.py": "all that can be typed, by topic, so that nothing is missing in it",
    "render/handover.py": "each thing that is handed over, in one order under one bound",
    "render/acts/review.py": "all words of a request that others act: its windows, its card, its ends",
    "render/blockkit/buttons.py": "every button, and what each may carry: one table",
    "render/refusals.py": "every reason to refuse in words, so that they agree, with what stands on each",
    "render/card.py": "all parts of a card in their order, alone and below the act that started its job",
    "render/acts/message.py": "what the messages of all acts say alike, so that they agree",
    "render/acts/several.py": "the phrases, counts and endings of several stops, so that they agree",
    "render/acts/stop.py": "the phrases and endings of a stop's message, so that they agree",
    "render/acts/schedule.py": "the phrases and endings of a pause's and a resume's message, so that they agree",
    "slack/handlers/anywhere/finding.py": "one window from the shortcut to the list, with what its select offers",
    "slack/handlers/acts/submission.py": "a submitted window from its metadata to what became of it",
    "slack/handlers/answers.py": "one match over all intents: which are served by whom, and what is asked before",
    "slack/handlers/gate.py": "every question of access that a handler asks, under one policy, each refusal counted",
    "slack/transport/http.py": "one endpoint from bytes to ack, and the routes beside it",
    "slack/transport/http_connections.py": "one protocol class: every bound on a connection that may be anybody's",
    "slack/transport/payloads.py": "the only reader of payloads: each kind of payload and field, none trusted",
    "slack/web/directory.py": "each kind of look-up beside how long its answer is believed",
    "slack/web/outbound.py": "every call that writes to Slack, with its limits and fallbacks",
    "store/database/engine.py": "what both databases need to behave alike, pragma by pragma with its reason",
    "store/database/tables.py": "the schema, a table after the other",
    "store/following/model.py": "the records of what is followed and of the outbox: types alone",
    "store/following/outbox.py": "each statement beside its reason",
    "store/following/poll_rounds.py": "the statements of one lease, from begin to commit, each beside its reason",
    "store/acts/history.py": "each question about the record of acts, in a statement of its own",
    "store/acts/ledger.py": "the statements of an act's record, each guarded by the state that it leaves",
    "store/acts/reviews.py": "the statements of review requests, each guarded by the state that it leaves",
    "store/acts/model.py": "the records and errors of the ledger: types alone",
}
"""Modules of more lines than the most, and why."""

FULLER = {
    "": "the commands, the assembly of the bot, and the few types that every room may import",
    "adverity": "one client, and each manner towards the API (line, breaker, sharing, paging) in a module of its own",
    "flows/acts": "the way of an act, and each thing that follows it or is read of it, in a module of its own",
    "flows/acts/kinds": "a kind of act: its decisions, and what its window reads, a module each",
    "flows/jobs": "each thing that an answer about jobs is made of, in a module of its own",
    "flows/following": "each decision of a round is a pure module of its own, beside the poller that makes them",
    "intents/grammar": "the words of each kind of command, and what each kind comes to, in a module of its own",
    "playground/adverity": "the other side of the same API: a route, a fault, a clock each",
    "playground/page": "one page: what it draws, what it records, what it lets in",
    "render": "a module for each thing that is shown",
    "render/acts": "the message of each kind of act and its window, a module each",
    "slack/transport": "each step of a payload's way in, and of its ack's way back, in a module of its own",
}
"""Folders of more modules than the most (without ``__init__``), and why."""


def test_a_module_fits_on_three_screens_or_says_why() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in ROOT.rglob("*.py")}
    assert lengths
    assert {path for path, lines in lengths.items() if lines > LINES_MOST} == LONGER.keys()


def test_a_folder_is_taken_in_at_a_glance_or_says_why() -> None:
    folders = [ROOT, *(path for path in ROOT.rglob("*") if path.is_dir())]
    modules = {
        "" if folder == ROOT else str(folder.relative_to(ROOT)): [
            path for path in folder.glob("*.py") if not path.name.startswith("__")
        ]
        for folder in folders
    }
    assert {folder for folder, inside in modules.items() if len(inside) > MODULES_MOST} == FULLER.keys()
