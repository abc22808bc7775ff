"""Decisions as RDF: triples, store, named queries, validation and exports."""
