"""What imports of contacts have done so far."""

from advisory_portal.core.models import Job


def contact_import_counts(job: Job) -> dict[str, int]:
    """How many rows of an import were created, updated, left as they were (`skipped`) and refused, so far."""
    total = {"created": 0, "updated": 0, "skipped": 0, "refused": 0}
    for counts in job.items.filter(detail__has_key="counts").values_list("detail__counts", flat=True):
        for name, number in counts.items():
            total[name] += number
    return total
