"""A mail server that keeps what it gets and refuses what it is told to, and a backend that dies."""

import socketserver
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.core.mail.backends.base import BaseEmailBackend


class Conversation(socketserver.StreamRequestHandler):
    """Enough of SMTP for Django's client."""

    server: "MailServer"

    def handle(self) -> None:
        self.say("220 here")
        to: list[str] = []
        for raw in self.rfile:
            line = raw.decode().strip()
            verb = line.upper()
            if verb.startswith("QUIT"):
                self.say("221 bye")
                return
            if verb.startswith("MAIL"):
                to = []
                self.say("250 fine")
            elif verb.startswith("RCPT"):
                address = line.partition("<")[2].partition(">")[0]
                to.append(address)
                self.say("550 unknown here" if address in self.server.refused else "250 fine")
            elif verb.startswith("DATA"):
                self.say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.received.append((to, message_from_bytes(body, policy=policy.default)))
                self.say("250 fine")
            else:
                self.say("250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.refused: set[str] = set()


class DyingBackend(BaseEmailBackend):
    """The process ends while it talks to the mail server."""

    def send_messages(self, email_messages: object) -> int:
        raise SystemExit
