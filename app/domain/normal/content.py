"""File types, detected by their first bytes, never by the name or the provider's declaration."""

from __future__ import annotations

# Longest prefix needed to tell any of the types.
HEAD = 16
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
VIDEO = frozenset({"video/mp4", "video/webm", "video/quicktime"})


def sniff(head: bytes) -> str | None:
    """Returns the content type of a file that begins with `head`, or None for a type that is not on the allow-list."""
    for signature, content_type in SIGNATURES:
        if head.startswith(signature):
            return content_type
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:10] == b"qt" else "video/mp4" if _is_mp4(head[8:12]) else None
    return None


def _is_mp4(brand: bytes) -> bool:
    # ISO base media brands of video files; HEIC and AVIF pictures use the same container under other brands.
    return brand[:3] in (b"iso", b"mp4", b"avc", b"M4V", b"MSN") or brand == b"dash"
