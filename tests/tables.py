"""How tables are emptied after a test that commits: by a function in the database, in milliseconds.

Django truncates every table and then writes the rows of migrations anew, object by object: seconds for each of hundreds
of tests. Here those rows are kept beside their tables when a worker begins, and put back with the emptying.
Needs a PostgreSQL whose user may set `session_replication_role`, as the one that tests start themselves.
"""

import django.test
from django.db import connection

# What triggers would forbid (money and history are append-only) and foreign keys would look up is not asked for.
KEEP = """
DROP SCHEMA IF EXISTS seeds CASCADE;
CREATE SCHEMA seeds;
DO $do$
DECLARE
    one text;
    has_rows boolean;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('CREATE TABLE seeds.%I AS TABLE public.%I', one, one);
        END IF;
    END LOOP;
END
$do$;
CREATE FUNCTION seeds.begin_anew() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $do$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' LOOP
        EXECUTE format('DELETE FROM public.%I', one);
    END LOOP;
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'seeds' LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM seeds.%I', one, one);
    END LOOP;
END
$do$;
"""


def keep_seeds() -> None:
    """Keep the rows that migrations wrote, before any test."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP)


class CommittingTestCase(django.test.TransactionTestCase):
    """What pytest-django takes for tests that commit: they find what migrations wrote, and leave nothing else."""

    @classmethod
    def _fixture_setup(cls) -> None:
        pass

    def _fixture_teardown(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT seeds.begin_anew()")


# pytest-django asks Django for the class by this name when a test begins.
django.test.TransactionTestCase = CommittingTestCase  # type: ignore[misc]
