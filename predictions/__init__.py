"""Use: the test page, the REST endpoint for predictions, API keys, share links."""
