from django.apps import AppConfig


class AdvisoryPortalConfig(AppConfig):
    name = "advisory_portal"

    def ready(self) -> None:
        from advisory_portal.celery import app  # makes it Celery's current one, which core.jobs nudges

        assert app
