"""The formats of a certificate, one writer a file; each registers itself."""
