"""Source text to the facts that stand in it: clean, sections, header, issues, citations, problems."""
