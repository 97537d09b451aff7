"""A recovery drill: servers beside the run's, a disaster, restores, and what is judged of them; docs/recovery.md."""
