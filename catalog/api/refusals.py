"""What a form or a service refuses, in the words of the API."""

from __future__ import annotations

from django.forms import BaseForm
from ninja.errors import ValidationError


def invalid_form(*forms: BaseForm) -> ValidationError:
    """What is wrong with each field, as ninja itself would say it."""
    return ValidationError(
        [
            {
                "type": error["code"] or "invalid",
                "loc": ["body"] if name == "__all__" else ["body", name],
                "msg": str(error["message"]),
            }
            for form in forms
            for name, errors in form.errors.get_json_data().items()
            for error in errors
        ]
    )
