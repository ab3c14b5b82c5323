"""Updates, checks and compiles the catalogues of translations. Needs no database."""

from pathlib import Path
from typing import Any

from babel.messages import Catalog
from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from advisory_portal import translations


def texts_of_project() -> Catalog:
    """Every text of our own apps (those whose package stands beside manage.py) and of the templates."""
    root = Path(settings.BASE_DIR)
    packages = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == root]
    return translations.collect(root, packages, settings.TEMPLATES[0]["DIRS"])


class Command(BaseCommand):
    help = "Take the texts of code and templates into locale/, compile it, and say what is left to translate."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--check", action="store_true", help="change nothing; fail unless every language is complete")
        only.add_argument("--compile", action="store_true", help="only make the .mo files that are missing or stale")

    def handle(self, *args: Any, **options: Any) -> None:
        locale = Path(settings.LOCALE_PATHS[0])
        if options["compile"]:
            translations.compile_stale(locale)
            return
        texts = texts_of_project()
        found = []
        for language, _name in settings.LANGUAGES:
            if language == settings.LANGUAGE_CODE:
                continue
            path = translations.catalogue_path(locale, language)
            if not options["check"] and translations.update(path, texts, language):
                self.stdout.write(f"{path} is updated.")
            catalogue = translations.read_catalogue(path, language)
            found += [f"{language}: {fault}" for fault in translations.faults(texts, catalogue)]
        if options["check"]:
            if found:
                raise CommandError("\n".join([*found, f"{len(found)} faults. Begin with: ./run manage translations"]))
            return
        translations.compile_stale(locale)
        self.stdout.write("\n".join([*found, f"{len(found)} to translate or correct."] if found else ["Complete."]))
