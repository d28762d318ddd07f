"""The nouns: frozen, comparable, no clock, no chance."""
