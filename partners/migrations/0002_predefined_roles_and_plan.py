from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ALL = ["sales", "purchases", "contacts", "banking", "inbox", "journal", "taxes", "catalog", "team", "settings"]
WORK = ["sales", "purchases", "contacts", "banking", "inbox", "journal", "taxes"]
ROLES = [
    ("firm", "owner", "Owner", {"team": 2, "settings": 2}),
    ("firm", "administrator", "Administrator", {"team": 2, "settings": 2}),
    ("firm", "account_manager", "Account manager", {"team": 1}),
    ("business", "owner", "Owner", dict.fromkeys(ALL, 2)),
    ("business", "administrator", "Administrator", dict.fromkeys(ALL, 2)),
    ("business", "bookkeeper", "Bookkeeper", dict.fromkeys(WORK, 2)),
    ("business", "sales", "Sales", {"sales": 2, "contacts": 2, "catalog": 2}),
    ("business", "tax_reviewer", "Tax reviewer", dict.fromkeys(WORK, 1)),
    ("business", "viewer", "Viewer", dict.fromkeys(ALL[:-1], 1)),
]


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    role, plan = apps.get_model("partners", "Role"), apps.get_model("partners", "Plan")
    for position, (kind, code, name, levels) in enumerate(ROLES):
        role.objects.create(organisation_kind=kind, code=code, name=name, levels=levels, position=position)
    plan.objects.create(code="complete", name="Complete", sections=ALL, is_default=True)


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_people_and_organisations")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
