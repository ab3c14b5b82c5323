"""The chain of a business's fiscal records: each names the one before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from documents.fiscal.regime import Regime
from documents.fiscal.registry import REGIMES
from documents.models import Document, DocumentSettings, FiscalRecord, Kind

REPORTED_KINDS = (Kind.INVOICE, Kind.CREDIT_NOTE)


def keep(*, document: Document, act: FiscalRecord.Act | str, now: datetime) -> None:
    """Keep the fiscal record of an invoice that is issued or declared void, inside that act's transaction.

    Does nothing where the business has no regime, for imported and other documents, when repeated, and for the end
    of an invoice whose issue was never kept. The settings' row stays locked until commit, so that records of one
    business follow one another. Raises NotReportable.
    """
    if document.is_imported or document.kind not in REPORTED_KINDS:
        return
    settings = DocumentSettings.objects.filter(organisation_id=document.organisation_id, fiscal_regime__in=REGIMES)
    chosen = settings.select_for_update(no_key=True).first()
    if chosen is None:
        return
    regime, act = REGIMES[chosen.fiscal_regime], FiscalRecord.Act(act)
    kept = set(FiscalRecord.objects.filter(document=document).values_list("act", flat=True))
    if act in kept or (act == FiscalRecord.Act.VOIDED and not kept):
        return
    chain = FiscalRecord.objects.filter(organisation_id=document.organisation_id, regime=regime.code)
    previous = chain.order_by("-position").first()
    values = regime.record(document, act, previous, now)
    FiscalRecord.objects.create(
        organisation_id=document.organisation_id,
        document=document,
        regime=regime.code,
        act=act,
        position=previous.position + 1 if previous else 1,
        content=values.content,
        hash=values.hash,
        previous_hash=previous.hash if previous else "",
        qr_url=regime.qr_url(values.content),
        recorded_at=now,
        state=FiscalRecord.State.WAITING if regime.is_sending() else FiscalRecord.State.KEPT,
        due_at=now,
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain is broken, and how: `gap`, `link` (another record before it), or `content` (the hash differs)."""

    position: int
    kind: str


def verify_chain(organisation_id: UUID, *, last: int | None = None) -> list[Fault]:
    """The places where the business's chains are broken, [] if they hold; of the `last` records only, if given.

    Reads every record once: about 30 µs each.
    """
    return [fault for code in REGIMES for fault in _faults(REGIMES[code], organisation_id, last)]


def _faults(regime: Regime, organisation_id: UUID, last: int | None) -> Iterator[Fault]:
    chain = FiscalRecord.objects.filter(organisation_id=organisation_id, regime=regime.code).order_by("position")
    newest = chain.last()
    if newest is None:
        return
    first = max(1, newest.position - last + 1) if last else 1
    before = chain.filter(position=first - 1).first()
    position = first
    for record in chain.filter(position__gte=first).iterator(chunk_size=500):
        if record.position != position or (before is None and position > 1):
            yield Fault(position, "gap")
        position = record.position + 1
        hash_before = before.hash if before else ""
        if record.previous_hash != hash_before or not regime.names(record.content, before.content if before else None):
            yield Fault(record.position, "link")
        if regime.hash_of(record.content, record.previous_hash) != record.hash:
            yield Fault(record.position, "content")
        before = record
