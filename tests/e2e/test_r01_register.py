"""R1: Register (top right) → contact details → account type → its fields → Create account."""

import pytest
from playwright.sync_api import expect

from partners.models import Member, Organisation
from tests.e2e.conftest import DESKTOP, link_in_mail
from tests.factories import PASSWORD

ENGLISH = {
    "register": "Register",
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "password": "Password",
    "firm": "Consultancy/Advisory",
    "profession": "Profession",
    "gestoria": "Gestoría (administrative agency)",
    "legal_name": "Legal name",
    "country": "Country",
    "spain": "Spain",
    "tax_id": "Tax id",
    "legal_form": "Legal form",
    "team_size": "Team size",
    "few": "2 to 5 people",
    "terms": "I accept the terms of use",
    "create": "Create account",
    "confirm": "Confirm",
}
SPANISH = {
    "register": "Registrarse",
    "name": "Nombre",
    "email": "Correo electrónico",
    "phone": "Teléfono",
    "password": "Contraseña",
    "firm": "Gestoría/asesoría",
    "profession": "Profesión",
    "gestoria": "Gestoría",
    "legal_name": "Razón social",
    "country": "País",
    "spain": "España",
    "tax_id": "NIF",
    "legal_form": "Forma jurídica",
    "team_size": "Tamaño del equipo",
    "few": "De 2 a 5 personas",
    "terms": "Acepto las condiciones de uso",
    "create": "Crear cuenta",
    "confirm": "Confirmar",
}


def register(eva, words, *, is_firm):
    """From the first page to the page that asks to look into the mail."""
    eva.open("/")
    entry = eva.page.get_by_role("banner").get_by_role("link", name=words["register"], exact=True)
    box = entry.bounding_box()
    assert box["x"] > DESKTOP["width"] / 2 and box["y"] < 100, "Register stands top right"
    entry.click()
    eva.fill({
        words["name"]: "Eva Soler",
        words["email"]: "eva@soler.example",
        words["phone"]: "912 345 678",
        words["password"]: PASSWORD,
    })  # fmt: skip
    if is_firm:
        eva.page.get_by_label(words["firm"], exact=True).check()
        eva.choose(words["profession"], words["gestoria"])
    else:
        eva.page.get_by_label("Business", exact=True).check()
    eva.fill({words["legal_name"]: "Gestoría Soler", words["tax_id"]: "B64717838", words["legal_form"]: "S.L."})
    eva.choose(words["country"], words["spain"])
    eva.choose(words["team_size"], words["few"])
    eva.page.get_by_label(words["terms"]).check()
    eva.press(words["create"])
    eva.expect_path("/accounts/confirm-email/")


def confirm(eva, words):
    eva.open(link_in_mail("eva@soler.example"))
    eva.press(words["confirm"])


def assert_owner(kind):
    member = Member.objects.select_related("role", "user", "organisation").get()
    found = (member.role.code, member.user.email, member.organisation.kind, member.organisation.tax_id)
    assert found == ("owner", "eva@soler.example", kind, "B64717838")


@pytest.mark.parametrize("with_scripts", [True, False], ids=["", "without_javascript"])
def test_r01_register_firm(visitor, with_scripts):
    eva = visitor(java_script_enabled=with_scripts)
    register(eva, ENGLISH, is_firm=True)
    eva.expect_title("Confirm your e-mail address")
    confirm(eva, ENGLISH)
    eva.expect_path("/o/gestoria-soler/")
    eva.expect_title("Overview")
    assert_owner(Organisation.Kind.FIRM)


def test_r01_register_business(visitor):
    eva = visitor()
    register(eva, ENGLISH, is_firm=False)
    confirm(eva, ENGLISH)
    eva.expect_path("/o/gestoria-soler/overview/")
    eva.expect_title("Overview")
    assert_owner(Organisation.Kind.BUSINESS)


def test_r01_register_firm_in_spanish(visitor):
    eva = visitor(locale="es-ES")
    register(eva, SPANISH, is_firm=True)
    confirm(eva, SPANISH)
    eva.expect_path("/o/gestoria-soler/")
    expect(eva.page.locator("html")).to_have_attribute("lang", "es")
    assert_owner(Organisation.Kind.FIRM)


def test_r01_register_asks_a_business_for_no_profession(visitor):
    eva = visitor()
    eva.open("/accounts/signup/")
    eva.page.get_by_label("Consultancy/Advisory", exact=True).check()
    expect(eva.field("Profession")).to_be_visible()
    eva.page.get_by_label("Business", exact=True).check()
    expect(eva.field("Profession")).to_be_hidden()


def test_r01_register_keeps_what_was_typed_and_names_what_is_wrong(visitor):
    eva = visitor()
    eva.expected.update({200, 422})
    eva.open("/accounts/signup/")
    eva.fill({"Name": "Eva Soler", "E-mail": "eva", "Tax id": "B64717838"})
    eva.press("Create account")
    summary = eva.page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(eva.field("Name")).to_have_value("Eva Soler")
    expect(eva.field("Tax id")).to_have_value("B64717838")
    expect(eva.field("E-mail")).to_have_attribute("aria-invalid", "true")
    assert not Organisation.objects.exists()
