"""Parts of documents that more than one kind of page has."""
