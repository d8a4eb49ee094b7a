from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image


@pytest.mark.usefixtures("plain_static")
def test_the_icon_has_its_usual_address(client: Client) -> None:
    answer: Any = client.get("/favicon.ico")
    assert answer.status_code == 301
    found = finders.find(answer["Location"].removeprefix("/static/"))
    assert found
    assert Image.open(BytesIO(Path(found).read_bytes())).format == "ICO"
