"""Warm kernels: a fork server that has the heavy imports loaded, and what starts kernels from it."""
