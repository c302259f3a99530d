"""A certificate authority of the tests, made by openssl."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """`root`: its certificate, PEM."""

    directory: Path
    root: Path

    def server(self, *names: str) -> ssl.SSLContext:
        """A server's side with a certificate for the names («DNS:…», «IP:…»)."""
        key, request, signed = (self.directory / f"server.{end}" for end in ("key", "csr", "pem"))
        _openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=server")
        extensions = self.directory / "extensions"
        extensions.write_text(f"subjectAltName={','.join(names)}\n")
        by = ("-CA", self.root, "-CAkey", self.directory / "root.key", "-CAcreateserial", "-extfile", extensions)
        _openssl("x509", "-req", "-in", request, "-out", signed, "-days", "2", *by)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(signed, key)
        return context


def authority(directory: Path) -> Authority:
    key, root = directory / "root.key", directory / "root.pem"
    _openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", root, "-days", "2", "-subj", "/CN=root"
    )
    return Authority(directory, root)


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
