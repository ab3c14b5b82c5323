"""The new columns of issued documents are frozen too; fiscal records and notes are kept as they were written."""

import importlib

from django.db import migrations

FROZEN = (
    *importlib.import_module("documents.migrations.0002_issued_documents_do_not_change").FROZEN,
    *"withheld corrects_id replaces_id recurrence_id recurs_on content_hash".split(),
)
OLD, NEW = (", ".join(f'{row}."{column}"' for column in FROZEN) for row in ("OLD", "NEW"))

DOCUMENT = f"""
CREATE OR REPLACE FUNCTION documents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF OLD.pdf_id IS NOT NULL AND OLD.state <> 'draft' AND NEW.pdf_id IS DISTINCT FROM OLD.pdf_id THEN
        RAISE EXCEPTION 'document % has its PDF', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
KEPT = "organisation_id document_id regime act position content hash previous_hash qr_url recorded_at".split()
WAS, IS = (", ".join(f'{row}."{column}"' for column in KEPT) for row in ("OLD", "NEW"))
FISCAL = f"""
CREATE FUNCTION documents_refuse_fiscal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'fiscal record % stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW({WAS}) IS DISTINCT FROM ROW({IS}) THEN
        RAISE EXCEPTION 'fiscal record % does not change', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fiscal_record_is_kept BEFORE UPDATE OR DELETE ON documents_fiscalrecord
    FOR EACH ROW EXECUTE FUNCTION documents_refuse_fiscal_change();
CREATE TRIGGER internal_note_is_kept BEFORE UPDATE ON documents_internalnote
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
REVERSE = """
DROP TRIGGER internal_note_is_kept ON documents_internalnote;
DROP TRIGGER fiscal_record_is_kept ON documents_fiscalrecord;
DROP FUNCTION documents_refuse_fiscal_change();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_series_count_by_year")]

    operations = [migrations.RunSQL(DOCUMENT + FISCAL, REVERSE)]
