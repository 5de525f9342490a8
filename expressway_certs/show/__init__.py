"""Everything that a person looks at. Import from the modules: `text` needs rich, which a plain import leaves out."""
