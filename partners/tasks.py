"""The clock's door to subscriptions: what Stripe shall be asked about."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.jobs import put_off
from advisory_portal.gateways import GatewayError
from partners import actions
from partners.models import BillingAccount

logger = logging.getLogger(__name__)
BATCH = 50


@shared_task(name="partners.sync_subscriptions")
def sync_subscriptions() -> int:
    """Ask Stripe about the subscriptions that are due; returns how many were looked at."""
    if not settings.PLATFORM_STRIPE_SECRET_KEY:
        return 0
    done = 0
    for account in actions.claim_billing(now=timezone.now(), most=BATCH):
        try:
            actions.sync_subscription(actor=system_actor(), account=account, now=timezone.now())
            done += 1
        except GatewayError as error:
            logger.warning("the subscription of %s could not be asked for: %s", account.organisation_id, error)
            put_off(BillingAccount, account.pk, error)
    return done
