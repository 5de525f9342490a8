"""How fast bulk verification is, beside its peers: `python -m benchmarks` measures and writes the page's table."""
