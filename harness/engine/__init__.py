"""Makes a run happen: the only code of the harness that does I/O."""
