"""Reading the bodies of requests. A module of its own: DRF loads it with its views, which `projects.rest` imports."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ShallowJSONParser(JSONParser):
    """DRF's parser takes for our own failure what Python says of a few thousand brackets in a row."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise ParseError('This JSON is nested too deeply.') from None
