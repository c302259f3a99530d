"""E-mail through the distributor's own mail server: SMTP_URL, MAIL_FROM."""

import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib
from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.couriers.port import CourierError, Letter, Way

TIMEOUT_SECONDS = 20.0
PORTS = {"smtp": 587, "smtps": 465}


class SmtpSettings(BaseSettings):
    """`smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://…:465`."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    smtp_url: str = ""
    mail_from: str = ""

    @field_validator("smtp_url")
    @classmethod
    def known_scheme(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in PORTS or not urlsplit(value).hostname):
            raise ValueError("SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465")
        return value


class SmtpCourier:
    """One connection a letter: codes are few, and a kept connection would be cut by the server."""

    way: Way = "email"

    def __init__(self, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._sender = sender

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, letter.to, letter.subject
        message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid()
        message.set_content(letter.text)
        return message

    async def send(self, letter: Letter) -> None:
        parts = self._parts
        try:
            await aiosmtplib.send(
                self._message(letter),
                hostname=parts.hostname,
                port=parts.port or PORTS[parts.scheme],
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=parts.scheme == "smtps",
                tls_context=ssl.create_default_context(),
                timeout=TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusals = error.recipients
            permanent = all(refusal.code >= 500 for refusal in refusals)
            codes = ", ".join(str(refusal.code) for refusal in refusals)
            raise CourierError("Адрес не принят.", permanent=permanent, evidence=f"recipients {codes}") from error
        except aiosmtplib.SMTPResponseException as error:
            raise CourierError("Письмо не принято.", permanent=error.code >= 500, evidence=str(error.code)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise CourierError("Почта не отвечает.", permanent=False, evidence=type(error).__name__) from error
        except ValueError as error:
            # A header that cannot be written: an address with a line break.
            raise CourierError("Письмо не составить.", permanent=True, evidence=type(error).__name__) from error


def open_smtp() -> SmtpCourier | None:
    """The courier where SMTP_URL is given; raises ValueError without a sender."""
    config = SmtpSettings()
    if not config.smtp_url:
        return None
    if not config.mail_from:
        raise ValueError("SMTP_URL is set, MAIL_FROM is not: letters need a sender")
    return SmtpCourier(config.smtp_url, config.mail_from)
