"""Collecting texts, updating catalogues, finding their faults, compiling them."""

import gettext
import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from advisory_portal import translations
from advisory_portal.formats.errors import MESSAGES
from advisory_portal.management.commands.translations import texts_of_project

HEADER = translations.HEADER.format(language="es", plural_forms="nplurals=2; plural=(n != 1);")


def texts(*ids: str | tuple[str, str], context: str | None = None) -> Catalog:
    made = Catalog()
    for one in ids:
        made.add(one, locations=[("app/views.py", 0)], context=context)
    return made


@pytest.fixture
def catalogue(tmp_path: Path) -> Callable[[str], Catalog]:
    def read(body: str) -> Catalog:
        path = tmp_path / "django.po"
        path.write_text(HEADER + body)
        return translations.read_catalogue(path, "es")

    return read


# --- Collecting ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from django.utils.translation import gettext as _\n_('a')", [("", "a", "")]),
        ("from django.utils.translation import gettext_lazy\ngettext_lazy('a' 'b')", [("", "ab", "")]),
        ("from django.utils.translation import pgettext as _p\n_p('where', 'a')", [("where", "a", "")]),
        ("from django.utils.translation import ngettext\nngettext('one', 'more', 3)", [("", "one", "more")]),
        (
            "from django.utils.translation import npgettext_lazy as many\nmany('where', 'one', 'more', 'n')",
            [("where", "one", "more")],
        ),
        ("from django.utils import translation\ntranslation.gettext('a')", [("", "a", "")]),
        ("from django.utils import translation as t\nt.ngettext('one', 'more', 2)", [("", "one", "more")]),
        ("def f():\n    from django.utils.translation import gettext as say\n    return say('a')", [("", "a", "")]),
        ("from django.utils.translation import gettext as _\n_(text)\n_(f'{a}')", []),
        ("from elsewhere import gettext as _\n_('a')", []),
        ("from django.utils.translation import get_language\nget_language('a')", []),
    ],
)
def test_module_texts_follow_the_modules_own_names(source: str, found: list[translations.Text]) -> None:
    assert list(translations.texts_of_module(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{{ _("a") }}{{ pgettext("where", "b") }}', [("", "a", ""), ("where", "b", "")]),
        ('{% do rows.append(_("a")) %}', [("", "a", "")]),
        ('{{ button(_("a"), attrs={"title": _("b")}) }}', [("", "a", ""), ("", "b", "")]),
        ('{{ ngettext("one", "more", n) }}', [("", "one", "more")]),
        ("{% trans %}\n  a\n  b\n{% endtrans %}", [("", "a b", "")]),
    ],
)
def test_template_texts_are_read_as_the_environment_reads_them(source: str, found: list[translations.Text]) -> None:
    assert list(translations.texts_of_template(source)) == found


def test_collect_names_the_files_that_say_a_text(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "views.py").write_text("from django.utils.translation import gettext as _\n_('a')\n_('b')")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text('{{ _("a") }}')
    (tmp_path / "templates" / "mail.txt").write_text('{{ _("c") }}')
    found = translations.collect(tmp_path, [tmp_path / "app"], [tmp_path / "templates"])
    places = {message.id: [name for name, _line in message.locations] for message in found if message.id}
    assert places["a"] == ["app/views.py", "templates/page.html"]
    assert places["b"] == ["app/views.py"]
    assert places["c"] == ["templates/mail.txt"]


def test_project_texts_hold_what_formats_and_packages_say() -> None:
    found = texts_of_project()
    assert [text for text in (*MESSAGES.values(), *translations.BORROWED) if text not in found] == []


@pytest.mark.parametrize("text", translations.BORROWED)
def test_borrowed_texts_are_still_what_packages_say(text: str) -> None:
    import allauth  # noqa: PLC0415 - only to find its catalogue
    import unfold  # noqa: PLC0415 - only to find its templates

    path = Path(allauth.__file__).parent / "locale/es/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    templates = Path(unfold.__file__).parent.rglob("*.html")
    assert text in catalogue or any(f'"{text}"' in template.read_text() for template in templates)


# --- Updating ------------------------------------------------------------------------------------------------


