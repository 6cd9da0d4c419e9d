"""Measured comparisons: `make bench`. Each pair runs interleaved in one run; medians and ratios are what counts."""
