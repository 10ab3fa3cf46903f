"""The content policy follows the page that is served."""

from __future__ import annotations

from backend.api.headers import content_policy


def test_without_inline_code_only_own_files_run() -> None:
    """The default allows scripts from this server and nothing else."""
    policy = content_policy('<script src="main.js"></script>')
    assert "script-src 'self';" in policy
    assert "unsafe-hashes" not in policy


def test_a_pages_own_inline_script_is_allowed_by_its_hash() -> None:
    """The hash is that of RFC's example page: `alert('Hello, world.');`."""
    policy = content_policy("<body><script>alert('Hello, world.');</script></body>")
    assert "script-src 'self' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';" in policy


def test_an_event_handler_is_allowed_by_its_hash() -> None:
    """Angular loads its style sheet with `onload="this.media='all'"`."""
    policy = content_policy("""<link rel="stylesheet" href="s.css" media="print" onload="this.media='all'">""")
    assert "'unsafe-hashes' 'sha256-MhtPZXr7+LpJUY5qtMutB+qWfQtMaPccfe7QXtCcEYc='" in policy
