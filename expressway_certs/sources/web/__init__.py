"""What the network is asked for, and only by the functions that say so: issuers, CRLs, OCSP."""
