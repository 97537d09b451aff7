"""Tools for those who develop the suite."""
