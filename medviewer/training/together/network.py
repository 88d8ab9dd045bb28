"""The network interface through which processes talk.

Left to themselves the libraries look up the name of the machine, which often stands for an address that
nobody else can reach, and they would listen there even where all processes are on one machine.
"""

import contextlib
import os
import socket
import struct
import sys
from collections.abc import Iterator
from typing import Final

LOOPBACK: Final = "127.0.0.1"
VARIABLES: Final = ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME")
ASK_ADDRESS: Final = 0x8915  # SIOCGIFADDR
NAME_BYTES: Final = 16
ADDRESS_AT: Final = slice(20, 24)
ANY_PORT: Final = 9  # nothing is sent there


@contextlib.contextmanager
def on_interface(host: str) -> Iterator[None]:
    """Let libraries use the interface to a host, unless the user chose."""
    before = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    # guard(test): processes of one machine listen on its loopback interface only
    if found := interface_to(host):
        os.environ.update(dict.fromkeys(VARIABLES, found) | before)
    try:
        yield
    finally:
        for name in VARIABLES:
            os.environ.pop(name, None)
        os.environ.update(before)


def interface_to(host: str) -> str:
    """Return the name of the interface to a host; "" if unknown."""
    if sys.platform != "linux":
        return "lo0" if sys.platform == "darwin" and host == LOOPBACK else ""
    if host == LOOPBACK:
        return "lo"
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect((host, ANY_PORT))
        wanted = asking.getsockname()[0]
        for _, name in socket.if_nameindex():
            if _address_of(name, asking) == wanted:
                return name
    return ""


def _address_of(interface: str, asking: socket.socket) -> str:
    import fcntl  # not everywhere

    with contextlib.suppress(OSError):
        request = struct.pack("256s", interface.encode()[: NAME_BYTES - 1])
        return socket.inet_ntoa(fcntl.ioctl(asking.fileno(), ASK_ADDRESS, request)[ADDRESS_AT])
    return ""
