from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "advisory_portal.core"
    label = "core"

    def ready(self) -> None:
        import advisory_portal.core.checks  # noqa: F401 - registers the system checks
