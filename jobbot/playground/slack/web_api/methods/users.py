"""``users.*``, ``usergroups.*``, and who the bot itself is."""

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.objects import user_object, usergroup_object, zone_offset
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.methods.method import Fields, Method
from jobbot.playground.slack.web_api.rates import FREE, TIER_2, TIER_4


def api_test(workspace: Workspace, args: Arguments) -> Fields:
    """``api.test``: says what it was given, or the error it was asked for."""
    given = {name: value for name, value in args.given.items() if name != "token"}
    if error := args.text("error"):
        raise ApiError(error, fields={"args": given})
    return {"args": given}


def auth_test(workspace: Workspace, args: Arguments) -> Fields:
    """``auth.test``."""
    home, bot = workspace.world.home, workspace.world.bot
    fields: Fields = {
        "url": f"https://{home.domain}.slack.com/",
        "team": home.name,
        "user": bot.name,
        "team_id": home.id,
        "user_id": bot.id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }
    if home.enterprise is not None:
        fields["enterprise_id"] = home.enterprise.id
    return fields


def user_info(workspace: Workspace, args: Arguments) -> Fields:
    """``users.info``. Strangers can be seen as long as they share a channel with the bot."""
    world = workspace.world
    person = world.people.get(args.text("user") or "")
    if person is None:
        raise ApiError("user_not_found")
    if not world.is_of_home(person) and not _shares_channel(workspace, person):
        raise ApiError("user_not_visible")
    return {"user": user_object(person, world, zone_offset(person, workspace.now()))}


def _shares_channel(workspace: Workspace, person: Person) -> bool:
    bot = workspace.world.bot
    return any(channel.has(person) and channel.has(bot) for channel in workspace.world.channels.values())


def usergroups(workspace: Workspace, args: Arguments) -> Fields:
    """``usergroups.list``."""
    world = workspace.world
    groups = [group for group in world.usergroups.values() if args.flag("include_disabled") or not group.is_disabled]
    found = [usergroup_object(group, world) for group in groups]
    if args.flag("include_users"):
        for group, fields in zip(groups, found, strict=True):
            fields["users"] = list(group.users)
    return {"usergroups": found}


def usergroup_users(workspace: Workspace, args: Arguments) -> Fields:
    """``usergroups.users.list``."""
    group = workspace.world.usergroups.get(args.needed("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    if group.is_disabled and not args.flag("include_disabled"):
        return {"users": []}
    return {"users": list(group.users)}


USERS = (
    Method("api.test", api_test, TIER_4),
    Method("auth.test", auth_test, FREE),
    Method("users.info", user_info, TIER_4, ("users:read",)),
    Method("usergroups.list", usergroups, TIER_2, ("usergroups:read",)),
    Method("usergroups.users.list", usergroup_users, TIER_2, ("usergroups:read",)),
)
