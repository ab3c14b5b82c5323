"""Every writing of the catalog: one function per business act."""
