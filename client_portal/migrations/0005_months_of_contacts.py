"""What a business and a contact did by month, in parts that triggers add (models.months.ContactMonth)."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import advisory_portal.core.ids

COLUMNS = """id, created_at, organisation_id, contact_id, currency, month, invoiced, invoices, credited, quoted, quotes,
        settled, received, paid, paid_days, is_folded"""
# What a document adds to its month, taken `sign` times; nothing for a draft or a void one.
DOCUMENT = """
CREATE FUNCTION client_portal_documented(kind text, state text, payable numeric, sign integer)
RETURNS TABLE (invoiced numeric, invoices integer, credited numeric, quoted numeric, quotes integer)
LANGUAGE sql IMMUTABLE AS $$
    SELECT sign * CASE WHEN kind = 'invoice' THEN payable ELSE 0 END, sign * (kind = 'invoice')::integer,
        sign * CASE WHEN kind = 'credit_note' THEN payable ELSE 0 END,
        sign * CASE WHEN kind = 'quote' THEN payable ELSE 0 END, sign * (kind = 'quote')::integer
    WHERE kind IN ('invoice', 'credit_note', 'quote') AND state NOT IN ('draft', 'void')
$$;
"""
# What a settlement adds to the month of its day, and what it says of the days to pay. `first_on` is the day of the
# payment that it takes back, else its own.
SETTLEMENT = """
CREATE FUNCTION client_portal_settled(
    kind text, method text, amount numeric, issued_on date, received_on date, first_on date
) RETURNS TABLE (month date, settled numeric, received numeric, paid numeric, paid_days numeric)
LANGUAGE sql IMMUTABLE AS $$
    SELECT date_trunc('month', received_on)::date,
        CASE kind WHEN 'invoice' THEN amount WHEN 'credit_note' THEN -amount ELSE 0 END,
        CASE WHEN method = 'credit_note' THEN 0 WHEN kind = 'credit_note' THEN -amount ELSE amount END, 0, 0
    WHERE kind IN ('invoice', 'credit_note', 'sales_order')
    UNION ALL
    SELECT date_trunc('month', first_on)::date, 0, 0, amount, amount * (first_on - issued_on)
    WHERE kind = 'invoice' AND method <> 'credit_note'
$$;
CREATE FUNCTION client_portal_taken_back(key text, document uuid, booked_on date) RETURNS date
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT s.received_on FROM documents_settlement s WHERE s.document_id = document AND 'back:' || s.id = key
    ), booked_on)
$$;
"""
DOCUMENTED = f"""
    INSERT INTO client_portal_contactmonth ({COLUMNS})
    SELECT gen_random_uuid(), now(), d.organisation_id, d.contact_id, d.currency,
        date_trunc('month', d.issued_on)::date,
        sum(m.invoiced), sum(m.invoices), sum(m.credited), sum(m.quoted), sum(m.quotes), 0, 0, 0, 0, {{folded}}
    FROM {{documents}} d, client_portal_documented(d.kind, d.state, d.payable, 1) m
    GROUP BY d.organisation_id, d.contact_id, d.currency, date_trunc('month', d.issued_on);
"""
SETTLED = f"""
    INSERT INTO client_portal_contactmonth ({COLUMNS})
    SELECT gen_random_uuid(), now(), d.organisation_id, d.contact_id, d.currency, m.month, 0, 0, 0, 0, 0,
        sum(m.settled), sum(m.received), sum(m.paid), sum(m.paid_days), false
    FROM {{settlements}} s JOIN documents_document d ON d.id = s.document_id, client_portal_settled(d.kind, s.method,
        s.amount, d.issued_on, s.received_on, client_portal_taken_back(s.source_key, d.id, s.received_on)) m
    GROUP BY d.organisation_id, d.contact_id, d.currency, m.month;
