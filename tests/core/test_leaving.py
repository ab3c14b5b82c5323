"""The page on the way to a payment company, and where it may lead."""

import pytest
from django.test import RequestFactory, override_settings

from advisory_portal.core.http import ForeignPage, leave_for
from advisory_portal.gateways.addresses import company_of_page

SANDBOX = "http://127.0.0.1:9099"


@pytest.mark.parametrize(
    ("url", "company"),
    [
        ("https://checkout.stripe.com/c/pay/cs_test_1#fid", "Stripe"),
        ("https://billing.stripe.com/p/session/1", "Stripe"),
        ("https://www.paypal.com/checkoutnow?token=1", "PayPal"),
        ("https://square.link/u/1", "Square"),
        ("http://checkout.stripe.com/c/pay/1", None),
        ("https://checkout.stripe.com:8443/c/pay/1", None),
        ("https://checkout.stripe.com.evil.example/", None),
        ("https://checkout.stripe.com@evil.example/", None),
        ("https://someone@checkout.stripe.com/", None),
        ("https://evil.example/?https://checkout.stripe.com/", None),
        ("//checkout.stripe.com/", None),
        ("javascript:alert(1)", None),
        ("https://[broken", None),
        ("", None),
        ("http://127.0.0.1:9099/pay/paypal/1", None),
    ],
)
def test_only_pages_of_payment_companies_are_led_to(url: str, company: str | None) -> None:
    assert company_of_page(url) == company


def test_the_stand_ins_are_led_to_where_there_are_some() -> None:
    assert company_of_page(f"{SANDBOX}/pay/paypal/1", sandbox_url=SANDBOX) == "PayPal"
    assert company_of_page("http://127.0.0.1:9100/pay/paypal/1", sandbox_url=SANDBOX) is None
    assert company_of_page("https://127.0.0.1:9099/pay/paypal/1", sandbox_url=SANDBOX) is None
    assert company_of_page("http://127.0.0.1:9099@evil.example/pay", sandbox_url=SANDBOX) is None


def test_leaving_refreshes_and_offers_the_link(rf: RequestFactory) -> None:
    url = "https://checkout.stripe.com/c/pay/cs_1?a=1&b=ñ"
    response = leave_for(rf.post("/"), url)
    assert response.status_code == 200
    assert response["Refresh"] == "0; url=https://checkout.stripe.com/c/pay/cs_1?a=1&b=%C3%B1"
    assert response["Cache-Control"] == "no-store"
    assert 'href="https://checkout.stripe.com/c/pay/cs_1?a=1&amp;b=%C3%B1"' in response.content.decode()


def test_leaving_for_a_foreign_page_is_refused(rf: RequestFactory) -> None:
    with pytest.raises(ForeignPage):
        leave_for(rf.post("/"), "https://evil.example/")
    with override_settings(PAYMENTS_SANDBOX_URL=SANDBOX):
        assert leave_for(rf.post("/"), f"{SANDBOX}/pay/square/1").status_code == 200
