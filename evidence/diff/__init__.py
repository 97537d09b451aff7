"""`python -m evidence diff`: what changed between two bundles."""
