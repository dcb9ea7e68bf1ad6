"""Opens the port that jobbot listens on; the error names the setting to change."""

import errno
import os
import socket
from typing import Literal

_OF_THE_HOST = {
    errno.EADDRNOTAVAIL: "is not an address of this machine",
    errno.EAFNOSUPPORT: "is a kind of address that this machine does not have",
}


class CannotListen(Exception):
    """The port cannot be opened. ``setting`` is the one to change; the message follows its name."""

    def __init__(self, setting: Literal["PORT", "JOBBOT_HOST"], why: str, number: int = 0) -> None:
        super().__init__(why)
        self.setting = setting
        self.errno = number


def open_port(host: str, port: int) -> socket.socket:
    """A listening socket on host and port; port 0 takes a free one. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # Looked up separately: create_server tells an unknown name from a taken port by a number only.
        address = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)[0][4]
    except (socket.gaierror, UnicodeError):
        # UnicodeError: what Python raises for a name that DNS cannot hold.
        raise CannotListen("JOBBOT_HOST", f"{host} is neither an address nor a known name") from None
    try:
        return socket.create_server(address[:2], family=family, backlog=1024)
    except OSError as error:
        number = error.errno or 0
        if number in _OF_THE_HOST:
            raise CannotListen("JOBBOT_HOST", f"{host} {_OF_THE_HOST[number]}", number) from None
        raise CannotListen("PORT", f"{port} cannot be opened on {host} ({os.strerror(number)})", number) from None
