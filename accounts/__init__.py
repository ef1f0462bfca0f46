"""Who uses this: signing in and up, a person's limits, and the audit log. Knows no other app."""
