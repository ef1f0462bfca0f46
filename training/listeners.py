"""What training does when samples change: their features are computed before Train is pressed."""
