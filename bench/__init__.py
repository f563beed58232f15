"""Measuring the product against peers and floors; `python -m bench`."""
