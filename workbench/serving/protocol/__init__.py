"""What travels over HTTP, and nothing of how: bytes to rows and labels, predictions to bytes."""
