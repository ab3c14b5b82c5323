from django.db import migrations

FROZEN = (
    "organisation_id kind number version series_id contact_name contact_key language issued_on due_on delivered_on "
    "tax_point_on period_start period_end currency parties references payment notes supporting lines_net allowances "
    "charges tax_exclusive tax_total tax_inclusive prepaid rounding payable tax_currency tax_total_in_tax_currency "
    "seller_key original_id is_imported"
).split()
OLD, NEW = (", ".join(f'{row}."{column}"' for column in FROZEN) for row in ("OLD", "NEW"))

DOCUMENT = f"""
CREATE FUNCTION documents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'document % is issued and stays', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND (NEW.state = 'draft' OR ROW({OLD}) IS DISTINCT FROM ROW({NEW})) THEN
        RAISE EXCEPTION 'document % is issued and does not change', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_is_frozen BEFORE UPDATE OR DELETE ON documents_document
    FOR EACH ROW EXECUTE FUNCTION documents_refuse_change();
"""
# A statement at a time: an invoice of 5,000 lines is one check, not 5,000. The lock waits for whoever issues the
# document at this moment; its state is read after that.
PARTS = """
CREATE FUNCTION documents_refuse_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        WITH locked AS MATERIALIZED (
            SELECT d.state FROM documents_document d WHERE d.id IN (SELECT document_id FROM changed) FOR SHARE
        ) SELECT 1 FROM locked WHERE state <> 'draft'
    ) THEN
        RAISE EXCEPTION '% belongs to an issued document', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
TABLES = ("documentline", "allowancecharge", "taxline")
TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_is_frozen_{name} AFTER {event} ON documents_{table} "
    f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION documents_refuse_part();\n"
    for table in TABLES
    for name, event, rows in (
        ("insert", "INSERT", "NEW"),
        ("update", "UPDATE", "OLD"),
        ("move", "UPDATE", "NEW"),
        ("delete", "DELETE", "OLD"),
    )
)
SETTLEMENT = """
CREATE TRIGGER settlement_is_append_only BEFORE UPDATE OR DELETE ON documents_settlement
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
REVERSE = (
    "DROP TRIGGER settlement_is_append_only ON documents_settlement;"
    + "".join(
        f"DROP TRIGGER {table}_is_frozen_{name} ON documents_{table};"
        for table in TABLES
        for name in ("insert", "update", "move", "delete")
    )
    + "DROP FUNCTION documents_refuse_part();"
    + "DROP TRIGGER document_is_frozen ON documents_document; DROP FUNCTION documents_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_documents")]

    operations = [migrations.RunSQL(DOCUMENT + PARTS + TRIGGERS + SETTLEMENT, REVERSE)]
