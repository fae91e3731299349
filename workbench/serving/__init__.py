"""The scoring service: models that answer over HTTP, a log of what was answered, and a quick way back."""
