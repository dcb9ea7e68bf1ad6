"""Proxies and trusted certificates, read from the environment once for all of jobbot's connections.

All programs on a host share these variables (https://curl.se/docs/manpage.html#ENVIRONMENT), and every library reads
them differently. What cannot be used is noted in a line that names the variable, without its value, and is ignored.
jobbot uses https for everything outside this machine, so HTTP_PROXY plays no part.
"""

import re
import ssl
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

import certifi
from pydantic import BaseModel, ConfigDict, SecretStr

from jobbot.config.values import is_host, is_loopback

_PROXY = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_EXEMPT = ("no_proxy", "NO_PROXY")
_SCHEMES = ("http", "https", "socks5", "socks5h")
_SOCKS = ("aiohttp_socks", "python_socks", "socksio")
"""What the extra ``jobbot[socks]`` brings: for Slack's Web API, its WebSocket, and Adverity."""


class Network(BaseModel):
    """The proxy for https, where there is one; ``exempt``: what is reached without it; ``cert_file``, ``cert_dir``:
    certificates that are trusted instead of the system's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    proxy: SecretStr | None = None
    exempt: tuple[str, ...] = ()
    cert_file: Path | None = None
    cert_dir: Path | None = None

    def proxy_for(self, url: str) -> str | None:
        """The proxy through which ``url`` is reached; never one for this machine itself."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self.proxy is None or is_loopback(host):
            return None
        port = parts.port or (443 if parts.scheme in ("https", "wss") else 80)
        if any(covers(one, host, port) for one in self.exempt):
            return None
        # The libraries differ in who looks a name up for socks5; behind it, all of them do for socks5h.
        return self.proxy.get_secret_value().replace("socks5:", "socks5h:", 1)

    @property
    def tls(self) -> ssl.SSLContext:
        """The one context of the process for all its connections."""
        return trusted(self.cert_file, self.cert_dir)

    def secrets(self) -> list[str]:
        """The proxy's password, as it is written and as it is meant."""
        password = urlsplit(self.proxy.get_secret_value()).password if self.proxy is not None else None
        return list(dict.fromkeys((password, unquote(password)))) if password else []


def trusted(file: Path | None = None, folder: Path | None = None) -> ssl.SSLContext:
    """A context that trusts these certificates; without any the system's, else those that certifi ships.

    Loading them takes 50 ms of CPU, hence once a process. Raises OSError for a file without certificates.
    """
    return _loaded(file, folder)


@cache
def _loaded(file: Path | None, folder: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=file, capath=folder)
    if file is not None or folder is not None:
        return context
    # OpenSSL looks where the environment says, also where nothing is or no certificates are.
    if context.cert_store_stats()["x509_ca"] == 0:
        system = ssl.get_default_verify_paths()
        places = (system.openssl_cafile, system.openssl_capath, certifi.where())
        where = next(Path(one) for one in places if Path(one).exists())
        context.load_verify_locations(**{"capath" if where.is_dir() else "cafile": str(where)})
    return context


def read_network(variables: Mapping[str, str], notes: list[str]) -> Network:
    """What the variables come to; what cannot be used among them is noted."""
    proxy = next((found for name in _PROXY if (found := _proxy(name, variables.get(name), notes))), None)
    file = _certificates("SSL_CERT_FILE", variables.get("SSL_CERT_FILE"), notes)
    folder = _certificates("SSL_CERT_DIR", variables.get("SSL_CERT_DIR"), notes) if file is None else None
    return Network(proxy=proxy, exempt=_exempt(variables, notes), cert_file=file, cert_dir=folder)


def _proxy(name: str, value: str | None, notes: list[str]) -> SecretStr | None:
    url = (value or "").strip()
    if not url:
        return None
    url = url if "://" in url else f"http://{url}"  # as curl takes it
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _SCHEMES and is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        notes.append(f"{name}: is not the address of a proxy, like http://proxy.example:3128; it is ignored")
        return None
    if parts.scheme.startswith("socks") and not all(map(find_spec, _SOCKS)):
        notes.append(f"{name}: is a SOCKS proxy, which needs pip install 'jobbot[socks]'; it is ignored")
        return None
    return SecretStr(url)


def _exempt(variables: Mapping[str, str], notes: list[str]) -> tuple[str, ...]:
    name = next((name for name in _EXEMPT if variables.get(name)), "NO_PROXY")
    kept = []
    for at, entry in enumerate(re.split(r"[,\s]+", variables.get(name, "").strip(", \t\n")), start=1):
        if entry and _is_exemption(entry):
            kept.append(entry.lower())
        elif entry:
            notes.append(f"{name} (entry {at}): is not a host, an address or a range of addresses; it is ignored")
    return tuple(kept)


def _split(entry: str) -> tuple[str, str]:
    """``[::1]:80`` is ``::1`` and ``80``, ``[fd00::]/8`` is ``fd00::/8``, ``.acme.com`` and ``*.acme.com`` a name."""
    if bracketed := re.fullmatch(r"\[([^\]]*)\](/\d+)?(?::(\d+))?", entry):
        return bracketed[1] + (bracketed[2] or ""), bracketed[3] or ""
    if entry.count(":") > 1:
        return entry, ""
    name, _, port = entry.partition(":")
    return re.sub(r"^(\*?\.)", "", name).removesuffix("."), port


def _is_exemption(entry: str) -> bool:
    what, port = _split(entry.lower())
    try:
        ip_network(what, strict=False)
    except ValueError:
        return (what == "*" or is_host(what)) and (not port or port.isdecimal())
    return True


def covers(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY means this host: ``*``, a name with all below it, an address, a range; or a port."""
    what, only = _split(entry)
    if only and only != str(port):
        return False
    try:
        return ip_address(host) in ip_network(what, strict=False)
    except ValueError:
        return what in ("*", host) or host.endswith(f".{what}")


def _certificates(name: str, value: str | None, notes: list[str]) -> Path | None:
    if not value:
        return None
    path = Path(value)
    try:
        if name == "SSL_CERT_DIR":
            path = next(one for one in map(Path, value.split(":")) if one.is_dir())
        else:
            trusted(path)
    except (OSError, ValueError, StopIteration):
        notes.append(f"{name}: has no readable certificates; the system's are used")
        return None
    return path
