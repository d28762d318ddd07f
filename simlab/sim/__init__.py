"""Runs: what did happen. The only home of time and chance."""
