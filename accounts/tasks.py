"""What is sent by the worker, so that a page answers as fast whether or not there is somebody to write to."""

from celery import shared_task


@shared_task(name='accounts.tasks.mail_password_link')
def mail_password_link(email: str, host: str, https: bool) -> None:
    """A link for a new password to every account with this address."""
    from accounts.forms import ForgottenForm

    form = ForgottenForm({'email': email})
    if form.is_valid():
        form.save(domain_override=host, use_https=https)
