"""A Postfix of our own, from Debian's package: TLS only, and a maildir for each reader."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
smtputf8_enable = yes
virtual_mailbox_domains = example.com
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {readers} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = encrypt
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = {restrictions}
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
"""


@dataclass(frozen=True)
class MailServer:
    """Where it listens, whom to trust, and where mail for its readers lands."""

    port: int
    certificate: Path
    mail: Path

    def received(self, reader: str) -> list[Path]:
        """Return the mails of a reader."""
        return sorted((self.mail / reader / "new").glob("*"))


def why_not() -> str:
    """Return why Postfix cannot be started here, "" when it can."""
    if not Path("/usr/sbin/postfix").exists():
        return "Postfix is not installed: apt-get install postfix"
    return "" if os.geteuid() == 0 else "Postfix is started by root only"


@contextmanager
def postfix(folder: Path, readers: Sequence[str], restrictions: str = "") -> Iterator[MailServer]:
    """Run a Postfix for some readers at example.com; `restrictions` are checked before a reader's address is taken."""
    for name in ("conf", "queue", "data", "mail"):
        (folder / name).mkdir()
    folder.chmod(0o755)
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", "nobody")
    certify(folder)
    port, known = _free_port(), " ".join(f"{{ {reader}@example.com = {reader}/ }}" for reader in readers)
    main = _MAIN.format(folder=folder, readers=known, restrictions=restrictions or "permit")
    (folder / "conf" / "main.cf").write_text(main)
    (folder / "conf" / "master.cf").write_text(_MASTER.format(port=port))
    control = ["/usr/sbin/postfix", "-c", str(folder / "conf")]
    subprocess.run([*control, "start"], check=True, capture_output=True)
    try:
        yield MailServer(port, folder / "cert.pem", folder / "mail")
    finally:
        subprocess.run([*control, "abort"], check=True, capture_output=True)


def certify(folder: Path) -> None:
    """Make a certificate for localhost."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "key.pem").chmod(0o600)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
