"""What stands inside the kernel of a notebook under check; it imports nothing heavy of its own."""
