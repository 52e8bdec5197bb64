"""Four rules judged a second time, in another style, by somebody who never read the checks.

Plain lists and replays in the place of views. Both judges must say the same of any record: where
they differ, one of them misreads the catalogue.
"""
