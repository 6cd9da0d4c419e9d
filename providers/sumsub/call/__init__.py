"""Sumsub's calls, one module per noun. Answers are bytes; what they mean is said elsewhere."""
