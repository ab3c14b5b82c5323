"""The operator's door: who there is, the partner programme, the review of profiles. States change by our actions."""

from partners.admin import people, profiles, programme  # noqa: F401 - they register what they show
from partners.admin.site import POLICY, OperatorSite, default_site, operator_site

__all__ = ["POLICY", "OperatorSite", "default_site", "operator_site"]
