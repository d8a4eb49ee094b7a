"""A server that speaks S3: moto's."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import boto3
import requests

from tests.faults.conftest import wait_until
from tests.faults.local_run import free_port

BUCKET = "kept"
BACKEND = "storages.backends.s3.S3Storage"
KEYS = {"access_key": "somebody", "secret_key": "something"}


class ObjectStore:
    """A server that speaks S3, at 127.0.0.1."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers)
        self.client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=KEYS["access_key"],
            aws_secret_access_key=KEYS["secret_key"],
        )
        self.client.create_bucket(Bucket=BUCKET)

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/", timeout=30).ok
        except requests.ConnectionError:
            return False

    def options(self, host: str, port: int) -> dict[str, Any]:
        return {
            **KEYS,
            "bucket_name": BUCKET,
            "endpoint_url": f"http://{host}:{port}",
            "region_name": "us-east-1",
            "addressing_style": "path",
        }

    def names(self) -> set[str]:
        return {
            one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        }

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
