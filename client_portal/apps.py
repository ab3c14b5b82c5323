from django.apps import AppConfig


class ClientPortalConfig(AppConfig):
    name = "client_portal"
    verbose_name = "Client portal"