def test_update_keeps_drops_and_adds(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text(
        HEADER
        + 'msgid "kept"\nmsgstr "queda"\n\n'
        + '#, fuzzy\nmsgid "guessed"\nmsgstr "adivinado"\n\n'
        + 'msgid "gone"\nmsgstr "se va"\n\n'
        + '#~ msgid "long gone"\n#~ msgstr "ya no está"\n'
    )
    wanted = texts("kept", "guessed", "added", ("one", "more"))
    assert translations.update(path, wanted, "es")
    assert path.read_text() == HEADER + (
        '#: app/views.py\nmsgid "added"\nmsgstr ""\n\n'
        '#: app/views.py\nmsgid "guessed"\nmsgstr ""\n\n'
        '#: app/views.py\nmsgid "kept"\nmsgstr "queda"\n\n'
        '#: app/views.py\nmsgid "one"\nmsgid_plural "more"\nmsgstr[0] ""\nmsgstr[1] ""\n\n'
    )


def test_update_forgets_the_translation_of_another_plural(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text(HEADER + 'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "uno"\nmsgstr[1] "muchos"\n')
    translations.update(path, texts(("one", "more")), "es")
    assert 'msgstr[0] ""' in path.read_text()


def test_update_twice_changes_nothing(tmp_path: Path) -> None:
    path = translations.catalogue_path(tmp_path, "pt-br")
    assert path == tmp_path / "pt_BR" / "LC_MESSAGES" / "django.po"
    assert translations.update(path, texts("b", "a"), "pt-br")
    assert not translations.update(path, texts("a", "b"), "pt-br")


# --- Checking ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "body", "found"),
    [
        (["a"], 'msgid "a"\nmsgstr "b"\n', []),
        (["a"], "", ["missing: “a”"]),
        (["a"], 'msgid "a"\nmsgstr ""\n', ["empty: “a”"]),
        (["a"], '#, fuzzy\nmsgid "a"\nmsgstr "b"\n', ["fuzzy: “a”"]),
        ([], 'msgid "a"\nmsgstr "b"\n', ["obsolete: “a”"]),
        ([], '#~ msgid "a"\n#~ msgstr "b"\n', ["obsolete: “a”"]),
        (["%(n)s of"], 'msgid "%(n)s of"\nmsgstr "%(m)s de"\n', ["placeholders differ: “%(n)s of” → “%(m)s de”"]),
        (["%(n)s of"], 'msgid "%(n)s of"\nmsgstr "de %(n)s"\n', []),
        (["%(a)s %(b)s"], 'msgid "%(a)s %(b)s"\nmsgstr "%(b)s %(a)s"\n', []),
        (["%s at %d"], 'msgid "%s at %d"\nmsgstr "%d a %s"\n', ["placeholders differ: “%s at %d” → “%d a %s”"]),
        (["{n} of"], 'msgid "{n} of"\nmsgstr "{m} de"\n', ["placeholders differ: “{n} of” → “{m} de”"]),
        (["%(n)s %%"], 'msgid "%(n)s %%"\nmsgstr "%(n)s %"\n', ["placeholders differ: “%(n)s %%” → “%(n)s %”"]),
        ([("one", "more")], 'msgid "one"\nmsgid_plural "more"\nmsgstr[0] "uno"\nmsgstr[1] "más"\n', []),
        (
            [("one", "more")],
            'msgid "one"\nmsgid_plural "more"\nmsgstr[0] "uno"\nmsgstr[1] ""\n',
            ["plural forms missing: “one”"],
        ),
        ([("one", "more")], 'msgid "one"\nmsgstr "uno"\n', ["missing, the plural differs: “one”"]),
        (
            [("One day", "%(n)s days")],
            'msgid "One day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s día"\nmsgstr[1] "días"\n',
            ["placeholders differ: “One day” → “días”"],
        ),
    ],
)
def test_faults_are_named(
    ids: list[str | tuple[str, str]], body: str, found: list[str], catalogue: Callable[[str], Catalog]
) -> None:
    assert translations.faults(texts(*ids), catalogue(body)) == found


def test_faults_tell_contexts_apart(catalogue: Callable[[str], Catalog]) -> None:
    wanted = texts("Tax", context="on an invoice")
    assert translations.faults(wanted, catalogue('msgid "Tax"\nmsgstr "IVA"\n')) == [
        "missing: “Tax” (on an invoice)",
        "obsolete: “Tax”",
    ]


def test_check_fails_with_the_list_and_changes_nothing(tmp_path: Path, settings: Settings) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    with pytest.raises(CommandError) as raised:
        call_command("translations", "--check")
    assert "es: missing: “Invite users”" in str(raised.value).splitlines()
    assert list(tmp_path.iterdir()) == []


def test_command_writes_and_compiles_each_language(tmp_path: Path, settings: Settings) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("ca", "Catalan"), ("es", "Spanish")]
    said = StringIO()
    call_command("translations", stdout=said)
    made = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.?o"))
    assert made == [f"{code}/LC_MESSAGES/django.{kind}" for code in ("ca", "es") for kind in ("mo", "po")]
    assert "es: empty: “Invite users”" in said.getvalue()


