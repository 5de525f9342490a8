"""Very many certificates before the one judge: what it has said once is not asked again where it must be the same."""
