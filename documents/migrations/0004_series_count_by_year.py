from django.db import migrations, models

# One row a series and a counter a year, where it was one row a year. Documents of the later years move to the
# series' first row; the trigger that keeps issued documents as they are steps aside for this one column.
MERGE = """
INSERT INTO documents_seriescounter (id, created_at, organisation_id, series_id, year, last_number)
    SELECT s.id, s.created_at, s.organisation_id, (
        SELECT f.id FROM documents_series f
        WHERE (f.organisation_id, f.kind, f.prefix) = (s.organisation_id, s.kind, s.prefix) ORDER BY f.year LIMIT 1
    ), s.year, s.last_number
    FROM documents_series s;
ALTER TABLE documents_document DISABLE TRIGGER document_is_frozen;
UPDATE documents_document d SET series_id = c.series_id
    FROM documents_seriescounter c WHERE c.id = d.series_id AND c.series_id <> d.series_id;
DELETE FROM documents_series s WHERE NOT EXISTS (SELECT 1 FROM documents_seriescounter c WHERE c.series_id = s.id);
UPDATE documents_series SET is_default = true;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE documents_document ENABLE TRIGGER document_is_frozen;
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_the_business_account")]

    operations = [
        migrations.RemoveConstraint(model_name="series", name="series_once"),
        migrations.RunSQL(MERGE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="series", name="last_number"),
        migrations.RemoveField(model_name="series", name="year"),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(fields=("organisation", "kind", "prefix"), name="series_prefix_once"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("organisation", "kind"),
                name="one_default_series",
            ),
        ),
    ]
