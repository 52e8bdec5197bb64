"""Client protocols, sans-I/O: operations become frames, frames become what was seen."""
