"""`python -m evidence sign`: whose bundle it is, by a signature that standard tools can check."""
