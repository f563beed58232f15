"""One file per page type; `PAGE_TYPES` in `sitegen/site.py` lists them."""
