"""Wiring: settings, addresses, the two servers. No product logic lives here."""

from nanoweb.celery import app as celery_app

__all__ = ['celery_app']
