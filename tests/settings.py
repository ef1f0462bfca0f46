"""The product's settings on a data folder of the test run's own."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix='nanoweb-tests-')
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ['NANOWEB_DATA'] = _folder
os.environ.setdefault('NANOWEB_LOG_LEVEL', 'WARNING')

from nanoweb.settings import *  # noqa: E402, F403

# Templates are rendered without collectstatic; passwords need not be slow.
STORAGES['staticfiles'] = {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}  # noqa: F405
PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']
CELERY_BROKER_URL = 'memory://'
# A file, as in production: threads and connections see the same database.
if not env('DATABASE_URL'):  # noqa: F405
    DATABASES['default']['TEST'] = {'NAME': NANOWEB_DATA / 'test.sqlite3'}  # noqa: F405
