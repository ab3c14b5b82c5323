from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Organisations and people")


class OperatorAdminConfig(admin_apps.AdminConfig):
    """Django's admin, which lets operators in with a second factor only (partners.admin)."""

    default = False
    default_site = "partners.admin.default_site"
