"""Free and taken ports on the loopback interface."""

import socket
from collections.abc import Mapping

import psutil

HOST = "127.0.0.1"


class PortTaken(Exception):
    """A port that one of our processes needs belongs to somebody else."""


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on; all are held until the last is found, so they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for held in sockets:
            held.bind((HOST, 0))
        return [int(held.getsockname()[1]) for held in sockets]
    finally:
        for held in sockets:
            held.close()


def is_free(port: int) -> bool:
    """Whether we could listen on the port."""
    with socket.socket() as probe:
        # As servers do: connections of an earlier run that linger in TIME_WAIT do not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def holder(port: int) -> str:
    """«nginx (pid 12)» for the process that listens on the port; empty when the system does not tell."""
    try:
        connections = psutil.net_connections("tcp")
    except (psutil.AccessDenied, OSError):
        return ""
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            try:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
            except psutil.NoSuchProcess:
                return ""
    return ""


def require_free(ports: Mapping[str, int]) -> None:
    """Raises PortTaken, naming every taken port, its holder and the variable that moves it."""
    lines = []
    for variable, port in ports.items():
        if not is_free(port):
            who = f" — {name}" if (name := holder(port)) else ""
            lines.append(f"порт {port} занят{who}; другой порт: {variable}={port + 1000} ./run up")
    if lines:
        raise PortTaken("\n".join(lines))
