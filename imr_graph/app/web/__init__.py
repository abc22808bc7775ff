"""The local page: search, read, compare, ask and see a store in a browser.

Every page is a function of an open generation and what was asked, giving a model; the model is rendered as HTML or,
at the same address with ``.json``, as JSON. Nothing is written, no cookie is set, nothing leaves this machine.
"""
