"""The named patterns of what sentences say: age and sex, conclusions, dates and strengths that are compared.

:mod:`imr_graph.parse.patterns` has those of the form of a letter, and the table of all.
"""

from __future__ import annotations

import re

from imr_graph.parse.pattern import pattern

# --- patient -----------------------------------------------------------------------------------------------------

AGE = pattern(
    "age",
    r"""(?P<age>[0-9](?<![\d.]\d)[0-9]?[0-9]?)
        [ -]?(?:(?:[Yy]ears?|YEARS?|[Yy]rs?\.?)[ -]?(?:[Oo]lds?|OLD|of[ -]age)|[Yy]/[Oo]|yo|Y\.?O)\b""",
    ("a 48 year old male", "a now 35-year-old", "44 y/o", "53 yo F"),
    ("48 years ago", "2 year follow-up", "1048 year old"),
)
AGED = pattern(
    "aged",
    r"""\baged[ ](?P<age>\d{1,3})\b""",
    ("a worker aged 45",),
    ("45 years",),
)
SEX = pattern(
    "sex",
    r"""\b(?:(?P<female>female|woman|lady)|(?P<male>male|man|gentleman))\b""",
    ("a 48 year old male", "the female worker"),
    ("emale", "manual"),
    flags=re.IGNORECASE,
)
PRONOUN = pattern(
    "pronoun",
    r"""\b(?<!/)(?:(?P<female>she|her|hers|herself)|(?P<male>he|his|him|himself))\b(?!/)""",
    ("She was", "his knee"),
    ("he/she", "the", "there"),
    flags=re.IGNORECASE,
)

# --- conclusions -------------------------------------------------------------------------------------------------

_WORTH = r"(?:necessary|appropriate|reasonable|warranted|indicated)"
# The next begins with a set of characters, which re finds without trying every offset; so do those of the dates.
NECESSITY = pattern(
    "medical necessity",
    rf"""[Mmnf](?:(?<=m)edically[ -]?(?P<un>un)?{_WORTH}(?:,?[ ](?:(?:and|or|nor)[ ])?(?:medically[ ])?{_WORTH})*
      | (?P<denied>(?<=n)ot[ ]a[ ]medical[ ]necessity
        | (?<=\bn)o[ ]medical[ ]necessity
        | (?:(?<=\bn)ot|(?<=\bun)able[ ]to|(?<=\bf)ail(?:s|ed)?[ ]to)
          [ ](?:affirm|confirm|demonstrate|document|establish|meet|prove|show|support)(?:[ ][\w’'-]+){{0,4}}?
          [ ]medical[ ]necessity)
      | (?<=[Mm])edical[ ]necessity[ ](?:(?:of|for)[ ][^.;]{{1,200}}?[ ])?
        (?:is|was|has|cannot|could)[ ](?:not[ ])?
        (?:been[ ]|be[ ]|clearly[ ])?(?:established|supported|demonstrated|documented|met))""",
    (
        "is medically necessary.",
        "not-medically necessary",
        "Medical necessity has not been established.",
        "is medically unnecessary",
        "The records do not support the medical necessity of the brace.",
        "I am unable to affirm medical necessity",
    ),
    ("the necessity of medical care", "to establish medical necessity", "other medical necessity"),
)
NEGATION = pattern(
    "negation before necessity",
    r"""(?:\b(?:not|cannot|never|nor|non|none|neither)|n't)\b(?![ ]only\b)[^,;:.]{0,90}$ | \bnot[ -]?$""",
    ("is not seen as ", "cannot be considered ", "is determined to be not ", "none of the services are "),
    ("there is no red flag, so it is ", "is not only "),
    flags=re.IGNORECASE,
)
RECOMMENDATION = pattern(
    "other conclusion",
    r"""\b(?:is|are|was|were)[ ](?:(?:therefore|thus|hereby|deemed|considered)[ ])*(?P<not>not[ ]|non[ -]?|un)?
        (?:necessary|established|recommended|indicated|supported|warranted
        |approved|certified|appropriate|justified|reasonable)\b""",
    ("The request is not recommended.", "the request was approved", "is non-certified", "is deemed unnecessary"),
    ("recommended as an option",),
    flags=re.IGNORECASE,
)
SENTENCE_EDGE = pattern(
    "sentence edge",
    r"""[.!?]["'”’)\]]*(?:\s+(?=["'“(]?[A-Z0-9])|(?=[A-Z][a-z])|\s*$)|\n""",
    ("necessary. The", "10-12-16.The"),
    ("5.5 mg", "e.g. this"),
)

# --- contradictions ----------------------------------------------------------------------------------------------

_DATE = r"""(?:(?P<date>[0-9]{1,2}[/-][0-9]{1,2}[/-](?:[0-9]{4}|[0-9]{2})(?![0-9]))
    | (?P<month>Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*[ ]
      (?P<day>[0-9]{1,2}),?[ ](?P<year>[0-9]{4}))"""
INJURY_DATE = pattern(
    "date of injury in the summary",
    r"""(?:injury[ ](?:date[ ])?(?:on|of|dated|from|was|is)|occupational[ ]claim[ ]from|injured[ ]on)[ ]"""
    + _DATE
    + r"""(?![ ]?(?:to|through|-)[ ])""",
    ("an industrial injury on 10-13-16.", "an occupational claim from 10/25/2016", "injury of October 14, 2016"),
    ("seen on 10/25/2016", "injury from 1/2/2010 to 3/4/2011"),
)
REVIEW_DATE = pattern(
    "date of the utilization review in the summary",
    r"""[UuOo](?:(?:(?<=[Uu])tilization[ ][Rr]eview|(?<=\bU)R\b)(?:[ ]\(UR\))?[ ]?
        (?:(?:report|letter|decision|determination|denial|documentation)[ ])?
        (?:dated|on|of|\()[ ]?"""
    + _DATE
    + r"""| (?<=[Oo])n[ ]"""
    + _DATE.replace("date>", "date2>").replace("month>", "month2>").replace("day>", "day2>").replace("year>", "year2>")
    + r""",?[ ](?:the[ ])?(?:original[ ])?(?:[Uu]tilization[ ][Rr]eview|UR\b))""",
    ("Utilization Review dated 11-22-16, denied", "On 11-30-2016 Utilization Review non-certified"),
    ("On 11-30-2016 the worker", "review of notes on 10/10/2016"),
)
STRENGTH = pattern(
    "strength",
    r"""\b[0-9][0-9./-]*[ ]?mg\b""",
    ("Norco 10/325mg",),
    ("12 visits",),
)
