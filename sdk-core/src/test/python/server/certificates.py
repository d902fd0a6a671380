"""Certificates for tests of TLS: of an authority, and of another that nobody trusts."""

import os
import subprocess

_NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout %s.key -subj /CN=%s"


def make(folder, openssl="openssl"):
    """Makes ca.pem, other-ca.pem, and NAME.pem with NAME.key for server, client and stranger."""

    def run(command):
        done = subprocess.run(
            [openssl] + command.split(),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            raise AssertionError("openssl %s: %s" % (command, done.stdout))

    with open(os.path.join(folder, "names"), "w") as out:
        out.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n")
    for ca in ("ca", "other-ca"):
        usage = "-addext keyUsage=critical,keyCertSign"
        run("req -x509 -days 30 %s -out %s.pem " % (usage, ca) + _NEW_KEY % (ca, ca))
    for name, ca in (("server", "ca"), ("client", "ca"), ("stranger", "other-ca")):
        run("req -out %s.csr " % name + _NEW_KEY % (name, name))
        run(
            "x509 -req -days 30 -extfile names -CAcreateserial -in %s.csr -out %s.pem "
            "-CA %s.pem -CAkey %s.key" % (name, name, ca, ca)
        )
