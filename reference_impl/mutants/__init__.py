"""Known-bad relays: the reference with one bug planted; each names the rule that must catch it."""
