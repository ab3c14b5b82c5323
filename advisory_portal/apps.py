from django.apps import AppConfig


class AdvisoryPortalConfig(AppConfig):
    name = "advisory_portal"

    def ready(self) -> None:
        import advisory_portal.celery  # noqa: F401 - makes the app Celery's current one, which core.jobs nudges
