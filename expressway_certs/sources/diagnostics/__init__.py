"""Diagnostic log archives of Expressways, read into a deployment."""
