"""What `workbench serve` prints, and that it is true."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.serving.server.project import Shop
from workbench.cli.main import main
from workbench.serving.tokens import create_token

SETTINGS = """[serving]
workers = 1
port = 0
token = "required"
tls_certificate = "service.pem"
tls_key = "service.key"
"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="the printed line is for curl")
def test_the_printed_line_asks_a_service_with_tls_and_tokens(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", extra="")
    (shop.root / "workbench.toml").write_text((shop.root / "workbench.toml").read_text() + SETTINGS)
    _certificate(shop.root)
    ledger = shop.ledger()
    _, secret = create_token(ledger, "webshop", ["predict"])
    ledger.close()
    command = [
        sys.executable,
        "-c",
        "import sys; from workbench.cli.main import main; sys.exit(main())",
        "serve",
    ]
    with (
        (tmp_path / "errors").open("wb") as errors,
        subprocess.Popen(command, cwd=shop.root, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line.rstrip())
                if line.endswith("for Prometheus\n"):
                    break
            assert lines[0].startswith("https://127.0.0.1:"), lines
            assert lines[1] == "  delay  version 1 is champion (100 %)"
            curl = next(line for line in lines if line.startswith("  curl "))
            without = _run(curl.replace(" -H 'Authorization: Bearer TOKEN'", ""), shop.root)
            assert '"token_missing"' in without
            assert '{"predictions": [' in _run(curl.replace("TOKEN", secret), shop.root)
        finally:
            process.terminate()
    assert process.returncode == 0


def _run(curl: str, folder: Path) -> str:
    line = curl.strip().replace("curl ", "curl -s --cacert service.pem ", 1)
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=True).stdout


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "service.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "service.key").write_bytes(private)


def test_a_taken_port_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import socket

    shop = Shop(tmp_path / "shop", versions=1)
    monkeypatch.chdir(shop.root)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"127.0.0.1:{port} cannot be listened on: something else listens there." in said
    assert "--port 8081" in said


def test_a_model_that_is_not_declared_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop(tmp_path / "shop", versions=1)
    monkeypatch.chdir(shop.root)
    assert main(["serve", "dely", "--port", "0"]) == 2
    assert "Did you mean 'delay'?" in capsys.readouterr().err
