"""What was allocated and logged stays as it was written."""

from django.db import migrations

KEPT = """
CREATE TRIGGER allocation_is_append_only BEFORE UPDATE OR DELETE ON client_portal_paymentallocation
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER payment_log_is_append_only BEFORE UPDATE OR DELETE ON client_portal_paymentlog
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
REVERSE = """
DROP TRIGGER payment_log_is_append_only ON client_portal_paymentlog;
DROP TRIGGER allocation_is_append_only ON client_portal_paymentallocation;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_portal", "0007_online_payments"),
        ("core", "0002_history_is_append_only"),
    ]

    operations = [
        migrations.RunSQL(KEPT, REVERSE),
    ]
