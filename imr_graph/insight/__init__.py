"""Questions about decided issues: mirror cases, quantity ladders, crossings of citations, gaps, briefs.

Every answer comes with its numbers and its cases. Nothing here is advice.
"""
