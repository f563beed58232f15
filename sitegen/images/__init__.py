"""Pictures that are drawn from facts: covers as vectors, share images as rasters."""
