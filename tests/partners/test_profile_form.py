import pytest
from django.http import QueryDict

from partners.forms import ProfileContentForm
from partners.rules.profiles import complete
from tests.partners.programme import CONTENT


def posted(**values) -> QueryDict:
    """What a browser sends: lists as repeated fields."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        name = name.replace("__", "-")
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def cleaned(**values):
    form = ProfileContentForm(posted(**values), content=complete(CONTENT))
    form.full_clean()
    return form


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript://example.com/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "ftp://example.com/",
        "vbscript:x",
        "//",
        "not a link",
    ],
)
@pytest.mark.parametrize("field", ["website", "social__linkedin"])
def test_link_that_is_no_web_address_is_refused(field, link):
    form = cleaned(**{field: link})
    assert list(form.errors) == [field.replace("__", "-")]
    assert form.content["website"] == form.content["social"].get("linkedin", "") == ""


def test_links_get_a_scheme():
    content = cleaned(website="www.acme.example", social__x="http://x.com/acme").content
    assert (content["website"], content["social"]) == ("https://www.acme.example", {"x": "http://x.com/acme"})


def test_what_is_wrong_keeps_what_was_there():
    form = cleaned(email="nonsense", tagline="Better", services=["payroll", "juggling"], languages=["es"])
    assert set(form.errors) == {"email", "services"}
    assert form.content["email"] == CONTENT["email"]
    assert form.content["services"] == CONTENT["services"]
    assert form.content["tagline"] == "Better"


def test_nothing_needs_to_be_complete():
    form = cleaned()
    assert form.errors == {}
    assert form.content["tagline"] == "" and form.content["services"] == []


def test_required_fields_are_marked_but_not_checked():
    form = cleaned()
    assert form.fields["tagline"].required and form.fields["services"].required
    assert not form.fields["website"].required
    assert ProfileContentForm(content={}).fields["tagline"].required


def test_texts_are_tidied():
    content = cleaned(
        display_name="  Acme \x00 Advisers".replace("\x00", ""),
        description="One.\r\n\r\n\r\n\r\n  Two.  \r\nThree.",
        region="malaga",
        regions_served="Málaga\r\n\r\n Cádiz \r\nMálaga",
        phone="952 00 00 01",
        country="ES",
    ).content
    assert content["display_name"] == "Acme Advisers"
    assert content["description"] == "One.\n\nTwo.\nThree."
    assert content["region"] == "Málaga"
    assert content["regions_served"] == ["Málaga", "Cádiz"]
    assert content["phone"] == "+34 952 00 00 01"


def test_region_abroad_is_kept_as_written():
    assert cleaned(region="Île-de-France").content["region"] == "Île-de-France"


@pytest.mark.parametrize(("typed", "kept"), [("60", "60.00"), ("59.5", "59.50"), ("", "")])
def test_price_is_kept_with_two_decimals(typed, kept):
    assert cleaned(price_from=typed, price_currency="EUR").content["price_from"] == kept


@pytest.mark.parametrize("typed", ["-1", "1.234", "free", "12345678.00", "NaN"])
def test_price_that_is_none_is_refused(typed):
    assert list(cleaned(price_from=typed).errors) == ["price_from"]


def test_phone_that_is_none_is_refused():
    assert list(cleaned(phone="call me", country="ES").errors) == ["phone"]


def test_profession_that_may_not_join_is_refused():
    assert list(cleaned(profession="other").errors) == ["profession"]


def test_long_lists_are_refused():
    assert list(cleaned(accreditations="\n".join(str(number) for number in range(21))).errors) == ["accreditations"]
    assert list(cleaned(regions_served="x" * 81).errors) == ["regions_served"]


def test_people_are_kept_in_order_without_gaps():
    form = cleaned(staff__0__name="Alice", staff__0__role="Partner", staff__0__public="on", staff__3__name="Bob")
    assert form.content["staff"] == [
        {"name": "Alice", "role": "Partner", "public": True},
        {"name": "Bob", "role": "", "public": False},
    ]


def test_role_without_a_name_is_refused():
    assert list(cleaned(staff__1__role="Partner").errors) == ["staff-1-name"]


def test_form_has_spare_rows_for_people():
    staff = [{"name": "Alice", "role": "", "public": True}]
    assert len(ProfileContentForm(content={"staff": staff}).people) == 3
    assert len(ProfileContentForm(content={"staff": staff * 20}).people) == 20


def test_form_shows_what_is_there():
    content = complete(CONTENT | {"social": {"x": "https://x.com/acme"}, "accreditations": ["One", "Two"]})
    form = ProfileContentForm(content=content)
    assert form["accreditations"].value() == "One\nTwo"
    assert form["social-x"].value() == "https://x.com/acme"
    assert form["services"].value() == ["bookkeeping", "payroll"]
