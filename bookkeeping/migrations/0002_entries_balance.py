"""Promises that the database keeps: entries balance and stay, months of accounts add up, lines of banks stay."""

from django.db import migrations

ENTRY = (
    "organisation_id year number dated_on text source document_id settlement_id reconciliation_id reverses_id".split()
)
LINE = (
    "organisation_id account_id statement_id position key booked_on value_on amount balance_after text "
    "counterparty_name counterparty_account reference code"
).split()


def rows(columns: list[str]) -> tuple[str, str]:
    """The columns of the row before and of the row after a change, as SQL."""
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
    return old, new


BALANCE = """
CREATE FUNCTION bookkeeping_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
    wanted uuid := CASE WHEN TG_TABLE_NAME = 'bookkeeping_journalentry' THEN NEW.id ELSE NEW.entry_id END;
BEGIN
    SELECT count(*) AS lines, sum(debit) AS debit, sum(credit) AS credit INTO found
        FROM bookkeeping_journalline WHERE entry_id = wanted;
    IF found.lines < 2 OR found.debit <> found.credit THEN
        RAISE EXCEPTION 'entry % does not balance: % debit, % credit', wanted, found.debit, found.credit
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON bookkeeping_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bookkeeping_entry_balances();
CREATE CONSTRAINT TRIGGER entry_still_balances AFTER INSERT ON bookkeeping_journalline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bookkeeping_entry_balances();
CREATE TRIGGER journal_line_is_kept BEFORE UPDATE OR DELETE ON bookkeeping_journalline
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
KEPT = f"""
CREATE FUNCTION bookkeeping_refuse_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR ROW({rows(ENTRY)[0]}) IS DISTINCT FROM ROW({rows(ENTRY)[1]}) THEN
        RAISE EXCEPTION 'entry % does not change', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_is_kept BEFORE UPDATE OR DELETE ON bookkeeping_journalentry
    FOR EACH ROW EXECUTE FUNCTION bookkeeping_refuse_entry();
CREATE FUNCTION bookkeeping_refuse_bank_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW({rows(LINE)[0]}) IS DISTINCT FROM ROW({rows(LINE)[1]}) THEN
        RAISE EXCEPTION 'bank line % does not change', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_line_is_kept BEFORE UPDATE ON bookkeeping_bankline
    FOR EACH ROW EXECUTE FUNCTION bookkeeping_refuse_bank_line();
"""
# In the order of accounts, so that two who write at once wait for each other and never for ever.
MONTHS = """
CREATE FUNCTION bookkeeping_add_to_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bookkeeping_accountmonth AS known (id, created_at, organisation_id, account_id, month, debit, credit)
        SELECT gen_random_uuid(), now(), organisation_id, account_id, date_trunc('month', dated_on)::date,
            sum(debit), sum(credit)
        FROM added GROUP BY organisation_id, account_id, date_trunc('month', dated_on)
        ORDER BY account_id, date_trunc('month', dated_on)
    ON CONFLICT (account_id, month) DO UPDATE
        SET debit = known.debit + EXCLUDED.debit, credit = known.credit + EXCLUDED.credit;
    RETURN NULL;
END $$;
CREATE TRIGGER journal_line_adds_to_months AFTER INSERT ON bookkeeping_journalline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION bookkeeping_add_to_months();
"""
REVERSE = """
DROP TRIGGER journal_line_adds_to_months ON bookkeeping_journalline;
DROP FUNCTION bookkeeping_add_to_months();
DROP TRIGGER bank_line_is_kept ON bookkeeping_bankline;
DROP FUNCTION bookkeeping_refuse_bank_line();
DROP TRIGGER entry_is_kept ON bookkeeping_journalentry;
DROP FUNCTION bookkeeping_refuse_entry();
DROP TRIGGER journal_line_is_kept ON bookkeeping_journalline;
DROP TRIGGER entry_still_balances ON bookkeeping_journalline;
DROP TRIGGER entry_balances ON bookkeeping_journalentry;
DROP FUNCTION bookkeeping_entry_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("bookkeeping", "0001_the_books")]

    operations = [migrations.RunSQL(BALANCE + KEPT + MONTHS, REVERSE)]
