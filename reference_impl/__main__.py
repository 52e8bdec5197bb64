"""`python -P -m reference_impl`: run the relay."""

import sys

from reference_impl.server import main

sys.exit(main(sys.argv[1:]))
