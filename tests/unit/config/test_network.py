"""Proxies and certificates of the environment: what can be used is used, the rest is a line that names its variable."""

import ssl
from functools import cache
from pathlib import Path

import certifi
import pytest

from jobbot.config.network import _loaded, covers, trusted
from tests.support.each import each
from tests.unit.config.world import Machine

NAMES = [name for one in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (one, one.lower())]
ACME = "https://acme.datatap.adverity.com"
SLACK = "https://slack.com/api/"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "http://small", "HTTPS_PROXY": "http://BIG"}, "http://small"),
        ({"HTTPS_PROXY": "proxy:3128"}, "http://proxy:3128"),
        ({"HTTPS_PROXY": "ana:s3cr3t@proxy:3128/"}, "http://ana:s3cr3t@proxy:3128/"),
        ({"HTTPS_PROXY": "https://proxy"}, "https://proxy"),
        ({"HTTPS_PROXY": "http://[fd00::1]:3128"}, "http://[fd00::1]:3128"),
        ({"ALL_PROXY": "socks5://proxy:1080"}, "socks5h://proxy:1080"),
        ({"ALL_PROXY": "socks5h://proxy:1080", "HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_which_proxy(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], proxy: str | None
) -> None:
    monkeypatch.setattr("jobbot.config.network.find_spec", lambda name: name)  # whether the extra is here or not
    found = machine.has(**variables).starts()
    assert found.notes == ()
    assert found.network.proxy_for(ACME) == found.network.proxy_for(SLACK) == proxy


@pytest.mark.parametrize(
    "value",
    ["socks4://proxy", "ftp://proxy", "http://", "http://[", "http://proxy:x", "http://pro xy", "://", "http://a_b"],
)
def test_what_is_no_proxy_is_named_and_the_next_is_taken(machine: Machine, value: str) -> None:
    found = machine.has(HTTPS_PROXY=value, ALL_PROXY="http://proxy:3128").starts()
    (note,) = found.notes
    assert note.startswith("HTTPS_PROXY: is not the address of a proxy")
    assert value in "http://" or value not in note
    assert found.network.proxy_for(ACME) == "http://proxy:3128"


def test_socks_without_its_extra_is_named(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobbot.config.network.find_spec", lambda name: None)
    found = machine.has(ALL_PROXY="socks5://proxy:1080").starts()
    assert found.notes == ("ALL_PROXY: is a SOCKS proxy, which needs pip install 'jobbot[socks]'; it is ignored",)
    assert found.network.proxy_for(ACME) is None


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("*", True),
        ("adverity.com", True),
        (".adverity.com", True),
        ("*.adverity.com", True),
        ("ADVERITY.com.", True),
        ("acme.datatap.adverity.com:443", True),
        ("acme.datatap.adverity.com:8443", False),
        ("verity.com", False),
        ("localhost,127.0.0.1,::1", False),
        ("[::1]", False),
        ("[::1]:8080 fd00::/8,[fe80::]/10", False),
        ("10.0.0.0/8, datatap.adverity.com", True),
        (",,", False),
    ],
)
def test_what_is_reached_without_it(machine: Machine, no_proxy: str, direct: bool) -> None:
    found = machine.has(HTTPS_PROXY="http://proxy:3128", NO_PROXY=no_proxy).starts()
    assert found.notes == ()
    assert (found.network.proxy_for(ACME) is None) is direct


@each(
    ("entry", "host", "port", "covered"),
    [
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.1/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("fd00::/8", "fd12::1", 443, True),
        ("[fd00::]/8", "fd12::1", 443, True),
        ("[fd12::1]", "fd12::1", 443, True),
        ("[fd12::1]:8443", "fd12::1", 443, False),
        ("fd00::/8", "10.0.0.1", 443, False),
        ("fd00::/8", "acme.example", 443, False),
        ("10.0.0.1:443", "10.0.0.1", 443, True),
    ],
)
def test_addresses_and_ranges(entry: str, host: str, port: int, covered: bool) -> None:
    assert covers(entry, host, port) is covered


def test_an_entry_that_nobody_can_read_is_named_and_the_others_count(machine: Machine) -> None:
    found = machine.has(HTTPS_PROXY="http://proxy", NO_PROXY="adverity.com,[::1,10.0.0.0/99,http://x,a:b").starts()
    assert [note.partition(":")[0] for note in found.notes] == [f"NO_PROXY (entry {at})" for at in (2, 3, 4, 5)]
    assert found.network.proxy_for(ACME) is None
    assert found.network.proxy_for(SLACK) == "http://proxy"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/api/", "http://localhost:1", "http://[::1]:1", "ws://127.0.0.1:1/"]
)
def test_this_machine_is_reached_without_one(machine: Machine, url: str) -> None:
    assert machine.has(ALL_PROXY="http://proxy", HTTPS_PROXY="http://proxy").starts().network.proxy_for(url) is None


def test_a_websocket_is_https_too(machine: Machine) -> None:
    network = machine.has(HTTPS_PROXY="http://proxy", NO_PROXY="wss.slack.com:443").starts().network
    assert network.proxy_for("wss://primary.slack.com/link/?ticket=1") == "http://proxy"
    assert network.proxy_for("wss://wss.slack.com/link/?ticket=1") is None


def test_its_password_is_a_secret(machine: Machine) -> None:
    found = machine.has(HTTPS_PROXY="http://ana:s3%40cr3t@proxy:3128").starts()
    assert {"s3%40cr3t", "s3@cr3t"} <= set(found.secrets())
    assert "cr3t" not in repr(found) + found.model_dump_json()


def test_one_trust_store_a_process() -> None:
    assert trusted() is trusted()


def test_certificates_that_are_believed_instead(machine: Machine, tmp_path: Path) -> None:
    bundle = Path(certifi.where())
    network = machine.has(SSL_CERT_FILE=str(bundle)).starts().network
    assert network.cert_file == bundle
    assert network.tls is trusted(bundle, None)
    assert len(network.tls.get_ca_certs()) > 10


@pytest.mark.parametrize("value", ["/nowhere/ca.pem", "."])
def test_a_file_that_holds_none_is_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    # The system's may be a folder, of which OpenSSL counts only what it has needed so far.
    system = ssl.get_default_verify_paths()._replace(openssl_cafile=certifi.where())
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: system)
    for path in (value, str(tmp_path / "empty.pem")):
        monkeypatch.setattr("jobbot.config.network._loaded", cache(_loaded.__wrapped__))  # nobody has asked before
        found = machine.has(SSL_CERT_FILE=path).starts()
        assert found.notes == ("SSL_CERT_FILE: has no readable certificates; the system's are used",)
        assert found.network.tls is trusted()
        assert found.network.tls.cert_store_stats()["x509_ca"] > 10


def test_folders(machine: Machine, tmp_path: Path) -> None:
    found = machine.has(SSL_CERT_DIR=f"/nowhere:{tmp_path}").starts()
    assert (found.notes, found.network.cert_dir) == ((), tmp_path)
    found = machine.has(SSL_CERT_DIR="/nowhere").starts()
    assert found.notes == ("SSL_CERT_DIR: has no readable certificates; the system's are used",)
