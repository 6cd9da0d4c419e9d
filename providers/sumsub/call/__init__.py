"""Sumsub API calls, one module per noun. Calls return raw bytes; other modules interpret them."""
