from django.db import migrations, models

RELEASE = """
CREATE FUNCTION bookkeeping_release_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bookkeeping_reconciliation SET due_at = now(), attempts = 0
        WHERE settlement_id = substr(NEW.source_key, 6)::uuid AND undone_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER release_line AFTER INSERT ON documents_settlement FOR EACH ROW
    WHEN (NEW.source_key ~ '^back:[0-9a-f-]{36}$') EXECUTE FUNCTION bookkeeping_release_line();
"""
REVERSE = "DROP TRIGGER release_line ON documents_settlement; DROP FUNCTION bookkeeping_release_line();"
# Links to payments that were taken back before there was the trigger.
FILL = """
UPDATE bookkeeping_reconciliation r SET due_at = now() FROM documents_settlement s
    WHERE s.document_id = r.document_id AND s.source_key = 'back:' || r.settlement_id AND r.undone_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookkeeping", "0007_entries_to_make"),
        ("documents", "0012_search_by_words"),
    ]

    operations = [
        migrations.AddField("reconciliation", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("reconciliation", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("reconciliation", "last_error", models.CharField(blank=True, max_length=500)),
        migrations.AddIndex(
            "reconciliation",
            models.Index(fields=["due_at"], name="reconciliation_due", condition=models.Q(("due_at__isnull", False))),
        ),
        migrations.RunSQL(FILL + RELEASE, REVERSE),
    ]
