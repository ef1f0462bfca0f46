"""The settings of a project, as its page sends them."""

from typing import Any

from django import forms
from django.conf import settings
from rest_framework.serializers import ValidationError as Unfit

from projects.models import Project
from projects.serializers import NameField

MOST_DAYS = 365
NAME = NameField(max_length=settings.NANOWEB_MAX_PROJECT_NAME)


class SettingsForm(forms.ModelForm):
    """Of an editor it takes the name alone."""

    keep_predictions_days = forms.IntegerField(min_value=0, max_value=MOST_DAYS)

    class Meta:
        model = Project
        fields = ['name', 'publishes_itself', 'prefers_speed', 'keep_predictions_days']

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_mine:
            self.fields = {'name': self.fields['name']}

    def clean_name(self) -> str:
        """As the API takes it."""
        try:
            name: str = NAME.run_validation(self.cleaned_data['name'])
        except Unfit as error:
            raise forms.ValidationError([str(reason) for reason in error.detail]) from error
        return name

    def store(self) -> None:
        """Other columns are not written: it may be deleted, or handed over, meanwhile."""
        self.instance.save(update_fields=list(self.fields))
