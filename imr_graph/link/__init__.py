"""Words to concepts: each step takes a parsed letter and adds what it found to the decision.

The order matters: requests read the body part of the diagnoses, grounds leave out quoted guideline text.
"""
