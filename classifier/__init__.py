"""The learning core: images to features to a tiny head. Knows no Django, no database, no network but for weights."""
