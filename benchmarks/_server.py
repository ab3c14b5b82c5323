"""gunicorn's settings in benchmarks: those of the product, without the access log."""

from pathlib import Path
from runpy import run_path

globals().update(run_path(str(Path(__file__).parent.parent / "gunicorn.conf.py")))
accesslog = None
