"""All settings, read from the environment. Mistakes are reported by nanoweb/checks.py as Django system checks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from nanoweb.env import email, env, env_bool, env_int, env_list, env_secret, postgresql
from nanoweb.logs import LOGGING  # noqa: F401 (a setting)

BASE_DIR = Path(__file__).resolve().parent.parent


# ---------------------------------------------------------------- where things are

NANOWEB_DATA = Path(env('NANOWEB_DATA', str(BASE_DIR / 'var'))).resolve()
NANOWEB_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)  # sessions and photos are nobody else's on this machine
NANOWEB_HOST = env('NANOWEB_HOST', '127.0.0.1')
NANOWEB_PORT = env_int('NANOWEB_PORT', 8000)
BACKBONES_DIR = NANOWEB_DATA / 'backbones'
MODELS_DIR = NANOWEB_DATA / 'models'
MEDIA_ROOT = NANOWEB_DATA / 'media'
QUEUE_DIR = NANOWEB_DATA / 'queue'

# ---------------------------------------------------------------- limits and lifetimes

NANOWEB_MAX_FILE_BYTES = env_int('NANOWEB_MAX_FILE_BYTES', 25 * 1000 * 1000)
NANOWEB_MAX_ARCHIVE_BYTES = env_int('NANOWEB_MAX_ARCHIVE_BYTES', 2 * 10**9)
NANOWEB_MAX_ARCHIVE_FILES = env_int('NANOWEB_MAX_ARCHIVE_FILES', 20_000)
NANOWEB_MAX_UNPACKED_BYTES = env_int('NANOWEB_MAX_UNPACKED_BYTES', 20 * 10**9)  # of an archive
NANOWEB_MAX_PIXELS = env_int('NANOWEB_MAX_PIXELS', 100_000_000)
NANOWEB_MAX_FILES = env_int('NANOWEB_MAX_FILES', 100)
NANOWEB_MAX_TEXT = env_int('NANOWEB_MAX_TEXT', 10_000)  # characters; what is longer is cut
NANOWEB_MAX_TEXTS = env_int('NANOWEB_MAX_TEXTS', 1000)  # of a request
NANOWEB_MAX_CATEGORY_NAME = env_int('NANOWEB_MAX_CATEGORY_NAME', 100)
NANOWEB_MAX_PROJECT_NAME = env_int('NANOWEB_MAX_PROJECT_NAME', 200)
NANOWEB_MAX_PREDICTIONS_PER_MINUTE = env_int('NANOWEB_MAX_PREDICTIONS_PER_MINUTE', 3000)
NANOWEB_MAX_KEPT_PREDICTIONS = env_int('NANOWEB_MAX_KEPT_PREDICTIONS', 10_000)  # of a project; then the oldest go
NANOWEB_FETCH_ALLOW = env_list('NANOWEB_FETCH_ALLOW')  # host:port on this machine that pictures may come from: tests'
# Where licensed photos of the web are searched. With Openverse's credentials it answers five times as often.
NANOWEB_OPENVERSE_URL = env('NANOWEB_OPENVERSE_URL', 'https://api.openverse.org/v1/')
NANOWEB_OPENVERSE_CLIENT_ID = env('NANOWEB_OPENVERSE_CLIENT_ID')
NANOWEB_OPENVERSE_CLIENT_SECRET = env('NANOWEB_OPENVERSE_CLIENT_SECRET')
NANOWEB_COMMONS_URL = env('NANOWEB_COMMONS_URL', 'https://commons.wikimedia.org/w/api.php')
NANOWEB_CONTACT = env('NANOWEB_CONTACT')  # an e-mail or web address, told to every server that is asked for a photo
NANOWEB_MAX_SHARED_PER_MINUTE = env_int('NANOWEB_MAX_SHARED_PER_MINUTE', 60)  # of a share link, an address
# What a person may use where the operator has not said otherwise (accounts.limits); 0: without limit.
NANOWEB_MAX_PROJECTS = env_int('NANOWEB_MAX_PROJECTS', 100)
NANOWEB_MAX_SAMPLES = env_int('NANOWEB_MAX_SAMPLES', 200_000)
NANOWEB_MAX_BYTES = env_int('NANOWEB_MAX_BYTES', 20 * 10**9)
NANOWEB_MAX_RUNS_PER_HOUR = env_int('NANOWEB_MAX_RUNS_PER_HOUR', 60)
NANOWEB_LEASE_SECONDS = env_int('NANOWEB_LEASE_SECONDS', 30)
NANOWEB_KEEP_DELETED_DAYS = env_int('NANOWEB_KEEP_DELETED_DAYS', 7)
NANOWEB_KEEP_AUDIT_DAYS = env_int('NANOWEB_KEEP_AUDIT_DAYS', 365)
NANOWEB_ENGINE = env('NANOWEB_ENGINE', 'onnx')  # 'onnx' or 'cuda', per process

# ---------------------------------------------------------------- security

SECRET_KEY = env_secret('NANOWEB_SECRET_KEY', NANOWEB_DATA / 'secret_key')
DEBUG = env_bool('NANOWEB_DEBUG')
ALLOWED_HOSTS = env_list('NANOWEB_ALLOWED_HOSTS', 'localhost,127.0.0.1,[::1]')
if NANOWEB_HOST not in ('0.0.0.0', '::'):  # noqa: S104 (a comparison, nothing is bound here)
    ALLOWED_HOSTS.append(f'[{NANOWEB_HOST}]' if ':' in NANOWEB_HOST else NANOWEB_HOST)
CSRF_TRUSTED_ORIGINS = env_list('NANOWEB_TRUSTED_ORIGINS')
NANOWEB_HTTPS = env_bool('NANOWEB_HTTPS')  # behind a proxy that ends TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = NANOWEB_HTTPS
if NANOWEB_HTTPS:
    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = 'Lax'
X_FRAME_OPTIONS = 'DENY'
SECURE_REFERRER_POLICY = 'same-origin'
CONTENT_SECURITY_POLICY = {
    'DIRECTIVES': {
        'default-src': [NONE],
        'script-src': [SELF, NONCE],
        'style-src': [SELF, NONCE],
        'img-src': [SELF, 'blob:', 'data:'],  # data: for the arrows that Pico draws in its form fields
        'media-src': [SELF, 'blob:'],
        'font-src': [SELF],
        'connect-src': [SELF],
        'form-action': [SELF],
        'base-uri': [NONE],
        'frame-ancestors': [NONE],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {'NAME': f'django.contrib.auth.password_validation.{name}'}
    for name in ('UserAttributeSimilarityValidator', 'MinimumLengthValidator', 'CommonPasswordValidator')
]
LOGIN_URL = 'login'
LOGIN_REDIRECT_URL = 'dashboard'
LOGOUT_REDIRECT_URL = 'login'
NANOWEB_SIGNUP = env('NANOWEB_SIGNUP', 'closed')  # 'invited': with an operator's link; 'open': whoever comes
NANOWEB_SIGNIN_FAILURES = env_int('NANOWEB_SIGNIN_FAILURES', 10)

# Against guessing passwords: so many wrong ones for a name from an address lock that name at that address for a while,
# so that nobody can lock out others. In the database: every process counts there, a full cache forgets nothing, and a
# new password can unlock a name wherever it was tried.
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
AXES_FAILURE_LIMIT = NANOWEB_SIGNIN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [['username', 'ip_address']]
AXES_CLIENT_IP_CALLABLE = 'accounts.audit.network_of'
AXES_LOCKOUT_CALLABLE = 'accounts.signin.locked_out'
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # accounts.models.AuditEntry has it
AXES_SENSITIVE_PARAMETERS = ['username', 'ip_address', 'csrfmiddlewaretoken', 'next']  # `next` may hold an invitation

# ---------------------------------------------------------------- the application

INSTALLED_APPS = [
    'nanoweb',
    'accounts',
    'projects',
    'training',
    'predictions',
    'collecting',
    'lesson',
    'django.contrib.admin',
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django.contrib.sessions',
    'django.contrib.messages',
    'nanoweb.apps.CollectedConfig',  # django.contrib.staticfiles
    'axes',  # after accounts, whose listeners look at a failed sign-in before it is counted
    'rest_framework',
    'csp',
    'drf_spectacular',
    'drf_spectacular_sidecar',
]
MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'nanoweb.staticfiles.StaticFilesMiddleware',
    'csp.middleware.CSPMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
    'nanoweb.pages.PagesMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
    'axes.middleware.AxesMiddleware',
]
ROOT_URLCONF = 'nanoweb.urls'
ASGI_APPLICATION = 'nanoweb.asgi.application'
TEMPLATES = [
    {
        'BACKEND': 'django.template.backends.django.DjangoTemplates',
        'DIRS': [BASE_DIR / 'templates'],
        'APP_DIRS': True,
        'OPTIONS': {
            'context_processors': [
                'django.template.context_processors.request',
                'django.contrib.auth.context_processors.auth',
                'django.contrib.messages.context_processors.messages',
                'csp.context_processors.nonce',
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
LANGUAGE_CODE = 'en-us'
TIME_ZONE = 'UTC'
USE_TZ = True

# ---------------------------------------------------------------- database


DATABASE_URL = env('DATABASE_URL')
SQLITE: dict[str, Any] = {
    'ENGINE': 'django.db.backends.sqlite3',
    'NAME': NANOWEB_DATA / 'db.sqlite3',
    'OPTIONS': {
        'timeout': 10,
        'transaction_mode': 'IMMEDIATE',
        'init_command': 'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;',
    },
}
DATABASES = {'default': postgresql(DATABASE_URL) if DATABASE_URL else SQLITE}

# ---------------------------------------------------------------- cache, sockets, queue

REDIS_CACHE_URL = env('CACHE_URL')
CACHES = {
    'default': (
        {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': REDIS_CACHE_URL}
        if REDIS_CACHE_URL
        else {
            'BACKEND': 'django.core.cache.backends.db.DatabaseCache',
            'LOCATION': 'nanoweb_cache',
            'OPTIONS': {'MAX_ENTRIES': 100_000},  # one for each key that is throttled; the default is 300
        }
    )
}
CHANNEL_URL = env('CHANNEL_URL')
CHANNEL_LAYERS = (
    {
        'default': {
            'BACKEND': 'channels_redis.pubsub.RedisPubSubChannelLayer',
            # redis 8 closes a quiet subscription after 5 s unless told not to.
            'CONFIG': {'hosts': [{'address': CHANNEL_URL, 'socket_timeout': None}]},
        }
    }
    if CHANNEL_URL
    else {}
)

CELERY_BROKER_URL = env('BROKER_URL', 'filesystem://localhost')
if CELERY_BROKER_URL.startswith('filesystem:'):
    for name in ('messages', 'processed', 'control'):
        (QUEUE_DIR / name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        'data_folder_in': str(QUEUE_DIR / 'messages'),
        'data_folder_out': str(QUEUE_DIR / 'messages'),
        'processed_folder': str(QUEUE_DIR / 'processed'),
        'control_folder': str(QUEUE_DIR / 'control'),
        'store_processed': True,
        'polling_interval': 0.1,  # the default costs half a second before a job starts
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {'visibility_timeout': 3600}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = 'default'
CELERY_TASK_ROUTES = {
    'training.tasks.run': {'queue': 'training'},
    'training.tasks.compute_features': {'queue': 'features'},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# ---------------------------------------------------------------- files

STATIC_URL = 'static/'
STATIC_ROOT = NANOWEB_DATA / 'static'
STATICFILES_DIRS = [BASE_DIR / 'static']
STORAGES = {
    'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage', 'OPTIONS': {'allow_overwrite': True}},
    'staticfiles': {'BACKEND': 'nanoweb.staticfiles.HashedModulesStorage'},
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # of everything that is not a file
DATA_UPLOAD_MAX_NUMBER_FILES = None  # counted by the API itself, which answers with its own error

# ---------------------------------------------------------------- e-mail

NANOWEB_EMAIL_URL = env('NANOWEB_EMAIL_URL')  # empty: no mail is sent
DEFAULT_FROM_EMAIL = env('NANOWEB_EMAIL_FROM')
globals().update(email(NANOWEB_EMAIL_URL))

# ---------------------------------------------------------------- REST

REST_FRAMEWORK = {
    'URL_FORMAT_OVERRIDE': None,  # `?format=` is the model's, where one is downloaded
    'DEFAULT_AUTHENTICATION_CLASSES': [
        'predictions.keys.KeyAuthentication',
        'rest_framework.authentication.SessionAuthentication',
    ],
    'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated', 'predictions.keys.ScopeAllows'],
    'DEFAULT_PARSER_CLASSES': [
        'projects.parsers.ShallowJSONParser',
        'rest_framework.parsers.FormParser',
        'projects.parsers.WholeMultiPartParser',
    ],
    'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer'],
    'DEFAULT_PAGINATION_CLASS': 'projects.rest.Pages',
    'EXCEPTION_HANDLER': 'projects.rest.exception_handler',
    'TEST_REQUEST_DEFAULT_FORMAT': 'json',
    'DEFAULT_SCHEMA_CLASS': 'projects.openapi.Schema',
}
SPECTACULAR_SETTINGS = {
    'TITLE': 'NanoWeb',
    'VERSION': '1',
    'SCHEMA_PATH_PREFIX': '/api',
    'COMPONENT_SPLIT_REQUEST': True,
    'COMPONENT_SPLIT_PATCH': False,  # what is changed has to be said
    'DISABLE_DOCSTRING_DESCRIPTIONS': True,  # docstrings speak to who reads the code
    'ENUM_GENERATE_CHOICE_DESCRIPTION': False,
    'POSTPROCESSING_HOOKS': ['projects.openapi.with_errors'],
}
