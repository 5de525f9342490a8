"""Certificates, trust stores and verdicts: what X.509 and OpenSSL say, whatever product asks."""
