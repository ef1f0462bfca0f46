"""The Celery application that the worker runs and that tasks are sent through."""

import os

from celery import Celery

from nanoweb import transport

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'nanoweb.settings')

transport.install()
app = Celery('nanoweb')
app.config_from_object('django.conf:settings', namespace='CELERY')
app.autodiscover_tasks()
