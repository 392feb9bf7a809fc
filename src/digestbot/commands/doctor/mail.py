"""Mail: whether the server takes us in, and whether others will believe what comes from the sender's domain."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from ssl import SSLContext

from digestbot.adapters.mail_names import MailNames, Names
from digestbot.commands.doctor.finding import Finding
from digestbot.errors import DigestbotError
from digestbot.settings import Settings


def mail(
    settings: Settings, network: bool, names: Names | None = None, context: SSLContext | None = None
) -> Iterator[Finding]:
    """Yield how mail goes out; `names` answers about domains, `context` says whom to trust."""
    if not settings.smtp_url:
        says = f"into the maildir {settings.home / 'maildir'}"
        yield Finding("mail", "ok", says, "set DIGESTBOT_SMTP_URL to send mail")
        return
    from digestbot.adapters.smtp_sender import SmtpSender, parse_server

    try:
        url = settings.smtp_url.get_secret_value()
        server, sender = parse_server(url), SmtpSender(url, settings.mail_from, context, timeout_s=10)
        if network:
            sender.check()
    except DigestbotError as error:
        yield Finding("mail", "error", str(error), "mend DIGESTBOT_SMTP_URL, or the way to that server")
        return
    says = f"through {server.host}:{server.port} to {', '.join(settings.recipients)}"
    if settings.mail_to == Settings.model_fields["mail_to"].default:
        yield Finding("mail", "warning", says, "set DIGESTBOT_MAIL_TO, and DIGESTBOT_MAIL_FROM")
    else:
        yield Finding("mail", "ok", says if network else f"{says}; not tried")
    if network:
        yield _domain(settings.mail_from, server.host, names)


def _domain(mail_from: str, host: str, names: Names | None) -> Finding:
    from digestbot.render.mail import address

    try:
        domain = address(mail_from).domain
    except ValueError as error:
        return Finding("mail domain", "error", str(error), "mend DIGESTBOT_MAIL_FROM")
    if domain == "localhost":
        advice = "set DIGESTBOT_MAIL_FROM to an address of a domain of yours"
        return Finding("mail domain", "warning", "mail comes from localhost: others refuse it", advice)
    try:
        return domain_finding(domain, host, (names or Names()).of(domain, host))
    except DigestbotError as error:
        return Finding("mail domain", "warning", str(error), "see if this machine can look up names")


def domain_finding(domain: str, host: str, found: MailNames) -> Finding:
    """Return what other mail servers will hold against mail from a domain."""
    lacks = [
        (not (found.mx or found.addresses), f"{domain} takes no mail: bounces are lost", "give it an MX record"),
        (not found.spf, f"{domain} has no SPF record", f'add a TXT record such as "v=spf1 a:{host} -all"'),
        (len(found.spf) > 1, f"{domain} has {len(found.spf)} SPF records, which counts as none", "keep one of them"),
        (not found.dmarc, f"{domain} has no DMARC record", f'add a TXT record "v=DMARC1; p=none" at _dmarc.{domain}'),
        (not found.server, f"{host} has no address", "mend the host in DIGESTBOT_SMTP_URL"),
        (_unnamed(found), f"the address of {host} has no name that leads back", "ask its provider for reverse DNS"),
    ]
    said = [(says, advice) for is_so, says, advice in lacks if is_so]
    if not said:
        return Finding("mail domain", "ok", f"{domain}: MX, SPF, DMARC and the server's name are there")
    says = "; ".join(what for what, _ in said)
    return Finding("mail domain", "warning", says, "; ".join(advice for _, advice in said))


def _unnamed(found: MailNames) -> bool:
    """A server of one's own on this machine or in a private net sends by another address, which is not known here."""
    return bool(found.server) and ip_address(found.server[0]).is_global and not found.confirmed
