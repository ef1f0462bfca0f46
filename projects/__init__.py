"""Collect: projects, categories and samples, the pages to fill them, and the gate to everything."""
