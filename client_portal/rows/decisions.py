"""A quote's decision as pages show it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from advisory_portal.core.formatting import format_moment
from client_portal.models import QuoteDecision


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Who decided what, when. `signature` is path data in a box of 600 × 200, "" for none; `evidence` are pairs of a
    label and its words, for staff.
    """

    is_yes: bool
    said: str
    name: str
    moment: str
    iso: str
    reference: str
    reason: str
    signature: str
    evidence: list[tuple[str, str]]


def decision_row(decision: QuoteDecision, *, time_zone: str) -> DecisionRow:
    """The decision in words, times in the business's zone. Makes no query."""
    moment = format_moment(decision.decided_at, time_zone)
    is_yes = decision.decision == QuoteDecision.Decision.ACCEPTED
    said = _("Accepted by %(name)s") if is_yes else _("Declined by %(name)s")
    evidence = [
        (_("Identified"), str(QuoteDecision.Identified(decision.identified_by).label)),
        (_("Recorded by"), decision.recorded_by_name),
        (_("How it was told"), str(decision.get_told_by_display())),
        (_("E-mail"), decision.email),
        (_("Internet address"), decision.address or ""),
        (_("SHA-256 of its PDF"), decision.pdf_sha256),
    ]
    return DecisionRow(
        is_yes=is_yes,
        said=said % {"name": decision.name},
        name=decision.name,
        moment=moment,
        iso=decision.decided_at.isoformat(),
        reference=decision.reference,
        reason=decision.reason,
        signature=decision.signature,
        evidence=[(label, words) for label, words in evidence if words],
    )
