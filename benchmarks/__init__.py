"""Measurements of sfsync, one function per question; `python -m benchmarks` runs them all."""
