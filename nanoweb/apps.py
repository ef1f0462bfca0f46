from django.apps import AppConfig


class NanowebConfig(AppConfig):
    name = 'nanoweb'

    def ready(self) -> None:
        from nanoweb import checks  # noqa: F401 (registers the system checks)
