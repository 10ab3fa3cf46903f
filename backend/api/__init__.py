"""REST under /api/v1, the short endpoints that scripts use, the login page and the dashboard's files."""
