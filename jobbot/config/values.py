"""The types of single settings: tokens, keys, hosts, URLs, ids. Each refuses what would only fail, or harm, later.

Where the shapes come from: https://docs.slack.dev/authentication/tokens for Slack's tokens, Adverity's Management API
documentation for the host that each customer has.
"""

import re
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from jobbot.config.problems import wrong

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def is_loopback(host: str) -> bool:
    """Whether ``host`` (a name or an address, without port) certainly is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(host: str) -> bool:
    """Whether ``host`` is an IP address and not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_host(host: str) -> bool:
    """Whether ``host`` is a name that DNS could hold, or an address."""
    return len(host) <= 253 and (_HOST.fullmatch(host) is not None or is_address(host))


def passwords_of(url: str) -> list[str]:
    """The passwords in a database's URL, as they are written there and as they are meant."""
    if not url.startswith("postgresql://"):
        return []
    parts = urlsplit(url)
    found = [parts.password or ""]
    found += [value for name, value in parse_qsl(parts.query) if name in ("password", "sslpassword")]
    return list(dict.fromkeys(form for word in found if word for form in (word, unquote(word))))


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _prefixed(prefix: str, where: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        if not text.startswith(prefix) or not _is_plain(text):
            raise wrong(f"is malformed: this token begins with {prefix} and has no blanks ({where})")
        return secret

    return AfterValidator(check)


def _no_blanks(secret: SecretStr) -> SecretStr:
    if not _is_plain(secret.get_secret_value()):
        raise wrong("is malformed: it contains blanks, line breaks or accents, which no such key has")
    return secret


def read_url(url: str) -> SplitResult | None:
    """The parts of a URL that leads to one plain host and carries no credentials, query or fragment."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    extra = parts.username is not None or parts.query or parts.fragment or "%" in parts.netloc
    return parts if is_host(host) and _is_plain(url) and port != 0 and not extra else None


def _base_url(value: str) -> str:
    """``HOST`` or a URL without path -> ``https://HOST``; plain http on loopback only, so that no key travels open."""
    parts = read_url(value if "://" in value else f"https://{value}")
    if parts is None:
        raise wrong("is not a host like acme.datatap.adverity.com")
    host = parts.hostname or ""
    if parts.path not in ("", "/"):
        raise wrong("has a path: give the host alone, like acme.datatap.adverity.com")
    if parts.scheme == "http" and not is_loopback(host):
        raise wrong("is plain http, which would send the key unencrypted: use https (http is for loopback only)")
    if parts.scheme not in ("http", "https"):
        raise wrong("must begin with https:// (or be a host alone)")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port else "")


def _api_url(value: str) -> str:
    parts = read_url(value)
    if parts is None or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))):
        raise wrong("must be an https URL (http on loopback only), like https://slack.com/api/")
    return value.rstrip("/") + "/"


def _database_url(secret: SecretStr) -> SecretStr:
    url = secret.get_secret_value()
    if url.startswith("sqlite:///"):
        return secret
    if url.startswith("postgres://"):  # as several platforms write it, and libpq takes it
        url = "postgresql://" + url.removeprefix("postgres://")
    if not url.startswith("postgresql://"):
        raise wrong("must begin with sqlite:/// or postgresql://")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise wrong("is not a readable URL (in a password write / [ ] # ? @ and % as %2F and so on)") from None
    if "@" in parts.path + parts.query + parts.fragment or "@" in (parts.password or ""):
        # A password that ends the host too early: whatever looks for the password to hide it would miss it.
        raise wrong("has a password that breaks the URL (in a password write / [ ] # ? @ and % as %2F and so on)")
    return SecretStr(url)


def _ids(kind: Literal["channel", "user", "usergroup"]) -> AfterValidator:
    # Letters of https://docs.slack.dev/reference/objects: C and G channels, U and W users, S user groups.
    shape = {"channel": r"[CG][A-Z0-9]{1,30}", "user": r"[UW][A-Z0-9]{1,30}", "usergroup": r"S[A-Z0-9]{1,30}"}[kind]

    def check(value: str) -> str:
        if re.fullmatch(shape, value):
            return value
        match kind:
            case "channel":
                raise wrong(
                    "is not a channel's id: the id, like C0123ABCD, is at the end of the channel's details in Slack "
                    "(click the channel's name, About)",
                    word=value,
                )
            case "user":
                raise wrong(
                    "is not a person's id: the id, like U0123ABCD, is in the person's profile in Slack "
                    "(three dots, Copy member ID)",
                    word=value,
                )
            case "usergroup":
                raise wrong(
                    "is not a user group's id: the id, like S0123ABCD, is at the user group in Slack "
                    "(People, User groups, three dots, Copy group ID)",
                    word=value,
                )

    return AfterValidator(check)


def _split(value: str) -> list[str]:
    """A list of words. A list that is set and names nothing is a mistake: "nobody" must not be read as "everybody"."""
    parts = [part for part in re.split(r"[,\s]+", value) if part]
    if not parts:
        raise wrong("is set, but names nothing: leave it empty if it means nothing")
    return parts


def _split_or_none(value: str) -> list[str]:
    return [] if value == "none" else _split(value)


def _workspace(value: object) -> object:
    """A number, or a slug or name. ``true`` is a number to Python, and a number in quotes is a slip."""
    if type(value) is int and 0 < value < 2**63:
        return value
    if isinstance(value, str) and value.strip() and not value.strip().isdecimal() and len(value) <= 300:
        return value.strip()
    raise wrong("is not a workspace: give its number, or its slug or name in quotes")


def _datastream(value: object) -> object:
    if type(value) is int and 0 < value < 2**63:
        return value
    raise wrong("is not a datastream's number")


WorkspaceEntry = Annotated[int | str, BeforeValidator(_workspace)]
DatastreamNumber = Annotated[int, BeforeValidator(_datastream)]
ChannelId = Annotated[str, _ids("channel")]
UserId = Annotated[str, _ids("user")]
UsergroupId = Annotated[str, _ids("usergroup")]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
ApiUrl = Annotated[str, AfterValidator(_api_url)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
BotToken = Annotated[SecretStr, _prefixed("xoxb-", "your app's page, OAuth & Permissions, Bot User OAuth Token")]
AppToken = Annotated[SecretStr, _prefixed("xapp-", "your app's page, Basic Information, App-Level Tokens")]
Key = Annotated[SecretStr, AfterValidator(_no_blanks)]
Words = BeforeValidator(_split)
WordsOrNone = BeforeValidator(_split_or_none)
Scheme = Literal["Token", "Bearer"]
