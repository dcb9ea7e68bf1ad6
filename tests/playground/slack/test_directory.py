"""What the bot is told of people, channels and user groups."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from jobbot.playground.slack import LocalSlack, Team
from tests.playground.slack.world import client_of, code_of


async def test_people(slack: LocalSlack, bot: AsyncWebClient) -> None:
    ana, ben, gus, olga, robo, lena = [
        (await bot.users_info(user=slack.person(name).id))["user"]
        for name in ("ana", "ben", "gus", "olga", "robo", "lena")
    ]
    assert (ana["team_id"], ana["tz"], ana["tz_offset"], ana["is_admin"], ana["is_restricted"]) == (
        "T0ACME0001", "Europe/Vienna", 3600, True, False
    )  # fmt: skip
    assert (ben["tz"], ben["tz_offset"]) == ("America/New_York", -18_000)
    assert gus["is_restricted"]
    assert (olga["team_id"], olga["is_stranger"], "is_restricted" in olga) == ("T0GLOBEX01", True, False)
    assert robo["is_bot"]
    assert (lena["deleted"], "tz" in lena) == (True, False)
    assert not any("enterprise_user" in user for user in (ana, ben, gus, olga))


async def test_nobody(slack: LocalSlack, bot: AsyncWebClient) -> None:
    assert await code_of(bot.users_info(user="U0NOBODY01")) == "user_not_found"
    globex = slack.olga.team
    unknown = slack.add_person("otto", team=globex)
    assert await code_of(bot.users_info(user=unknown.id)) == "user_not_visible"


async def test_a_colleague_of_a_sister_workspace() -> None:
    async with LocalSlack(grid=True) as slack:
        bot = client_of(slack)
        sam = (await bot.users_info(user=slack.sam.id))["user"]
        assert (sam["team_id"], sam["enterprise_user"]["enterprise_id"]) == ("T0SISTER01", "E0ACME0001")
        assert "is_stranger" not in sam
        assert (await bot.users_info(user=slack.olga.id))["user"]["is_stranger"]
        org = (await bot.conversations_info(channel=slack.channel("org-data").id))["channel"]
        assert (org["is_shared"], org["is_org_shared"], org["is_ext_shared"]) == (True, True, False)


async def test_there_is_no_sam_without_a_grid(slack: LocalSlack) -> None:
    with pytest.raises(KeyError):
        _ = slack.sam


async def test_channels(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc, shared, leads, old, random = [
        (await bot.conversations_info(channel=slack.channel(name).id))["channel"]
        for name in ("inc-data", "acme-shared", "data-leads", "inc-2021", "random")
    ]
    assert (inc["name"], inc["is_member"], inc["is_shared"], inc["is_private"]) == ("inc-data", True, False, False)
    assert (shared["is_ext_shared"], shared["is_shared"]) == (True, True)
    assert shared["shared_team_ids"] == ["T0ACME0001", "T0GLOBEX01"]
    assert (leads["is_private"], leads["is_channel"]) == (True, False)
    assert old["is_archived"]
    assert random["is_member"] is False
    assert await code_of(bot.conversations_info(channel="C0NOWHERE1")) == "channel_not_found"
    assert await code_of(bot.conversations_info(channel=slack.ana.dm.id)) == "missing_scope"
    slack.scopes.add("im:read")
    dm = (await bot.conversations_info(channel=slack.ana.dm.id))["channel"]
    assert (dm["is_im"], dm["user"]) == (True, slack.ana.id)


async def test_a_channel_becomes_shared_later(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc = slack.channel("inc-data")
    inc.is_ext_shared = True
    assert (await bot.conversations_info(channel=inc.id))["channel"]["is_ext_shared"]


async def test_user_groups(slack: LocalSlack, bot: AsyncWebClient) -> None:
    oncall = slack.usergroup("@data-oncall")
    assert (await bot.usergroups_users_list(usergroup=oncall.id))["users"] == [slack.ana.id, slack.mia.id]
    [group] = (await bot.usergroups_list(include_users=True))["usergroups"]
    assert (group["handle"], group["users"]) == ("data-oncall", [slack.ana.id, slack.mia.id])
    oncall.users.append(slack.ben.id)
    assert (await bot.usergroups_users_list(usergroup=oncall.id))["users"] == [slack.ana.id, slack.mia.id, slack.ben.id]
    oncall.is_disabled = True
    assert (await bot.usergroups_list())["usergroups"] == []
    assert (await bot.usergroups_users_list(usergroup=oncall.id))["users"] == []
    assert await code_of(bot.usergroups_users_list(usergroup="S0NONE0001")) == "no_such_subteam"


async def test_the_world_can_be_made_larger(slack: LocalSlack, bot: AsyncWebClient) -> None:
    initech = Team("T0INITECH1", "initech", "initech")
    peter = slack.add_person("peter", team=initech, tz="Asia/Kolkata")
    eva = slack.add_person("eva", is_restricted=True)
    war_room = slack.add_channel("war-room", members=[slack.bot, peter, eva], is_ext_shared=True)
    assert (await bot.users_info(user=peter.id))["user"]["tz_offset"] == 19_800
    assert (await bot.users_info(user=eva.id))["user"]["is_restricted"]
    assert (await bot.chat_postMessage(channel=war_room.id, text="x"))["ok"]
    assert eva.dm.has(eva)
    with pytest.raises(ValueError, match="already"):
        slack.add_person("ana", id=slack.ana.id)


async def test_the_channels_that_somebody_is_in(slack: LocalSlack, bot: AsyncWebClient) -> None:
    def names(answer: AsyncSlackResponse) -> list[str]:
        return [channel["name"] for channel in answer["channels"]]

    both = "public_channel,private_channel"
    public = names(await bot.users_conversations(user=slack.ana.id))
    assert {"inc-data", "acme-shared"} <= set(public)
    unseen = slack.add_channel("secret", members=[slack.ana], is_private=True)
    seen = slack.add_channel("war-room", members=[slack.ana, slack.world.bot], is_private=True)
    found = await bot.users_conversations(user=slack.ana.id, types=both)
    assert set(names(found)) == {*public, "data-leads", seen.name}
    assert unseen.name not in names(found)
    assert all("is_member" not in one and "num_members" not in one for one in found["channels"])
    shared = next(one for one in found["channels"] if one["name"] == "acme-shared")
    assert (shared["is_ext_shared"], shared["is_private"]) == (True, False)
    slack.channel("random").is_archived = True
    assert "random" not in names(await bot.users_conversations(user=slack.ana.id, exclude_archived=True))


async def test_the_channels_that_somebody_is_in_come_in_pages(slack: LocalSlack, bot: AsyncWebClient) -> None:
    whole = (await bot.users_conversations(user=slack.ana.id))["channels"]
    found, cursor = [], ""
    for _ in range(len(whole)):
        page = await bot.users_conversations(user=slack.ana.id, limit=1, cursor=cursor)
        found += page["channels"]
        cursor = page["response_metadata"]["next_cursor"]
    assert (found, cursor) == (whole, "")
    assert await code_of(bot.users_conversations(user=slack.ana.id, cursor="x")) == "invalid_cursor"
    assert await code_of(bot.users_conversations(user=slack.ana.id, limit=1000)) == "invalid_arguments"
    assert await code_of(bot.users_conversations(user=slack.ana.id, types="public")) == "invalid_types"
    assert await code_of(bot.users_conversations(user="U0NOBODY01")) == "user_not_found"
