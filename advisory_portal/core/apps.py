from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "advisory_portal.core"
    label = "core"

    def ready(self) -> None:
        from advisory_portal.core import checks  # registers the system checks

        assert checks
