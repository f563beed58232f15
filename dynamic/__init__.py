"""HTTP: parse, call one domain verb, answer."""
