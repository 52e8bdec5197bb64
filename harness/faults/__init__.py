"""Named conditions of a link: entering disturbs, leaving heals, and twice is harmless."""
