"""Advisory Portal: composition of the apps, and the parts that know no app."""

__version__ = "0.1.0"
