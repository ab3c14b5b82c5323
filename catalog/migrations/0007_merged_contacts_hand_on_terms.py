"""A contact that is merged into another hands on how it buys and what lies in its cart."""

from django.db import migrations

# The contact that stays has the catalog on where one of both had, and its own prices before those of the other: a
# variant's prices move as a whole, and only within one currency. A cart moves where there is none or an empty one.
HAND_ON = """
CREATE FUNCTION catalog_hand_on_terms() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone catalog_contactterms;
    kept catalog_contactterms;
BEGIN
    SELECT * INTO gone FROM catalog_contactterms WHERE contact_id = NEW.id FOR UPDATE;
    IF FOUND THEN
        SELECT * INTO kept FROM catalog_contactterms WHERE contact_id = NEW.merged_into_id FOR UPDATE;
        IF NOT FOUND THEN
            UPDATE catalog_contactterms SET contact_id = NEW.merged_into_id WHERE id = gone.id;
        ELSE
            DELETE FROM catalog_contactterms WHERE id = gone.id;
            UPDATE catalog_contactterms SET
                is_on = kept.is_on OR gone.is_on,
                price_list_id = COALESCE(kept.price_list_id, gone.price_list_id),
                own_list_id = COALESCE(kept.own_list_id, gone.own_list_id)
            WHERE id = kept.id;
            UPDATE catalog_price p SET price_list_id = kept.own_list_id
            FROM catalog_pricelist mine, catalog_pricelist theirs
            WHERE p.price_list_id = theirs.id AND mine.id = kept.own_list_id AND theirs.id = gone.own_list_id
                AND mine.currency = theirs.currency
                AND NOT EXISTS (
                    SELECT 1 FROM catalog_price q
                    WHERE q.price_list_id = kept.own_list_id AND q.variant_id = p.variant_id
                );
        END IF;
    END IF;
    DELETE FROM catalog_cart c WHERE c.contact_id = NEW.merged_into_id
        AND NOT EXISTS (SELECT 1 FROM catalog_cartline l WHERE l.cart_id = c.id)
        AND EXISTS (SELECT 1 FROM catalog_cart o WHERE o.contact_id = NEW.id);
    UPDATE catalog_cart SET contact_id = NEW.merged_into_id WHERE contact_id = NEW.id
        AND NOT EXISTS (SELECT 1 FROM catalog_cart o WHERE o.contact_id = NEW.merged_into_id);
    RETURN NULL;
END $$;
CREATE TRIGGER terms_are_handed_on AFTER UPDATE ON documents_contact FOR EACH ROW
    WHEN (NEW.merged_into_id IS NOT NULL AND OLD.merged_into_id IS NULL)
    EXECUTE FUNCTION catalog_hand_on_terms();
"""
REVERSE = """
DROP TRIGGER terms_are_handed_on ON documents_contact;
DROP FUNCTION catalog_hand_on_terms();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0006_words_alike"),
        ("documents", "0017_what_is_invoiced_and_mailed"),
    ]

    operations = [migrations.RunSQL(HAND_ON, REVERSE)]
