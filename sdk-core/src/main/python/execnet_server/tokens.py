"""The token: where it is kept, and the proofs that both sides know it without sending it."""

import hashlib
import hmac
import os
import secrets
import string

GREETING = "execnet-socketserver 1"
_MIN_LENGTH = 16
_MAX_LENGTH = 4096
_HEX = frozenset(string.digits + "abcdef")


class TokenError(Exception):
    """A token that can't be had, or must not be used."""


def new_nonce():
    return secrets.token_hex(32)


def is_nonce(text):
    return len(text) == 64 and _HEX.issuperset(text)


def proof(token, role, server_nonce, client_nonce):
    """What only who knows the token can write. It holds the role, so none can be sent back."""
    text = "\n".join((GREETING, role, server_nonce, client_nonce))
    return hmac.new(token.encode("utf-8"), text.encode("ascii"), hashlib.sha256).hexdigest()


def same(one, other):
    """Compares proofs in a time that does not depend on them."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def execnet_folder(*names):
    """A folder below ~/.execnet that nobody else may look into; made where it is not there."""
    path = os.path.join(os.path.expanduser("~"), ".execnet")
    for name in (None,) + names:
        path = path if name is None else os.path.join(path, name)
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            pass
        except OSError as exc:
            raise TokenError("can't make the folder %s: %s" % (path, exc.strerror)) from None
        found = os.stat(path)
        if hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
            raise TokenError("others may change the folder %s: make it yours, chmod 700" % path)
    return path


def write_private(path, text, replace=False):
    """Write a file that its owner alone may read, whole or not at all; whether it was written.

    Without replace, a file that is there already stays.
    """
    temporary = "%s.%d.%s" % (path, os.getpid(), secrets.token_hex(4))
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(fd, "w", encoding="utf-8") as out:
            out.write(text)
        if replace or not hasattr(os, "link"):
            os.replace(temporary, path)
            return True
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        remove(temporary)
    return True


def remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def default_token():
    """The user's own token, made where there is none yet, and its file."""
    path = os.path.join(execnet_folder(), "token")
    try:
        if not os.path.exists(path):
            write_private(path, secrets.token_hex(32) + "\n")
    except OSError as exc:
        raise TokenError("can't write the token file %s: %s" % (path, exc.strerror)) from None
    return read_token(path), path


def read_token(path):
    try:
        with open(path, "rb") as source:
            found = os.fstat(source.fileno())
            text = source.read(_MAX_LENGTH + 1)
    except OSError as exc:
        raise TokenError("can't read the token file %s: %s" % (path, exc.strerror)) from None
    if os.name == "posix" and found.st_mode & 0o077:
        raise TokenError(
            "others than its owner may read the token file %s: chmod 600 it, and take a new token"
            " if they have read it" % path
        )
    try:
        token = text.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise TokenError("the token file %s holds no text" % path) from None
    if not _MIN_LENGTH <= len(token) <= _MAX_LENGTH:
        raise TokenError(
            "the token in %s has %d characters: at least %d and at most %d are needed"
            % (path, len(token), _MIN_LENGTH, _MAX_LENGTH)
        )
    return token
