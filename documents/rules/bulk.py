"""Acts on many documents at once: their names as kinds of jobs."""

REVIEW, ISSUE, PACK, EXPORT = "documents.review", "documents.issue", "documents.pack", "documents.export"
SEND = "documents.send"  # worked off above documents: the mail carries the portal's link
BULK = (REVIEW, ISSUE, SEND, PACK, EXPORT)
READING = (PACK, EXPORT)  # what those who may only look may do
MOST_SELECTED = 5_000
ARCHIVE = "ZIP"  # the item of a packing that comes last
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
