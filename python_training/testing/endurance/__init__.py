"""A tuner that runs for long while everything around it fails, and somebody who looks closely."""
