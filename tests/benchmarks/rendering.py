"""What rendering costs beside literal dicts of the same message: ``rendering [rounds] [turns]``.

Both are measured in one run, in turns; the best turn counts.
"""

import timeit
from datetime import timedelta

from jobbot.access.policy import Need
from jobbot.adverity.model import Job
from jobbot.intents.model import ListJobs
from jobbot.render.asked import Asked, Asker, in_words
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.text import clock, escape, to_plain
from jobbot.render.jobs import name_in_words, row, state_and_number
from jobbot.render.listing import Listing, render_listing
from tests.unit.render import gallery
from tests.unit.render.gallery import NOW, as_given, names


def listing() -> Listing:
    """Fifteen jobs, all going on, with buttons to stop them."""
    jobs: tuple[Job, ...] = tuple(gallery.job(as_given, 900 + number) for number in range(15))
    return Listing(
        asked=Asked(ListJobs(), None, None, "Europe/Vienna"),
        instance="acme",
        jobs=jobs,
        page=1,
        total=15,
        complete=True,
        as_of=NOW,
        names=names(as_given),
    )


def rendered(one: Listing) -> Message:
    """The message."""
    return render_listing(
        one,
        now=NOW + timedelta(seconds=3),
        asker=Asker("U0ANA"),
        offers=[Need.STOP],
        offer_share=False,
        command="/jobs",
    )


def by_hand(one: Listing) -> dict[str, object]:
    """The same message as dicts in place, its strings from the same functions: what rendering cannot do without."""
    now = NOW + timedelta(seconds=3)
    lines: list[str] = []
    blocks: list[Block] = []
    asked_for = f"{one.total:,} jobs: {in_words(one.asked)}"
    about = (escape(one.instance), f"as of {clock(one.as_of)} (3 s ago)", "asked by <@U0ANA>")
    blocks.append({"type": "header", "text": {"type": "plain_text", "text": asked_for, "emoji": False}})
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": " · ".join(about), "verbatim": True}]})
    lines.append(to_plain(" – ".join([f"*{asked_for}*", *about])))
    options: list[Block] = []
    for job in one.jobs:
        words = row(job, one.names, now)
        lines.append(to_plain(words))
        blocks.append({
            "type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}, "expand": True,
            "accessory":
                {"type": "button", "text": {"type": "plain_text", "text": "Stop job", "emoji": False},
                 "action_id": "job_stop",
                 "value": f'{{"v":1,"instance":"{one.instance}","do":"stop","job":{job.id},"reason":""}}',
                 "accessibility_label": f"Stop job {job.id}, asks first"},
        })  # fmt: skip
        name = f"{name_in_words(job, one.names)} · {state_and_number(job, now)} · {job.id}"
        options.append({
            "text": {"type": "plain_text", "text": name, "emoji": False},
            "value": f'{{"v":1,"instance":"{one.instance}","do":"show","job":{job.id}}}',
        })  # fmt: skip
    blocks.append({"type": "actions", "elements": [
        {"type": "static_select", "action_id": "job_open",
         "placeholder": {"type": "plain_text", "text": "Open a job", "emoji": False}, "options": options},
        {"type": "button", "text": {"type": "plain_text", "text": "Refresh", "emoji": False},
         "action_id": "list_refresh", "value": _list_value(one.instance, ""),
         "accessibility_label": "Refresh this list"},
        {"type": "button", "text": {"type": "plain_text", "text": "Stop several", "emoji": False},
         "action_id": "act", "value": f'{{"v":1,"instance":"{one.instance}","do":"stop_several","states":[],'
                                      '"datastream":null,"workspace":null,"jobs":[],"reason":""}',
         "accessibility_label": "Stop several: choose which of several jobs to stop, asks first"},
        {"type": "button", "text": {"type": "plain_text", "text": "Failed last 24 h", "emoji": False},
         "action_id": "run", "value": _list_value(one.instance, '"Failed"'),
         "accessibility_label": "Failed last 24 h"},
    ]})  # fmt: skip
    return {"text": "\n".join(lines), "blocks": blocks}


def _list_value(instance: str, states: str) -> str:
    return (
        f'{{"v":1,"instance":"{instance}","do":"list","states":[{states}],"datastream":null,"workspace":null,'
        '"range":null,"longer":null,"jobs":[],"page":1}'
    )


def main(rounds: str = "300", turns: str = "7") -> None:
    """Print microseconds and the ratio."""
    one, number = listing(), int(rounds)
    message = rendered(one)
    assert by_hand(one) == {"text": message.text, "blocks": list(message.blocks)}, "both must make the same"
    ways = {"render_listing": lambda: rendered(one), "the same by hand": lambda: by_hand(one)}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(int(turns)):
        for name, way in ways.items():
            spent[name].append(timeit.timeit(way, number=number))
    best = {name: min(times) / number * 1e6 for name, times in spent.items()}
    for name, micros in best.items():
        print(f"{name:<20}{micros:>9.1f} µs  {micros / best['the same by hand']:>6.2f} x by hand")
