"""Each rule by stories: one that passes, one that fails, one that is vacuous, and the border."""
