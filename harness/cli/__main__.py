"""`python -m harness.cli`: the same as the command `voicecert`."""

from harness.cli.main import main

main()
