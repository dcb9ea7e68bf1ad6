"""jobbot's app manifest, ready to paste into Slack (https://docs.slack.dev/reference/app-manifest).

The one place that says which scopes and events jobbot needs: ``jobbot doctor`` holds what Slack has granted against it,
and ``manifest.yml`` of the repository is what it prints without any option. Its text is written by hand and not dumped,
because the comments beside the scopes are for whoever has to approve the app.
"""

import json
import re
from collections.abc import Mapping, Sequence
from string import Template
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "commands": "the slash command, and the shortcuts",
        "chat:write": "answers, the message of each stop, and how watched jobs ended",
        "app_mentions:read": "the same words in a thread, where slash commands do not work",
        "channels:read": "whether a public channel is shared with another organisation, and who is in it",
        "groups:read": "the same for a private channel",
        "users:read": "whether somebody is a guest or from another organisation, and their time zone",
        "links:read": "that a message has a link to a datastream of yours, and where it leads",
        "links:write": "the preview below such a message, with the datastream's last runs",
        "usergroups:read": "who is in the user groups that may stop jobs, or fetch, retry and pause",
    }
)
"""The scopes of the bot's token, each with what it is for."""


EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "app_mention": "the same words in a thread",
        "app_home_opened": "somebody opens the Home tab: it says what can be typed, and where",
        "link_shared": "a message has a link to a datastream",
        "channel_shared": "another organisation joined a channel: answers there are then private",
        "channel_unshared": "it left",
        "channel_id_changed": "a private channel that becomes shared may get another id",
        "channel_archive": "nothing can be posted there any more",
        "channel_unarchive": "and now it can",
        "channel_left": "jobbot was removed from a channel",
        "group_archive": "the same for a private channel",
        "group_unarchive": "and now it can",
        "group_left": "jobbot was removed from a private one",
    }
)
"""The events of the bot, each with what it is for. None needs a scope that is not among :data:`SCOPES`.

Not ``user_change``: it comes with every status that anybody in the workspace sets, and Slack stops sending an app all
events, mentions too, after 30,000 in an hour.
"""


def granted_scopes(headers: Mapping[str, str]) -> frozenset[str] | None:
    """What Slack has granted, as the headers of any of its answers say; None where they do not."""
    said = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    return None if said is None else frozenset(scope.strip() for scope in said.split(",") if scope.strip())


def missing_scopes(headers: Mapping[str, str]) -> list[str]:
    """The scopes that jobbot needs and was not granted; none where Slack does not say."""
    granted = granted_scopes(headers)
    return [scope for scope in SCOPES if granted is not None and scope not in granted]


EVENTS_PATH = "/slack/events"

_SOCKET = """\
# Socket Mode: jobbot opens the connection to Slack, so it needs no public address. Create an app-level token with the
# scope connections:write (Basic Information, App-Level Tokens) and give it to jobbot as SLACK_APP_TOKEN.
#
# For HTTP: jobbot manifest --url https://YOUR-HOST"""
_HTTP = """\
# HTTP: Slack sends every request to
#   $request_url
# and checks that it answers (Event Subscriptions, Verify): start jobbot first. Give jobbot the Signing Secret (Basic
# Information) as SLACK_SIGNING_SECRET, and leave SLACK_APP_TOKEN out."""

_MANIFEST = Template("""\
# jobbot's app manifest: https://api.slack.com/apps -> Create New App -> From a manifest -> paste this.
#
$how
_metadata:
  major_version: 2
  minor_version: 0
display_information:
  name: $name
  description: Adverity fetch jobs in your incident channel - list, follow and stop them, with a record.
  long_description: >-
    jobbot brings your data team's Adverity fetch jobs into the channel where you work on an incident. It lists running,
    scheduled and past jobs, shows one job with its issues, tells the channel how jobs end, and stops a job after
    asking for confirmation - in front of everybody, with a reason. It works in permitted channels only.
  background_color: "#1d3557"
features:
  app_home:
    # The Home tab says what can be typed, and where. Jobs are shown in permitted channels only, so not there, and there
    # is nothing to show in direct messages.
    home_tab_enabled: true
    messages_tab_enabled: false
  bot_user:
    display_name: $display_name
    always_online: false
  shortcuts:
    - name: Find Adverity jobs
      type: global
      callback_id: find_jobs
      description: Look for jobs by datastream, state and time, and show them in a channel
    - name: Adverity jobs named here
      type: message
      callback_id: jobs_named_here
      description: Look up the jobs and datastreams that a message names
  slash_commands:
    - command: $command
      description: List, follow and stop Adverity jobs
      usage_hint: "failed yesterday | datastream 42 | 987 | watch 987 | stop 987 why | help"
      should_escape: true$command_url
$unfurls
oauth_config:
  scopes:
    bot:
$scopes
settings:
  event_subscriptions:$request
    bot_events:
$events
  interactivity:
    is_enabled: true$request$options
  org_deploy_enabled: false
  socket_mode_enabled: $socket_mode
  token_rotation_enabled: false
""")

