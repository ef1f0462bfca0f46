"""Sentences: their words, and vectors of words learned from them."""
