from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class NanowebConfig(AppConfig):
    name = 'nanoweb'

    def ready(self) -> None:
        from nanoweb import checks  # noqa: F401 (registers the system checks)


class CollectedConfig(StaticFilesConfig):
    """Of the sidecar only what the API's page uses: the rest doubles how long collecting takes."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        'drf_spectacular_sidecar/redoc/*',
        'drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-standalone-preset*',
        'drf_spectacular_sidecar/swagger-ui-dist/oauth2-redirect*',
    ]
