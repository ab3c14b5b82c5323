"""Names and bounds of long work over the books."""

POST = "bookkeeping.post"
MOST_POSTED = 20_000
AT_ONCE = 200  # so many are entered while the person waits
