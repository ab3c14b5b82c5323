"""The way to an agency: HTTPS with a client certificate."""

import ssl
import urllib.error
import urllib.request

from documents.fiscal.regime import NotDelivered

MOST_BYTES = 8 * 1024 * 1024


def post(url: str, body: bytes, *, certificate: str, key: str, timeout: float) -> bytes:
    """The body of the answer to an XML message; an error that explains itself in XML is an answer too.

    `certificate` and `key` are paths of PEM files. Raises NotDelivered: no connection, too slow, refused, too long.
    """
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        context = ssl.create_default_context()
        context.load_cert_chain(certificate, key)
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirects())
        with opener.open(request, timeout=timeout) as response:
            answer: bytes = response.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        answer = error.read(MOST_BYTES + 1)
        if b"Envelope" not in answer:
            raise NotDelivered(f"HTTP {error.code}") from error
    except (OSError, ValueError) as error:  # no file, no connection, no time, no certificate
        raise NotDelivered(f"{type(error).__name__}: {error}"[:300]) from error
    if len(answer) > MOST_BYTES:
        raise NotDelivered("The answer is too long.")
    return answer


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The agency sends those whose certificate it does not know to a page; that is no answer."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None
