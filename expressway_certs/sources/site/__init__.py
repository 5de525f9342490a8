"""A site as a folder: `site.toml` says what there is, the certificates lie beside it."""
