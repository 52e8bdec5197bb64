"""`python -P -m reference_impl.before`: run the relay from before its refactor."""

import sys

from reference_impl.before.application import main

sys.exit(main(sys.argv[1:]))
