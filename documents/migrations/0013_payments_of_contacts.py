"""A payment knows its contact, so that a contact's payments are a list of their own; it moves with a merge alone."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
UPDATE documents_settlement s SET contact_id = d.contact_id FROM documents_document d WHERE d.id = s.document_id;
CREATE FUNCTION documents_refuse_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'contact_id' = to_jsonb(NEW) - 'contact_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'documents_settlement is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER settlement_is_append_only BEFORE UPDATE OR DELETE ON documents_settlement
    FOR EACH ROW EXECUTE FUNCTION documents_refuse_settlement();
"""
NO_LONGER_KEPT = """
DROP TRIGGER settlement_is_append_only ON documents_settlement;
DROP FUNCTION documents_refuse_settlement();
"""
BEFORE = """
CREATE TRIGGER settlement_is_append_only BEFORE UPDATE OR DELETE ON documents_settlement
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0012_search_by_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="settlement",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.contact",
            ),
        ),
        migrations.RunSQL("DROP TRIGGER settlement_is_append_only ON documents_settlement;", BEFORE),
        migrations.RunSQL(KEPT, NO_LONGER_KEPT),
    ]
