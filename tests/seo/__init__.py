"""What search engines and link previews must find: rules over every page and over the whole site."""
