"""What pytest and Locust run against any target; ``selftest`` tests this project itself."""
