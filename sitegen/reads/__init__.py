"""The reader's verbs by subject; every statement serves the whole batch."""
