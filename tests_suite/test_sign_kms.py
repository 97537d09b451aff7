"""Signing with a key of AWS KMS, as moto serves it."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from moto.kms.utils import ECDSAPrivateKey

from tests_suite.authority import openssl
from tests_suite.bundles import called
from tests_suite.conftest import NOBODY


@pytest.fixture
def kms(simulation, monkeypatch):
    """The client of a simulated KMS that signs digests as AWS does (moto 5.2.5 takes them for messages)."""
    prehashed = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
    monkeypatch.setattr(ECDSAPrivateKey, "sign", lambda key, message, _: key.private_key.sign(message, prehashed))
    simulation.reset()
    for name, value in {**simulation.environment(), "AWS_ENDPOINT_URL": simulation.endpoint}.items():
        monkeypatch.setenv(name, value)
    import boto3  # noqa: PLC0415  # takes a third of a second

    client = boto3.client("kms")
    yield client
    client.close()


def test_a_key_of_kms_signs_by_id_arn_and_alias(kms, kept, tmp_path):
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    kms.create_alias(AliasName="alias/amply-evidence", TargetKeyId=key["KeyId"])
    (tmp_path / "key.der").write_bytes(kms.get_public_key(KeyId=key["KeyId"])["PublicKey"])
    openssl(tmp_path, "pkey -pubin -inform der -in key.der -out key.pub")
    bundle = kept.copy(tmp_path / "bundle")
    for name in (key["KeyId"], key["Arn"], "alias/amply-evidence"):
        code, output, errors = called("sign", bundle.folder, "--key", f"awskms:{name}", "--force")
        assert code == 0, output + errors
        assert called("verify", bundle.folder, "--key", tmp_path / "key.pub")[0] == 0


def test_keys_that_cannot_sign_are_told_in_one_line(kms, kept, tmp_path, monkeypatch, capfd):
    bundle = kept.copy(tmp_path / "bundle")
    other = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    koblitz = kms.create_key(KeySpec="ECC_SECG_P256K1", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    for name in ("alias/nothing", other, koblitz):
        code, output, errors = called("sign", bundle.folder, "--key", f"awskms:{name}")
        assert (code, output, len(errors.splitlines())) == (4, "", 1), errors
    for name, value in {**NOBODY, "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    code, output, errors = called("sign", bundle.folder, "--key", "awskms:alias/amply-evidence")
    assert (code, output, len(errors.splitlines())) == (4, "", 1), errors
    assert capfd.readouterr() == ("", "")
    assert "signature.json" not in bundle.names