def test_command_can_only_compile(tmp_path: Path, settings: Settings) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    path = translations.catalogue_path(tmp_path, "es")
    path.parent.mkdir(parents=True)
    path.write_text(HEADER)
    call_command("translations", "--compile")
    assert path.read_text() == HEADER
    assert path.with_suffix(".mo").exists()


def test_every_language_is_complete() -> None:
    call_command("translations", "--check", stdout=StringIO())


# --- Compiling -----------------------------------------------------------------------------------------------


def test_compile_makes_what_is_missing_or_older(tmp_path: Path) -> None:
    path = translations.catalogue_path(tmp_path, "es")
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + 'msgid "one"\nmsgid_plural "more"\nmsgstr[0] "uno"\nmsgstr[1] "más"\n')
    compiled = path.with_suffix(".mo")
    assert translations.compile_stale(tmp_path) == [compiled]
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert [catalogue.ngettext("one", "more", number) for number in (1, 2)] == ["uno", "más"]
    assert translations.compile_stale(tmp_path) == []
    later = compiled.stat().st_mtime_ns + 1
    os.utime(path, ns=(later, later))
    assert translations.compile_stale(tmp_path) == [compiled]
    assert sorted(found.name for found in path.parent.iterdir()) == ["django.mo", "django.po"]


# --- In use --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "spanish"),
    [
        ("Register", "Registrarse"),
        ("Consultancy/Advisory", "Gestoría/asesoría"),
        ("Create account", "Crear cuenta"),
        ("Settings", "Configuración"),
        ("Account", "Cuenta"),
        ("Users", "Usuarios"),
        ("Invite users", "Invitar usuarios"),
        ("Administrator", "Administrador"),
        ("Account manager", "Gestor de cuenta"),
        ("Invite", "Invitar"),
        ("Download", "Descargar"),
        ("Print", "Imprimir"),
        ("Send", "Enviar"),
        ("Save", "Guardar"),
        ("Change password", "Cambiar contraseña"),
        ("Create password", "Crear contraseña"),
        ("Language", "Idioma"),
        ("Quote", "Presupuesto"),
        ("Sales order", "Pedido de venta"),
        ("Delivery note", "Albarán"),
        ("Journal", "Libro diario"),
        # what packages say, in their Spanish or in ours
        ("This field is required.", "Este campo es obligatorio."),
        ("You must type the same password each time.", "Debe escribir la misma contraseña cada vez."),
        ("Use authenticator app or code", "Usar la aplicación de autenticación o un código"),
    ],
)
def test_spanish_says_the_binding_words(text: str, spanish: str) -> None:
    translations.compile_stale(Path(settings.LOCALE_PATHS[0]))
    with translation.override("es"):
        assert translation.gettext(text) == spanish


@pytest.mark.django_db
def test_form_errors_come_in_the_readers_language() -> None:
    translations.compile_stale(Path(settings.LOCALE_PATHS[0]))
    page = Client(headers={"accept-language": "es"}).post("/accounts/login/", {"login": "x"}).content.decode()
    assert '<html lang="es">' in page
    assert "Corrija 2 datos" in page
    assert "Contraseña: Este campo es obligatorio." in page
