"""Makes verdicts of a record: views, excuses, receipts, the judge. No I/O, no clock, no chance."""
