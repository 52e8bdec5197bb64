"""Ways to start or reach a SUT."""
