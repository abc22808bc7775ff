"""Guideline passages over the corpus: sentences that decisions quote, joined where they are the same words.

A sentence as quoted is a *variant*; variants that contain each other are a *passage*, whose id and consensus wording
are those of the variant that most letters quote. They lie in one SQLite file in each generation of a store.
"""
