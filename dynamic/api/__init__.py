"""The API under `/api/v1`: a table of routes, the shapes that go in and out, and the document made of both."""
