"""Catalogues of translations: collect the texts of the code, update, check and compile. Needs no Django.

Python is read by its syntax tree, so that a text counts whatever a module calls its gettext functions; templates are
read by Jinja2's own extractor, with the options of our environment. `manage.py translations` is the door to all of
it; `python -m advisory_portal.translations` only compiles what is stale, for `./run` and the image.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from advisory_portal.formats import errors as format_errors

CATALOGUE = Path("LC_MESSAGES") / "django.po"
TRANSLATION = "django.utils.translation"
ARGUMENTS = {
    "gettext": ("text",),
    "ngettext": ("text", "plural"),
    "pgettext": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
}
TEMPLATE_OPTIONS = {  # as advisory_portal.jinja2.environment sets them; a broken template is an error
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "extensions": "jinja2.ext.do",
    "silent": "false",
}
HEADER = """\
# Written by `manage.py translations`, which sorts it and drops what the code no longer says.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""
# What allauth and the admin's theme show and our catalogues say otherwise: words for our things, another tone than
# ours, or what they have not translated.
BORROWED = (
    "Type to search",
    "Use a security key",
    "Use authenticator app or code",
    "Use your password",
    "You cannot activate two-factor authentication until you have verified your email address.",
    "You cannot add an email address to an account protected by two-factor authentication.",
    "You cannot deactivate two-factor authentication.",
)
PLACEHOLDER = re.compile(r"%(\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa%]|\{\w*\}")

Text = tuple[str, ...]  # the arguments of a gettext function by their names in ARGUMENTS, absent ones ""


# --- Collecting ----------------------------------------------------------------------------------------------


def collect(root: Path, packages: Iterable[Path], templates: Iterable[Path]) -> Catalog:
    """Every text of the packages' modules and of the .html and .txt templates, with the files that say it.

    Files are named relative to `root`. Raises SyntaxError or jinja2.TemplateSyntaxError for a broken file.
    """
    texts = Catalog()

    def add(path: Path, found: Iterable[Text]) -> None:
        for context, text, plural in found:
            name = path.relative_to(root).as_posix()
            texts.add((text, plural) if plural else text, locations=[(name, 0)], context=context or None)

    for package in packages:
        for path in sorted(package.rglob("*.py")):
            add(path, texts_of_module(path.read_text(encoding="utf-8")))
    for folder in templates:
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
            add(path, texts_of_template(path.read_text(encoding="utf-8")))
    # The formats know no Django: what they say is a table of plain words, which their callers look up.
    add(root / "advisory_portal/formats/errors.py", (("", text, "") for text in format_errors.MESSAGES.values()))
    add(root / "advisory_portal/translations.py", (("", text, "") for text in BORROWED))
    return texts


def texts_of_module(source: str) -> Iterator[Text]:
    """(context, text, plural) of each call of a gettext function whose arguments are written out."""
    tree = ast.parse(source)
    functions, modules = gettext_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = ""
        if isinstance(called, ast.Name):
            name = functions.get(called.id, "")
        elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in modules:
            name = called.attr
        names = ARGUMENTS.get(name.removesuffix("_lazy").removesuffix("_noop"))
        if names:
            values = [arg.value for arg in node.args[: len(names)] if isinstance(arg, ast.Constant)]
            given = {name: value for name, value in zip(names, values, strict=False) if isinstance(value, str)}
            if len(given) == len(names):
                yield given.get("context", ""), given["text"], given.get("plural", "")


