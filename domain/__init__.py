"""What is true: tables, and the rules over them."""
