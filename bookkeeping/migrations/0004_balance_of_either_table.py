"""The trigger that holds entries to their balance finds the entry of an entry's row and of a line's row."""

from django.db import migrations

BALANCE = """
CREATE OR REPLACE FUNCTION bookkeeping_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
    wanted uuid;
BEGIN
    IF TG_TABLE_NAME = 'bookkeeping_journalentry' THEN
        wanted := NEW.id;
    ELSE
        wanted := NEW.entry_id;
    END IF;
    SELECT count(*) AS lines, sum(debit) AS debit, sum(credit) AS credit INTO found
        FROM bookkeeping_journalline WHERE entry_id = wanted;
    IF found.lines < 2 OR found.debit <> found.credit THEN
        RAISE EXCEPTION 'entry % does not balance: % debit, % credit', wanted, found.debit, found.credit
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("bookkeeping", "0003_journal_search")]

    operations = [migrations.RunSQL(BALANCE, migrations.RunSQL.noop)]
