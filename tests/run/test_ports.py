"""Ports: a taken one is named together with its holder and the variable that moves it."""

import os
import socket

import pytest

from api.run.ports import PortTaken, free_ports, is_free, require_free


def test_free_ports_differ_and_are_free() -> None:
    ports = free_ports(4)
    assert len(set(ports)) == 4
    assert all(is_free(port) for port in ports)


def test_a_taken_port_is_named_with_its_holder_and_its_variable() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            require_free({"API_PORT": port, "RASA_PORT": free_ports(1)[0]})
    assert f"порт {port} занят" in str(caught.value)
    assert f"pid {os.getpid()}" in str(caught.value)
    assert "API_PORT=" in str(caught.value)
    assert "RASA_PORT" not in str(caught.value)
