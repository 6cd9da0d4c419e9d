"""Document images from customers: the accepted types and sizes, and the status of each upload."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    PUT = "PUT"
    URL = "URL"


class UploadStatus(StrEnum):
    WAITING = "WAITING"
    STORED = "STORED"
    REFUSED = "REFUSED"


TRANSITIONS: dict[UploadStatus, frozenset[UploadStatus]] = {
    UploadStatus.WAITING: frozenset({UploadStatus.STORED, UploadStatus.REFUSED}),
    UploadStatus.STORED: frozenset(),
    UploadStatus.REFUSED: frozenset(),
}

SMALLEST, LARGEST = 100 * 1024, 10 * 1024 * 1024
TYPES = ("image/jpeg", "image/png", "application/pdf")
PIXELS_MOST, PAGES_MOST = 40_000_000, 20
# An ID-1 card at 300 dots per inch is about a thousand pixels wide.
SIDE_LEAST, DPI_LEAST = 1000, 300


@dataclass(frozen=True)
class Remark:
    """A fault of a file, or a remark on it. `message` may be shown to the customer and holds no personal data."""

    code: str
    message: str

    def plain(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message}


TOO_SMALL = Remark("FILE_TOO_SMALL", "The file is smaller than 100 KB. Send a picture in full resolution.")
TOO_LARGE = Remark("FILE_TOO_LARGE", "The file is larger than 10 MB. Send a smaller one.")
WRONG_TYPE = Remark("UNSUPPORTED_TYPE", "The file is neither JPEG, PNG nor PDF. Send one of these.")
OTHER_TYPE = Remark("TYPE_MISMATCH", "The file is of another type than was announced. Send what was announced.")
OTHER_SIZE = Remark("SIZE_MISMATCH", "The file has another size than was announced. Send the whole file.")
OTHER_HASH = Remark("HASH_MISMATCH", "The file is not the one that was announced: its SHA-256 differs. Send it again.")
DAMAGED = Remark("FILE_DAMAGED", "The file cannot be opened. Send it as it came from the camera or the issuer.")
TOO_MANY_PIXELS = Remark("TOO_MANY_PIXELS", "The picture has more than 40 million pixels. Send a smaller one.")
TOO_MANY_PAGES = Remark("TOO_MANY_PAGES", "The PDF has no page, or more than 20. Send the pages that matter.")
ENCRYPTED = Remark("FILE_ENCRYPTED", "The PDF asks for a password. Send one that does not.")
ACTIVE = Remark("ACTIVE_CONTENT", "The PDF holds scripts, actions or attachments. Print it into a new PDF.")
TOO_COSTLY = Remark("FILE_TOO_COSTLY", "The file takes too much time or memory to open. Send a simpler one.")
NO_COLOUR = Remark("no_colour", "The picture is black and white; a coloured one is checked sooner.")
LOW_RESOLUTION = Remark("low_resolution", "The picture has less than 300 dots per inch; a sharper one is checked sooner.")
URL_SCHEME = Remark("URL_SCHEME_NOT_ALLOWED", "Documents are fetched over https only. Use an https address.")
URL_PORT = Remark("URL_PORT_NOT_ALLOWED", "Documents are fetched from port 443 only. Use an address without a port.")
URL_CREDENTIALS = Remark("URL_CREDENTIALS_NOT_ALLOWED", "The address holds a user name. Use one without.")
URL_PLACE = Remark(
    "ADDRESS_NOT_ALLOWED", "The address does not lead to a public host. Use one that is reachable from the internet."
)
URL_REDIRECT = Remark("REDIRECT_NOT_ALLOWED", "The address leads on to another one. Use the address of the file itself.")
URL_PACKED = Remark("ENCODING_NOT_ALLOWED", "The answer is compressed. Serve the file as it is.")
URL_FAILED = Remark("FETCH_FAILED", "The file could not be fetched. Check that the address is valid for long enough.")
