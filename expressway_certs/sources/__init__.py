"""Everything that reads: files as people have them, into values."""
