"""A small IMAP server (RFC 3501) with folders in memory: enough for the client that fetches the inbox's mail."""

import re
import socketserver
import threading
from contextlib import contextmanager


class Conversation(socketserver.StreamRequestHandler):
    """One client: LOGIN, SELECT, CREATE, UID SEARCH, FETCH, STORE and COPY, EXPUNGE, LOGOUT."""

    server: "ImapServer"

    def handle(self) -> None:
        self.say("* OK here")
        for raw in self.rfile:
            tag, _space, rest = raw.decode().strip().partition(" ")
            verb, _space, words = rest.partition(" ")
            self.server.asked.append(rest)
            if verb.upper() == "UID":
                verb, _space, words = words.partition(" ")
            if verb.upper() in self.server.refused:
                self.say(f"{tag} NO not now")
                continue
            answer = getattr(self, f"do_{verb.lower()}", lambda _words: None)(words)
            self.say(f"{tag} {answer or 'OK done'}")
            if verb.upper() == "LOGOUT":
                return

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def do_capability(self, words: str) -> None:
        self.say("* CAPABILITY IMAP4rev1")

    def do_login(self, words: str) -> str:
        return "OK in" if words == 'portal "secret"' else "NO who are you"

    def do_select(self, words: str) -> str:
        if words.strip('"') != "INBOX":
            return "NO no such folder"
        self.say(f"* {len(self.server.inbox)} EXISTS")
        self.say("* OK [UIDVALIDITY 7] fine")
        return "OK [READ-WRITE] done"

    def do_search(self, words: str) -> None:
        unseen = [uid for uid in self.server.inbox if "\\Seen" not in self.server.flags.get(uid, "")]
        self.say(f"* SEARCH {' '.join(map(str, unseen))}")

    def do_fetch(self, words: str) -> None:
        uid = int(words.split()[0])
        content = self.server.inbox[uid]
        if "SIZE" in words:
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {self.server.sizes.get(uid, len(content))})")
        else:
            self.wfile.write(f"* 1 FETCH (UID {uid} BODY[] {{{len(content)}}}\r\n".encode() + content + b")\r\n")

    def do_store(self, words: str) -> None:
        uid, flags = int(words.split()[0]), re.findall(r"\\\w+", words)
        self.server.flags[uid] = self.server.flags.get(uid, "") + "".join(flags)

    def do_copy(self, words: str) -> None:
        uid, folder = words.split()
        self.server.folders.setdefault(folder.strip('"'), []).append(self.server.inbox[int(uid)])

    def do_expunge(self, words: str) -> None:
        for uid in [
            uid for uid, flags in self.server.flags.items() if "\\Deleted" in flags and uid in self.server.inbox
        ]:
            del self.server.inbox[uid]

    def do_logout(self, words: str) -> None:
        self.say("* BYE")


class ImapServer(socketserver.ThreadingTCPServer):
    """`inbox` are the mails by UID; commands in `refused` are answered with NO; `asked` is what clients said."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.inbox: dict[int, bytes] = {}
        self.flags: dict[int, str] = {}
        self.sizes: dict[int, int] = {}
        self.folders: dict[str, list[bytes]] = {}
        self.refused: set[str] = set()
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"imap://portal:secret@127.0.0.1:{self.server_address[1]}/"


@contextmanager
def imap_server():
    with ImapServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
