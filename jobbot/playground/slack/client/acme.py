"""The workspace that the demo and the tests are played in: acme, its data team, and some who are not of it."""

from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.messages import Channel
from jobbot.playground.slack.state.people import Enterprise, Person, Team
from jobbot.playground.slack.state.world import Shortcut, UserGroup, World

BOT_ID = "B0JOBBOT01"
SHORTCUTS = (
    Shortcut(
        "find_jobs",
        "Find Adverity jobs",
        "global",
        "Look for jobs by datastream, state and time, and show them in a channel",
    ),
    Shortcut(
        "jobs_named_here",
        "Adverity jobs named here",
        "message",
        "Look up the jobs and datastreams that a message names",
    ),
)
"""As manifest.yml registers them."""


def acme(*, grid: bool, bot_name: str = "jobbot") -> World:
    """The workspace. On Enterprise Grid (``grid``) it has a sister workspace, with Sam in it, and a channel of both."""
    enterprise = Enterprise("E0ACME0001", "Acme Group") if grid else None
    home = Team("T0ACME0001", "acme", "acme", enterprise)
    bot = Actor(id="U0JOBBOT01", name=bot_name, real_name=bot_name, team=home, is_bot=True, bot_id=BOT_ID, tz="UTC")
    slackbot = Actor(id="USLACKBOT", name="slackbot", real_name="Slackbot", team=home, tz="America/Los_Angeles")
    world = World(home, bot, slackbot)
    for person in _people(home, Team("T0GLOBEX01", "globex", "globex")):
        world.add_person(person)
    world.usergroups["S0ONCALL01"] = UserGroup(
        id="S0ONCALL01",
        handle="data-oncall",
        name="Data on call",
        users=["U0ANA00001", "U0MIA00001", "U0SAM00001"][: 2 + grid],
    )
    for channel in _channels(bot.id):
        world.channels[channel.id] = channel
    if enterprise is not None:
        _add_sister(world, enterprise)
    for one in tuple(world.people.values()):
        if world.is_of_home(one) and not one.is_bot and not one.is_deactivated and one is not slackbot:
            add_dm(world, one)
    return world


def add_dm(world: World, person: Person) -> Channel:
    """The direct message between a person and the bot."""
    dm = Channel(id=f"D{person.id[1:]}", name="directmessage", members={person.id, world.bot.id}, im_with=person)
    world.channels[dm.id] = dm
    return dm


def _people(home: Team, globex: Team) -> list[Actor]:
    return [
        Actor(id="U0ANA00001", name="ana", real_name="Ana Novak", team=home, title="Data engineer", is_admin=True),
        Actor(id="U0MIA00001", name="mia", real_name="Mia Okafor", team=home, title="Data engineer"),
        Actor(id="U0BEN00001", name="ben", real_name="Ben Ortiz", team=home, title="Analyst", tz="America/New_York"),
        Actor(id="U0GUS00001", name="gus", real_name="Gus Lind", team=home, title="Guest", is_restricted=True),
        Actor(id="U0OLGA0001", name="olga", real_name="Olga Petrov", team=globex, title="Globex", tz="Europe/London"),
        Actor(id="U0ROBO0001", name="robo", real_name="Robo", team=home, is_bot=True, bot_id="B0ROBO0001", tz="UTC"),
        Actor(id="U0LEFT0001", name="lena", real_name="Lena Weiss", team=home, title="Left", is_deactivated=True),
    ]


def _channels(bot: str) -> list[Channel]:
    ana, mia, ben, gus, olga, robo, lena = (
        "U0ANA00001", "U0MIA00001", "U0BEN00001", "U0GUS00001", "U0OLGA0001", "U0ROBO0001", "U0LEFT0001",
    )  # fmt: skip
    return [
        Channel(id="C0INCDATA1", name="inc-data", members={bot, ana, mia, ben, gus, robo}),
        Channel(id="C0READONLY", name="data-read-only", members={bot, ana, mia, ben, gus}),
        Channel(id="C0RANDOM01", name="random", members={ana, mia, ben, lena}),
        Channel(id="C0SHARED01", name="acme-shared", members={bot, ana, mia, ben, olga}, is_ext_shared=True),
        Channel(id="C0LEADS001", name="data-leads", members={bot, ana}, is_private=True),
        Channel(id="C0INC2021X", name="inc-2021", members={bot, ana, ben}, is_archived=True),
    ]


def _add_sister(world: World, enterprise: Enterprise) -> None:
    sister = Team("T0SISTER01", "acme-labs", "acme-labs", enterprise)
    sam = Actor(id="U0SAM00001", name="sam", real_name="Sam Okafor", team=sister, title="Data engineer, acme-labs")
    world.add_person(sam)
    members = {world.bot.id, "U0ANA00001", "U0BEN00001", sam.id}
    org = Channel(id="C0ORGDATA1", name="org-data", members=members, is_org_shared=True)
    world.channels[org.id] = org
