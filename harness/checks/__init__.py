"""The rules, one file each: a check is a pure function from a view to findings and exposures."""
