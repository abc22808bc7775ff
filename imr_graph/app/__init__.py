"""The commands and the local page: where people ask, and the only room that prints."""
