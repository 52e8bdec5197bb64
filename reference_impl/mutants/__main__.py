"""`python -P -m reference_impl.mutants NAME`: run the relay with that bug."""

import sys

from reference_impl.planting import launch

sys.exit(launch("reference_impl.mutants", sys.argv[1:]))
