"""Processes of one machine talk on its loopback interface, and elsewhere on the one that leads there."""

import os
import sys

import pytest

from medviewer.training.together.network import VARIABLES, interface_to, on_interface

linux = pytest.mark.skipif(sys.platform != "linux", reason="interfaces have other names")


@linux
def test_one_machine_stays_on_its_loopback_interface(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with on_interface("127.0.0.1"):
        assert {os.environ[name] for name in VARIABLES} == {"lo"}
    assert not os.environ.keys() & set(VARIABLES)


@linux
def test_an_interface_that_the_user_chose_stands(monkeypatch):
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "ib0")
    with on_interface("127.0.0.1"):
        assert os.environ["GLOO_SOCKET_IFNAME"] == "ib0"
    assert os.environ["GLOO_SOCKET_IFNAME"] == "ib0"


@linux
def test_another_address_of_the_loopback_network_is_found_by_asking_the_system():
    assert interface_to("127.0.0.2") == "lo"


def test_an_address_of_another_kind_leaves_the_choice_to_the_library():
    assert interface_to("::1") == ""
