"""The expected no."""


class Refused(Exception):
    """An anticipated no, with a message its reader may see.

    `field` is the form field it belongs to, or None for the whole form.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
