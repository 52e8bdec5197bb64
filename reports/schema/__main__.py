"""`python -m reports.schema` prints the schema of the current structs."""

import sys

from reports.schema import text

sys.stdout.buffer.write(text())
