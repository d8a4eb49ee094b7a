"""Whatever the site keeps about a member is exported and deleted: also what is added tomorrow."""

from django.apps import apps
from django.db.models import CASCADE, SET_NULL, Field, Model

from moviesite.accounts.models import User
from moviesite.accounts.privacy import KEPT_WITHOUT_NAME, LEFT_OUT, PARTS


def belongings() -> dict[type[Model], list[Field]]:  # type: ignore[type-arg]
    """Every model with a reference to a user, or to what belongs to one, and those references."""
    owned: dict[type[Model], list[Field]] = {User: []}  # type: ignore[type-arg]
    grown = True
    while grown:
        grown = False
        for model in apps.get_models(include_auto_created=True):
            references = [
                one
                for one in model._meta.concrete_fields
                if one.is_relation and one.related_model in owned
            ]
            if references and model not in owned:
                owned[model] = references
                grown = True
    return owned


def test_every_model_of_a_member_is_exported_or_left_out_with_a_reason() -> None:
    exported = {part.model._meta.label_lower for part in PARTS}
    owned = {model._meta.label_lower for model in belongings()}
    assert owned - exported - set(LEFT_OUT) == set(), (
        "add it to PARTS or to LEFT_OUT in moviesite/accounts/privacy.py"
    )
    assert exported & set(LEFT_OUT) == set()
    assert set(LEFT_OUT) - owned == set(), "no longer there"
    assert all(LEFT_OUT.values())


def test_every_reference_to_a_member_goes_with_the_member() -> None:
    staying = [
        f"{model._meta.label_lower}.{reference.name}"
        for model, references in belongings().items()
        for reference in references
        if reference.remote_field.on_delete
        is not (SET_NULL if model._meta.label_lower in KEPT_WITHOUT_NAME else CASCADE)
    ]
    assert staying == []


def test_names_are_unique_and_columns_are_not_secret() -> None:
    assert len({part.name for part in PARTS}) == len(PARTS)
    for part in PARTS:
        for column in part.columns.values():
            name = str(column)
            assert not any(word in name for word in ("password", "token_hash", "session_key")), name
