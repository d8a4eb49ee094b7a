"""Upload handler with a size limit that holds before anything is kept."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from .formats.records import MOST_BYTES

# What a form and its boundaries take besides the file.
ROOM = 64 * 1024
# A somewhat larger file is read to its end and thrown away, so that the browser can be told.
DRAINED_BYTES = 200 * 1024 * 1024


class BoundedUploadHandler(FileUploadHandler):
    """Stops an upload of more than 100 MB, and marks the request with ``upload_too_big``."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self._too_long = content_length > MOST_BYTES + ROOM
        self._drains = content_length <= DRAINED_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._received = 0
        if self._too_long:
            self._stop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._received += len(raw_data)
        if self._received > MOST_BYTES:
            self._stop()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler keeps the file."""

    def _stop(self) -> None:
        if self.request is not None:
            self.request.upload_too_big = True  # type: ignore[attr-defined]
        raise StopUpload(connection_reset=not self._drains)


def upload_too_big(request: HttpRequest) -> bool:
    return getattr(request, "upload_too_big", False)
