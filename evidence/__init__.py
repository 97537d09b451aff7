"""What was seen: verdicts, declared deviations, and the record of a run. `evidence.json` is the only source."""
