import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import advisory_portal.core.ids

# What the journal lacks of one document. Of a set-off the invoice's side makes the entry, the credit note's none.
MISSING = """
CREATE FUNCTION bookkeeping_entries_missing(wanted uuid)
RETURNS TABLE (what text, settlement_id uuid, entry_id uuid, dated_on date) LANGUAGE sql STABLE AS $$
    SELECT 'document', NULL::uuid, NULL::uuid, d.issued_on
    FROM documents_document d
    WHERE d.id = wanted AND d.reviewed_at IS NOT NULL
        AND d.kind IN ('invoice', 'credit_note', 'bill', 'supplier_credit_note')
        AND d.state IN ('issued', 'partially_paid', 'paid')
        AND (d.payable <> 0 OR d.tax_exclusive <> 0)
        AND NOT EXISTS (
            SELECT 1 FROM bookkeeping_journalentry e
            WHERE e.document_id = d.id AND e.source = 'document' AND NOT e.is_reversed
        )
    UNION ALL
    SELECT 'payment', s.id, NULL, s.received_on
    FROM documents_document d JOIN documents_settlement s ON s.document_id = d.id
    WHERE d.id = wanted AND d.reviewed_at IS NOT NULL
        AND d.kind IN ('invoice', 'credit_note', 'bill', 'supplier_credit_note', 'sales_order')
        AND NOT (s.method = 'credit_note' AND d.kind IN ('credit_note', 'supplier_credit_note'))
        AND NOT EXISTS (
            SELECT 1 FROM bookkeeping_journalentry e
            WHERE e.settlement_id = s.id AND e.source = 'payment' AND NOT e.is_reversed
        )
    UNION ALL
    SELECT 'take_back', NULL, e.id, e.dated_on
    FROM documents_document d JOIN bookkeeping_journalentry e ON e.document_id = d.id
    WHERE d.id = wanted AND d.state = 'void' AND e.source = 'document' AND NOT e.is_reversed
$$;
"""
# The lock is what makes the rows true after any race: of two who change what a document lacks, the second looks after
# the first has committed. Actions take it first, before the journal's.
QUEUE = """
CREATE FUNCTION bookkeeping_queue_entries(wanted uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM documents_document WHERE id = wanted FOR NO KEY UPDATE;
    DELETE FROM bookkeeping_entrytomake q WHERE q.document_id = wanted AND NOT EXISTS (
        SELECT 1 FROM bookkeeping_entries_missing(wanted) m
        WHERE ROW(m.what, m.settlement_id, m.entry_id)
            IS NOT DISTINCT FROM ROW(q.what::text, q.settlement_id, q.entry_id)
    );
    INSERT INTO bookkeeping_entrytomake
        (id, created_at, organisation_id, what, document_id, settlement_id, entry_id, dated_on)
    SELECT gen_random_uuid(), now(), d.organisation_id, m.what, d.id, m.settlement_id, m.entry_id, m.dated_on
    FROM documents_document d, bookkeeping_entries_missing(wanted) m WHERE d.id = wanted
    ON CONFLICT DO NOTHING;
END $$;
CREATE FUNCTION bookkeeping_queue_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bookkeeping_queue_entries(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION bookkeeping_queue_of_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bookkeeping_queue_entries(NEW.document_id);
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER queue_added_reviewed AFTER INSERT ON documents_document FOR EACH ROW
    WHEN (NEW.reviewed_at IS NOT NULL) EXECUTE FUNCTION bookkeeping_queue_document();
CREATE TRIGGER queue_reviewed AFTER UPDATE ON documents_document FOR EACH ROW
    WHEN ((OLD.reviewed_at IS NULL) <> (NEW.reviewed_at IS NULL)
        OR OLD.state <> NEW.state AND (
            NEW.state = 'void' OR OLD.state = 'void' OR OLD.state = 'draft' AND NEW.reviewed_at IS NOT NULL
        ))
    EXECUTE FUNCTION bookkeeping_queue_document();
CREATE TRIGGER queue_settled AFTER INSERT ON documents_settlement FOR EACH ROW
    EXECUTE FUNCTION bookkeeping_queue_of_document();
CREATE TRIGGER queue_entered AFTER INSERT ON bookkeeping_journalentry FOR EACH ROW
    WHEN (NEW.source IN ('document', 'payment')) EXECUTE FUNCTION bookkeeping_queue_of_document();
CREATE TRIGGER queue_taken_back AFTER UPDATE ON bookkeeping_journalentry FOR EACH ROW
    WHEN (OLD.is_reversed <> NEW.is_reversed AND NEW.source IN ('document', 'payment'))
    EXECUTE FUNCTION bookkeeping_queue_of_document();
"""
FILL = """
INSERT INTO bookkeeping_entrytomake
    (id, created_at, organisation_id, what, document_id, settlement_id, entry_id, dated_on)
SELECT gen_random_uuid(), now(), d.organisation_id, m.what, d.id, m.settlement_id, m.entry_id, m.dated_on
FROM documents_document d, LATERAL bookkeeping_entries_missing(d.id) m
WHERE d.reviewed_at IS NOT NULL OR d.state = 'void';
"""
REVERSE = """
DROP TRIGGER queue_taken_back ON bookkeeping_journalentry;
DROP TRIGGER queue_entered ON bookkeeping_journalentry;
DROP TRIGGER queue_settled ON documents_settlement;
DROP TRIGGER queue_reviewed ON documents_document;
DROP TRIGGER queue_added_reviewed ON documents_document;
DROP FUNCTION bookkeeping_queue_of_document(), bookkeeping_queue_document(), bookkeeping_queue_entries(uuid),
    bookkeeping_entries_missing(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookkeeping", "0006_mails_once"),
        ("documents", "0012_search_by_words"),
        ("partners", "0004_listing_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryToMake",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=advisory_portal.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "what",
                    models.CharField(
                        choices=[("document", "Document"), ("payment", "Payment"), ("take_back", "Take Back")],
                        max_length=10,
                    ),
                ),
                ("dated_on", models.DateField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="documents.document"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="bookkeeping.journalentry",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.organisation"
                    ),
                ),
                (
                    "settlement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="documents.settlement",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "what", "dated_on", "id"], name="entry_to_make"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "what", "settlement", "entry"),
                        name="entry_to_make_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.RunSQL(MISSING + QUEUE + FILL + TRIGGERS, REVERSE),
    ]
