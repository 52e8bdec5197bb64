"""The relay done differently but right: each must pass every rule."""
