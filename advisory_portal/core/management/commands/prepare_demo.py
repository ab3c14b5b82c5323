"""Brings the demo's database, files and world up to date, in one process: a second start is quick."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser, call_command, get_commands
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError


class Command(BaseCommand):
    help = "Migrate, collect the static files and build the demo world, as far as that is not done yet."
    requires_system_checks: list[str] = []  # `migrate` runs them when there is something to do

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log-ins", type=Path, help="write everybody's log-in to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self.say("Preparing the database…")
                call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as problem:
            raise CommandError(f"The database refused its tables: {problem}") from problem
        call_command("prepare_static")
        if "demo_world" not in get_commands():
            raise CommandError("There is no demo world: the command demo_world is missing.")
        self.say("Building the demo world…")
        call_command("demo_world", stdout=self.stdout)
        if options["log_ins"]:
            with options["log_ins"].open("w") as file:
                call_command("demo_world", print_logins=True, stdout=file)

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
