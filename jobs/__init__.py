"""Carrying: effects put in order."""
