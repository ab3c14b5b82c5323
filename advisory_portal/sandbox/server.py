"""The server: the three APIs, the pages to pay on, and /__control, on one port of the loopback."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import fields, replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from advisory_portal.sandbox.pages import message, page, portal_page
from advisory_portal.sandbox.paypal import PayPal
from advisory_portal.sandbox.square import Square
from advisory_portal.sandbox.stripe import ZERO_DECIMAL, Stripe, account_of
from advisory_portal.sandbox.webhooks import Courier, PayPalSigner
from advisory_portal.sandbox.world import FAULTS, JSON, Answer, ApiError, Delivery, Fault, Request, World

HTML = {"Content-Type": "text/html; charset=utf-8"}
NAMES = {"stripe": "Stripe", "paypal": "PayPal", "square": "Square"}


class Dropped(Exception):
    """The connection ends without an answer."""


class Sandbox:
    """The three companies in one world."""

    def __init__(self, base_url: str, signer: PayPalSigner) -> None:
        self.world = World(base_url)
        self.stripe, self.square = Stripe(self.world), Square(self.world)
        self.paypal = PayPal(self.world, signer)
        self.courier = Courier(self.world, signer)
        self.world.announce = self.courier.announce

    def answer(self, request: Request) -> Answer:
        if request.company == "pay":
            return self.pay(request)
        if request.company == "billing":
            return self.customer_portal(request)
        if request.company == "__control":
            return self.control(request)
        companies: dict[str, Any] = {"stripe": self.stripe, "paypal": self.paypal, "square": self.square}
        company = companies.get(request.company)
        if company is None:
            return Answer(404, message("", "There is nothing here."), HTML)
        fault = self._fault(request)
        if fault is not None and not fault.spoils_the_answer:
            return spoilt(Answer(200, {}), fault)
        with self.world.lock:
            try:
                answer = company.answer(request)
            except ApiError as error:
                answer = Answer(error.status, error.body)
            self._keep(request, answer)
        if fault is not None and fault.kind in ("commit_then_drop", "drop"):
            raise Dropped
        return spoilt(answer, fault) if fault is not None else answer

    def _fault(self, request: Request) -> Fault | None:
        """What goes wrong with this request. Raises, or sleeps, where there is no answer to it, or a late one."""
        with self.world.lock:
            fault = self.world.take_fault(request)
        if fault is None:
            return None
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            return None
        if fault.kind == "drop" and not fault.after:
            raise Dropped
        return fault

    def _keep(self, request: Request, answer: Answer) -> None:
        self.world.exchanges.append(
            {
                "company": request.company, "method": request.method, "path": request.path, "query": request.query,
                "headers": request.headers, "body": request.body.decode("utf-8", "replace"), "status": answer.status,
                "answer": answer.body,
            }
        )  # fmt: skip

    # --- The page to pay on ----------------------------------------------------------------------------------

    def pay(self, request: Request) -> Answer:
        _, company, wanted = [*request.path.split("/"), "", ""][:3]
        with self.world.lock:
            found = self._checkout(company, wanted)
            if found is None:
                return Answer(404, message(NAMES.get(company, ""), "This page is not there any more."), HTML)
            if request.method == "GET":
                return Answer(200, self._page(company, found), HTML)
            do = dict(parse_qsl(request.body.decode())).get("do", "")
            try:
                return self._do(company, found, do)
            except ApiError:
                return Answer(409, message(NAMES[company], "This payment is closed."), HTML)

    def _checkout(self, company: str, wanted: str) -> JSON | None:
        if company == "square":
            link = self.world.of("square.links").get(wanted)
            return self.world.of("square.orders")[link["order"]] if link else None
        return self.world.of(f"{company}.{'sessions' if company == 'stripe' else 'orders'}").get(wanted)

    def _page(self, company: str, found: JSON, note: str = "") -> str:
        title = found.get("title") or found.get("name") or found.get("description") or ""
        if company == "paypal":
            amount, code = Decimal(found["value"]), found["currency"]
        else:
            code = found["currency"].upper()
            whole = found["currency"].lower() in ZERO_DECIMAL
            amount = Decimal(found["amount"]).scaleb(0 if whole else -2)
        is_open = found.get("status", found.get("state")) in (
            "open", "DRAFT", "OPEN", "PAYER_ACTION_REQUIRED", "APPROVED", "CREATED",
        )  # fmt: skip
        without = "later" if found.get("mode") == "subscription" else ""
        return page(NAMES[company], title, f"{amount:,} {code}", note, is_open=is_open, without=without)

    def _do(self, company: str, found: JSON, do: str) -> Answer:
        if do in ("abandon", "back"):
            cancel = found.get("cancel_url") if do == "back" else None
            return to(cancel) if cancel else Answer(200, message(NAMES[company], "You can close this page."), HTML)
        if do not in ("pay", "later", "decline"):
            return Answer(400, message(NAMES[company], "Nothing was chosen."), HTML)
        if company == "paypal":
            if do == "decline":
                self.paypal.decline(found)
            else:
                self.paypal.approve(found, later=do == "later")
            mark = "&" if "?" in found["return_url"] else "?"
            return to(f"{found['return_url']}{mark}token={found['id']}&PayerID=SANDBOX")
        work: Any = self.stripe if company == "stripe" else self.square
        if do == "decline":
            work.decline(found)
            return Answer(200, self._page(company, found, "Your card was declined. Try another."), HTML)
        work.pay(found, later=do == "later")
        return to(str(found.get("success_url") or found["redirect_url"]).replace("{CHECKOUT_SESSION_ID}", found["id"]))

    def customer_portal(self, request: Request) -> Answer:
        """Stripe's page where a customer cancels or changes the card; here time moves on there, too."""
        with self.world.lock:
            found = self.world.of("stripe.portals").get(request.path.split("/")[-1])
            if found is None:
                return Answer(404, message("Stripe", "This page is not there any more."), HTML)
            customer, billing = self.world.of("stripe.customers")[found["customer"]], self.stripe.billing
            do = dict(parse_qsl(request.body.decode())).get("do", "") if request.method == "POST" else ""
            if do == "back" and found["return_url"]:
                return to(found["return_url"])
            billing.do(customer, do)
            one = billing.of_customer(customer["id"])
            facts = [f"Card: {'works' if customer['card'] == 'good' else 'is declined'}"]
            if one is not None:
                until = self.world.iso(one["ends"])[:10]
                ends = "ends on" if one["ends_with_period"] else "renews on"
                facts.append(f"Subscription: {one['status']}, {ends} {until}")
            return Answer(200, portal_page(str(customer["name"]), facts), HTML)

    # --- Control ---------------------------------------------------------------------------------------------

    def control(self, request: Request) -> Answer:
        """What a test asks for: GET ledger, exchanges, webhooks; POST faults, delivery, parcels, revoke, clock, act."""
        name = request.path.strip("/")
        said = json.loads(request.body) if request.body else {}
        with self.world.lock:
            if request.method == "GET":
                return Answer(200, self._told(name))
            work = {
                "faults": self._add_faults, "delivery": self._set_delivery, "revoke": self._revoke, "act": self._act,
                "clock": self._turn_clock, "hook": self._add_hook, "parcels": self._hand_over,
            }.get(name)  # fmt: skip
            if work is None:
                return Answer(404, {"error": f"no such control: {name}"})
            try:
                return Answer(200, work(said))
            except (KeyError, TypeError, ValueError) as error:
                return Answer(400, {"error": str(error)})
            except ApiError as error:
                return Answer(409, error.body)

    def _told(self, name: str) -> Any:
        if name == "exchanges":
            return list(self.world.exchanges)
        if name == "webhooks":
            return {"idle": self.courier.is_idle(), "sent": list(self.courier.sent)}
        return self.ledger()

    def ledger(self) -> JSON:
        """All money as the companies have it, in units of each company: payments and refunds by their id."""
        payments, refunds = {}, {}
        for one in self.world.of("stripe.intents").values():
            payments[one["id"]] = [
                "stripe",
                one["status"],
                one["amount"],
                one["currency"].upper(),
                one["metadata"].get("attempt"),
            ]
        for one in self.world.of("paypal.captures").values():
            payments[one["id"]] = ["paypal", one["status"], one["value"], one["currency"], one["custom"]]
        for one in self.world.of("square.payments").values():
            payments[one["id"]] = ["square", one["status"], one["amount"], one["currency"], one["reference"]]
        for company, amount in (("stripe", "amount"), ("paypal", "value"), ("square", "amount")):
            for one in self.world.of(f"{company}.refunds").values():
                refunds[one["id"]] = [company, one["status"], one[amount], one["currency"].upper()]
        return {"payments": payments, "refunds": refunds}

    def _add_faults(self, said: JSON) -> JSON:
        if said.get("clear"):
            self.world.faults.clear()
        for one in said.get("faults", ()):
            if one.get("kind") not in FAULTS:
                raise ValueError(f"no such fault: {one.get('kind')}")
            self.world.faults.append(Fault(**one))
        return {"faults": len(self.world.faults)}

    def _set_delivery(self, said: JSON) -> JSON:
        known = {one.name for one in fields(Delivery)}
        if set(said) - known:
            raise ValueError(f"no such setting: {sorted(set(said) - known)}")
        self.world.delivery = replace(Delivery(), **said)
        return {}

    def _hand_over(self, said: JSON) -> list[JSON]:
        """The webhooks that were held back, for the asker to carry at a pace of its own."""
        return self.courier.hand_over()

    def _revoke(self, said: JSON) -> JSON:
        """Credentials that are refused from now on, or taken again (`back`)."""
        self.world.revoked.symmetric_difference_update({said["key"]} if said.get("toggle") else set())
        if said.get("back"):
            self.world.revoked.discard(said["key"])
        else:
            self.world.revoked.add(said["key"])
        return {}

    def _turn_clock(self, said: JSON) -> JSON:
        self.world.turned_on += float(said["seconds"])
        self.stripe.billing.advance()
        return {"now": self.world.iso()}

    def _add_hook(self, said: JSON) -> JSON:
        """A webhook whose secret one knows before, as from a dashboard: of a secret key of Stripe."""
        params = {"url": said["url"], "enabled_events": said["events"], "api_version": "2026-10-28.endive"}
        made = self.stripe.create_hook(account_of(said["key"]), params)
        self.world.of("stripe.hooks")[made["id"]]["secret"] = said["secret"]
        return {"id": made["id"]}

    def _act(self, said: JSON) -> JSON:
        """What happens at a company without us: settle, deny, refund, fail_refund, dispute, win, lose, pay, …"""
        company, do, wanted = said["company"], said["do"], said.get("id", "")
        work: Any = getattr(self, company)
        if do in ("settle", "deny"):
            work.settle(wanted, succeeds=do == "settle")
        elif do == "dispute":
            return {"id": work.open_dispute(wanted)}
        elif do in ("win", "lose"):
            work.close_dispute(wanted, won=do == "win")
        elif do == "refund":
            return {"id": self._refund(company, wanted, said.get("amount"))}
        elif do == "settle_refund":
            self.square.settle_refund(wanted, succeeds=True)
        elif do == "fail_refund":
            if company == "square":
                self.square.settle_refund(wanted, succeeds=False)
            else:
                work.fail_refund(wanted)
        else:
            raise ValueError(f"no such act: {do}")
        return {}

    def _refund(self, company: str, payment: str, amount: Any) -> str:
        """A refund made in the company's own dashboard."""
        if company == "stripe":
            charge = self.world.of("stripe.charges")[self.world.of("stripe.intents")[payment]["charge"]]
            return str(self.stripe.give_back(charge, int(amount or 0), {})["id"])
        if company == "square":
            return str(self.square.give_back(self.world.of("square.payments")[payment], int(amount or 0), "")["id"])
        return str(self.paypal.give_back(self.world.of("paypal.captures")[payment], Decimal(str(amount or 0)))["id"])