_NO_UNFURLS = """\
  # Links to datastreams get previews on the hosts that stand here. `jobbot manifest` fills in those of your settings:
  # unfurl_domains:
  #   - acme.datatap.adverity.com"""
_UNFURLS = "  # Links to datastreams on these hosts get previews.\n  unfurl_domains:\n"

_DOMAIN = re.compile(r"(?![.-])[-a-z0-9.]+[a-z0-9]")
_DOMAINS_MOST = 5

_NAME_MOST, _COMMAND_MOST, _URL_MOST = 35, 32, 3_000
"""Slack's limits (the schema of the manifest); of a URL less, because a path is put behind it."""


class BadManifest(Exception):
    """The manifest would not be taken. The message is one line, beginning with the option."""


def manifest(
    *,
    url: str | None = None,
    mode: Literal["socket", "http"] | None = None,
    command: str = "/jobs",
    name: str = "jobbot",
    hosts: Sequence[str] = (),
) -> str:
    """The manifest in YAML. With ``url``, where Slack can reach jobbot, for HTTP, else for Socket Mode.

    ``command`` and ``name`` let several deployments live in one workspace; ``hosts`` are those of the instances, of
    which Slack takes five for previews of links. Raises BadManifest.
    """
    if mode == "http" and url is None:
        raise BadManifest("--url: is missing; Slack must know where to send requests (like https://bot.example.com)")
    if mode == "socket" and url is not None:
        raise BadManifest("--url: is not used in Socket Mode, where jobbot opens the connection; leave it out")
    at = request_url(url) if url is not None else None
    return _MANIFEST.substitute(
        how=_SOCKET if at is None else Template(_HTTP).substitute(request_url=at),
        name=json.dumps(_checked_name(name), ensure_ascii=False),
        display_name=json.dumps(_display_name(name)),
        command=_checked_command(command),
        command_url=f"\n      url: {json.dumps(at)}" if at else "",
        unfurls=_unfurls(hosts),
        request=f"\n    request_url: {json.dumps(at)}" if at else "",
        # Over HTTP Slack asks for the options of a select only where it is told to; in Socket Mode it needs no address.
        options=f"\n    message_menu_options_url: {json.dumps(at)}" if at else "",
        scopes="\n".join(f"      - {scope:<18} # {why}" for scope, why in SCOPES.items()),
        events="\n".join(f"      - {event:<18} # {why}" for event, why in EVENTS.items()),
        socket_mode="false" if at else "true",
    )


def _unfurls(hosts: Sequence[str]) -> str:
    domains = [host for host in dict.fromkeys(hosts) if _DOMAIN.fullmatch(host) and len(host) <= 255 and "." in host]
    listed = "\n".join(f"    - {json.dumps(domain)}" for domain in domains[:_DOMAINS_MOST])
    return _UNFURLS + listed if listed else _NO_UNFURLS


def request_url(url: str) -> str:
    """``https://HOST`` (with a path, where something in front of jobbot takes it away) with the endpoint behind it.

    Raises BadManifest.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise BadManifest("--url: is not a URL like https://bot.example.com") from None
    if parts.scheme != "https":
        raise BadManifest("--url: must begin with https://; Slack sends nothing unencrypted")
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \"'<>\\")
    if not re.fullmatch(r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*", host) or not plain:
        raise BadManifest("--url: is not a URL like https://bot.example.com")
    if parts.username is not None or parts.query or parts.fragment or "?" in url or "#" in url:
        raise BadManifest("--url: must be a host, with a path if you like, without password, ? or #")
    if len(url) > _URL_MOST:
        raise BadManifest(f"--url: is longer than {_URL_MOST} characters")
    return url.rstrip("/").removesuffix(EVENTS_PATH) + EVENTS_PATH


def _checked_name(name: str) -> str:
    if not name.strip() or len(name) > _NAME_MOST:
        raise BadManifest(f"--name: must have 1 to {_NAME_MOST} characters")
    if not name.isprintable() or name != name.strip():
        raise BadManifest("--name: must be one line without blanks before or after it")
    return name


def _display_name(name: str) -> str:
    """What people type after @: Slack takes small letters, digits, ``.``, ``-`` and ``_``."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._") or "jobbot"


def _checked_command(command: str) -> str:
    if not command.startswith("/"):
        raise BadManifest("--command: must begin with /, like /jobs-staging")
    if len(command) > _COMMAND_MOST:
        raise BadManifest(f"--command: is longer than {_COMMAND_MOST} characters")
    if not re.fullmatch(r"/[a-z0-9][a-z0-9_-]*", command):
        raise BadManifest("--command: may contain lower-case letters, digits, - and _ after the /, like /jobs-staging")
    return command
