"""Train: cached features, runs that survive their worker, live progress, model versions."""
