"""Payment companies, one file each: frozen values in and out. Empty until its first gateway."""