def spoilt(answer: Answer, fault: Fault) -> Answer:
    """An answer as a fault makes it."""
    if fault.kind == "html":
        return Answer(200, "<html><body>502 Bad Gateway</body></html>", HTML)
    if fault.kind in ("unknown_enum", "missing_field"):
        return Answer(answer.status, odd(answer.body, remove=fault.kind == "missing_field"), answer.headers)
    status = int(fault.kind)
    headers = {"Retry-After": str(int(fault.seconds) or 1)} if status == 429 else {}
    return Answer(status, {"error": {"type": "api_error", "message": "Sandbox fault."}, "errors": []}, headers)


def odd(body: Any, *, remove: bool) -> Any:
    """An answer with a word that nobody knows in place of its state, or without it."""
    if isinstance(body, list):
        return [odd(one, remove=remove) for one in body]
    if not isinstance(body, dict):
        return body
    named = {name: odd(one, remove=remove) for name, one in body.items()}
    for name in ("status", "state"):
        if name in named:
            if remove:
                del named[name]
            else:
                named[name] = "NEW_WORD"
    return named


def to(url: str) -> Answer:
    return Answer(303, "", {"Location": url})


class Handler(BaseHTTPRequestHandler):
    """HTTP in and out; the sandbox does the rest."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer over a kept connection waits 40 ms between its head and its body
    server: Server

    def handle_any(self) -> None:
        parts = urlsplit(self.path)
        company, _, path = parts.path.lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = f"{company}/{path}" if company == "pay" else f"/{path}"
        request = Request(company, self.command, asked, parse_qsl(parts.query, True), headers, body)
        try:
            self.send(self.server.sandbox.answer(request))
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_DELETE = handle_any

    def send(self, answer: Answer) -> None:
        is_text = isinstance(answer.body, str)
        content = answer.body.encode() if is_text else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json"} | answer.headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Nothing: requests hold keys."""


class Server(ThreadingHTTPServer):
    """The sandbox on a port of the loopback, 0 for a free one. Making a `signer` takes a while: one serves many."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, signer: PayPalSigner | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.sandbox = Sandbox(f"http://127.0.0.1:{self.server_port}", signer or PayPalSigner())

    def server_close(self) -> None:
        super().server_close()
        self.sandbox.courier.close()
