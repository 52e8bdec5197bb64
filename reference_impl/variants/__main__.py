"""`python -P -m reference_impl.variants NAME`: run the relay in that way."""

import sys

from reference_impl.planting import launch

sys.exit(launch("reference_impl.variants", sys.argv[1:]))