def gettext_names(tree: ast.Module) -> tuple[dict[str, str], set[str]]:
    """What the module calls Django's translation functions (its name: their name), and what it calls their module."""
    functions: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == TRANSLATION:
            functions |= {name.asname or name.name: name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == TRANSLATION.rpartition(".")[0]:
            modules |= {name.asname or name.name for name in node.names if name.name == "translation"}
    return functions, modules


def texts_of_template(source: str) -> Iterator[Text]:
    """(context, text, plural) of each text of a Jinja2 template."""
    for _line, found, _comments, context in extract("jinja2", BytesIO(source.encode()), options=TEMPLATE_OPTIONS):
        text, plural = (found[0], found[1]) if isinstance(found, tuple) else (found, "")
        yield context or "", text, plural


# --- Updating ------------------------------------------------------------------------------------------------


def catalogue_path(locale: Path, language: str) -> Path:
    """Where Django looks for a language's catalogue: `pt-br` is kept in `pt_BR`."""
    code, _, region = language.partition("-")
    return locale / (f"{code}_{region.upper()}" if region else code) / CATALOGUE


def read_catalogue(path: Path, language: str) -> Catalog:
    """The catalogue, an empty one where there is no file. Raises PoFileError for a broken one."""
    if not path.exists():
        return Catalog(locale=language.replace("-", "_"))
    with path.open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"), abort_invalid=True)


def update(path: Path, texts: Catalog, language: str) -> bool:
    """Bring the catalogue in line with the texts; True if that changed the file.

    A translation is kept while its text stays exactly the same: no guesses, new texts stay empty, others go.
    """
    old = read_catalogue(path, language)
    new = Catalog(locale=language.replace("-", "_"))
    for wanted in _messages(texts):
        kept = old.get(wanted.id, wanted.context)
        empty = ("",) * new.num_plurals if wanted.pluralizable else ""
        usable = kept is not None and kept.id == wanted.id and not kept.fuzzy
        string = kept.string if kept is not None and usable else empty
        notes = kept.user_comments if kept is not None else ()
        new.add(wanted.id, string, wanted.locations, user_comments=notes, context=wanted.context)
    body = BytesIO()
    write_po(body, new, width=0, omit_header=True, sort_output=True, include_lineno=False)
    whole = HEADER.format(language=language, plural_forms=new.plural_forms).encode() + body.getvalue()
    if path.exists() and path.read_bytes() == whole:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(whole)
    return True


def _messages(catalogue: Catalog) -> Iterator[Message]:
    """The messages without the header."""
    return (message for message in catalogue if message.id)


# --- Checking ------------------------------------------------------------------------------------------------


def faults(texts: Catalog, catalogue: Catalog) -> list[str]:
    """What keeps the catalogue from being complete, one line each, sorted. Empty when nothing does."""
    found = [f"obsolete: {_shown(message)}" for message in catalogue.obsolete.values()]
    for message in _messages(catalogue):
        if message.fuzzy:
            found.append(f"fuzzy: {_shown(message)}")
        if texts.get(message.id, message.context) is None:
            found.append(f"obsolete: {_shown(message)}")
    for wanted in _messages(texts):
        there = catalogue.get(wanted.id, wanted.context)
        found += [f"missing: {_shown(wanted)}"] if there is None else _faults_of(wanted, there, catalogue)
    return sorted(found)


def _faults_of(wanted: Message, message: Message, catalogue: Catalog) -> Iterator[str]:
    if message.id != wanted.id:
        yield f"missing, the plural differs: {_shown(wanted)}"
        return
    sources, strings = _forms(wanted.id), _forms(message.string)
    if not any(strings):
        yield f"empty: {_shown(wanted)}"
        return
    if wanted.pluralizable and (len(strings) != catalogue.num_plurals or not all(strings)):
        yield f"plural forms missing: {_shown(wanted)}"
        return
    for place, string in enumerate(strings):
        # The form for one may leave out the number, as English does, or name it; the others are like the plural.
        allowed = sources if place == 0 else sources[-1:]
        if placeholders(string) not in [placeholders(source) for source in allowed]:
            yield f"placeholders differ: {_shown(wanted)} → “{string}”"


def _forms(value: str | Iterable[str] | None) -> list[str]:
    """Singular and plural, or the one form there is."""
    return [value] if isinstance(value, str) else list(value or ())


def _shown(message: Message) -> str:
    text = f"“{_forms(message.id)[0]}”"
    return f"{text} ({message.context})" if message.context else text


def placeholders(text: str) -> tuple[frozenset[str], tuple[str, ...], bool]:
    """Named ones in any order, positional ones in theirs, and whether a % stands alone, which formatting trips over."""
    found = [(match.group(), match.group(1) or match.group().startswith("{")) for match in PLACEHOLDER.finditer(text)]
    named = frozenset(whole for whole, is_named in found if is_named)
    positional = tuple(whole for whole, is_named in found if not is_named and whole != "%%")
    return named, positional, "%" in PLACEHOLDER.sub("", text)


# --- Compiling -----------------------------------------------------------------------------------------------


def compile_stale(locale: Path) -> list[Path]:
    """Make each catalogue's .mo where it is missing or older than the .po; the .mo files that were made."""
    made = []
    for path in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        catalogue = read_catalogue(path, path.parent.parent.name)
        half = compiled.with_suffix(f".{os.getpid()}.mo")
        with half.open("wb") as file:
            write_mo(file, catalogue)
        half.replace(compiled)  # whole at once: a server that starts beside reads the old one or the new one
        made.append(compiled)
    return made


if __name__ == "__main__":
    compile_stale(Path(__file__).resolve().parent.parent / "locale")