"""
# A document that moves to another contact takes what was booked on it along.
CHANGED = f"""
    INSERT INTO client_portal_contactmonth ({COLUMNS})
    SELECT gen_random_uuid(), now(), NEW.organisation_id, m.contact, NEW.currency,
        date_trunc('month', NEW.issued_on)::date, sum(m.invoiced), sum(m.invoices), sum(m.credited), sum(m.quoted),
        sum(m.quotes), 0, 0, 0, 0, false
    FROM (
        SELECT NEW.contact_id AS contact, n.* FROM client_portal_documented(NEW.kind, NEW.state, NEW.payable, 1) n
        UNION ALL
        SELECT OLD.contact_id, o.* FROM client_portal_documented(OLD.kind, OLD.state, OLD.payable, -1) o
    ) m
    GROUP BY m.contact
    HAVING sum(m.invoices) <> 0 OR sum(m.quotes) <> 0 OR sum(m.credited) <> 0;
    IF NEW.contact_id IS DISTINCT FROM OLD.contact_id THEN
        INSERT INTO client_portal_contactmonth ({COLUMNS})
        SELECT gen_random_uuid(), now(), NEW.organisation_id, whose.contact, NEW.currency, m.month, 0, 0, 0, 0, 0,
            sum(whose.sign * m.settled), sum(whose.sign * m.received), sum(whose.sign * m.paid),
            sum(whose.sign * m.paid_days), false
        FROM documents_settlement s, client_portal_settled(NEW.kind, s.method, s.amount, NEW.issued_on, s.received_on,
                client_portal_taken_back(s.source_key, NEW.id, s.received_on)) m,
            (VALUES (NEW.contact_id, 1), (OLD.contact_id, -1)) AS whose (contact, sign)
        WHERE s.document_id = NEW.id
        GROUP BY whose.contact, m.month;
    END IF;
"""


def trigger(name: str, body: str) -> str:
    return f"""
CREATE FUNCTION client_portal_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{body}    RETURN NULL;
END $$;
"""


FUNCTIONS = (
    DOCUMENT
    + SETTLEMENT
    + trigger("month_added", DOCUMENTED.format(documents="added", folded="false"))
    + trigger("month_changed", CHANGED)
    + trigger("month_settled", SETTLED.format(settlements="added"))
)
COUNT_WHAT_IS_THERE = DOCUMENTED.format(documents="documents_document", folded="true")
COUNT_WHAT_IS_THERE += SETTLED.format(settlements="documents_settlement")
TRIGGERS = """
CREATE TRIGGER month_added AFTER INSERT ON documents_document
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION client_portal_month_added();
CREATE TRIGGER month_changed AFTER UPDATE ON documents_document FOR EACH ROW
    WHEN (NEW.kind IN ('invoice', 'credit_note', 'quote', 'sales_order')
        AND (OLD.state, OLD.contact_id) IS DISTINCT FROM (NEW.state, NEW.contact_id))
    EXECUTE FUNCTION client_portal_month_changed();
CREATE TRIGGER month_settled AFTER INSERT ON documents_settlement
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION client_portal_month_settled();
"""
REVERSE = """
DROP TRIGGER month_settled ON documents_settlement;
DROP TRIGGER month_changed ON documents_document;
DROP TRIGGER month_added ON documents_document;
DROP FUNCTION client_portal_month_settled(), client_portal_month_changed(), client_portal_month_added();
DROP FUNCTION client_portal_taken_back(text, uuid, date);
DROP FUNCTION client_portal_settled(text, text, numeric, date, date, date);
DROP FUNCTION client_portal_documented(text, text, numeric, integer);
"""


def amount() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(decimal_places=3, default=0, max_digits=20)


class Migration(migrations.Migration):
    dependencies = [
        ("client_portal", "0004_what_was_said_stays"),
        ("documents", "0013_payments_of_contacts"),
        ("partners", "0004_listing_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactMonth",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=advisory_portal.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("currency", models.CharField(max_length=3)),
                ("month", models.DateField()),
                ("invoiced", amount()),
                ("invoices", models.IntegerField(default=0)),
                ("credited", amount()),
                ("quoted", amount()),
                ("quotes", models.IntegerField(default=0)),
                ("settled", amount()),
                ("received", amount()),
                ("paid", amount()),
                ("paid_days", amount()),
                ("is_folded", models.BooleanField(default=False)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="documents.contact"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "contact", "month"], name="month_of_contact"),
                    models.Index(
                        condition=models.Q(("is_folded", False)), fields=["organisation"], name="month_unfolded"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_folded", True)),
                        fields=("organisation", "contact", "currency", "month"),
                        name="month_folded_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS + COUNT_WHAT_IS_THERE + TRIGGERS, REVERSE),
    ]
