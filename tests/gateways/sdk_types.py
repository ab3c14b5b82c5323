"""Where Stripe's description at hand says nothing: the types of its SDK, which are made from the newest one."""

from collections.abc import Iterator
from typing import Any

import stripe
from stripe.params import CustomerCreateParams, SubscriptionListParams
from stripe.params.billing_portal import SessionCreateParams as PortalParams

OBJECTS: dict[str, Any] = {
    "customer": stripe.Customer,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
    "price": stripe.Price,
    "invoice": stripe.Invoice,
    "billing_portal.session": stripe.billing_portal.Session,
}
REQUESTS = {
    "/v1/customers": CustomerCreateParams,
    "/v1/subscriptions": SubscriptionListParams,
    "/v1/billing_portal/sessions": PortalParams,
}


def fields_of(kind: str) -> dict[str, str]:
    """Every field that the SDK's class declares, with its annotation as text."""
    found: dict[str, str] = {}
    for one in reversed(OBJECTS[kind].__mro__):
        found |= {name: str(said) for name, said in vars(one).get("__annotations__", {}).items()}
    return {name: said for name, said in found.items() if not name.startswith("_")}


def complaints(value: Any) -> Iterator[str]:
    """Words of the answer that the SDK's classes do not have, or of a kind that they do not name."""
    if isinstance(value, list):
        for one in value:
            yield from complaints(one)
    if not isinstance(value, dict):
        return
    kind = value.get("object")
    known = fields_of(kind) if kind in OBJECTS else None
    for name, one in value.items():
        if known is not None:
            said = known.get(name)
            if said is None:
                yield f"{kind}: nobody knows {name}"
            elif not fits(one, said):
                yield f"{kind}.{name}: {one!r} is no {said}"
        yield from complaints(one)


def fits(value: Any, said: str) -> bool:
    """Whether a value may stand where the SDK says this, as far as plain words go."""
    if value is None:
        return "NoneType" in said or "Optional" in said
    plain = {bool: "bool", int: "int", str: "str"}.get(type(value))
    if plain is None:
        return True
    return any(word in said for word in (plain, f"'{value}'", f'"{value}"', "ExpandableField", "Literal"))


def words_of(path: str) -> set[str]:
    """The parameters that the SDK's types allow in a request."""
    return set(REQUESTS[path].__annotations__)
