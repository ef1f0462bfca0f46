"""The user's mistakes. Each carries its own text, code and status; everything else is ours and is logged."""

from typing import Any

from rest_framework.exceptions import APIException


class UserError(APIException):
    """Answers with `{"error": {"code", "message", "fields"?}}`; `beside` stands next to "error" in the body."""

    def __init__(
        self,
        message: str,
        code: str = 'invalid',
        status: int = 400,
        fields: dict[str, list[str]] | None = None,
        beside: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code)
        self.message, self.code, self.status_code = message, code, status
        self.fields, self.beside = fields, beside or {}

    def __str__(self) -> str:
        return self.message


class Refused(UserError):
    """Why one more photo cannot be kept, though it is a good one: of a batch, the others may still be."""


class LimitReached(Refused):
    def __init__(self, message: str) -> None:
        super().__init__(message, 'limit_reached', 409)
