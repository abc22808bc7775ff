"""Every regular expression of the parser, named, with what it finds and what it must not find.

``Pattern.matches`` and ``Pattern.rejects`` are invented examples; tests/parse/test_patterns.py runs them. The
names stand in the ``rule`` of the evidence that a pattern gives.
"""

from __future__ import annotations

import re

from imr_graph.parse.pattern import pattern

# --- clean steps -----------------------------------------------------------------------------------------------

MARKUP = pattern(
    "markup",
    r"""\*\*+ | __+ | ^[ \t]*\#{1,6}[ \t]+ | ^[ \t]*>[ \t] | \\(?=[*_\#.()\[\]-]) | </?[a-zA-Z][^<>\n]{0,80}>""",
    ("**MRI: Upheld**", "### CLINICAL CASE SUMMARY", "<b>Priority:</b>", "\\#60"),
    ("Norco 10/325mg #60", "pain < 5 and > 2", "2 * 3"),
)
# The next four begin with a set of characters or with literals, which re finds without trying every offset.
BLANKS = pattern(
    "blanks",
    r"""[ \t\xa0\u2000-\u200a\u202f\u3000](?:(?<=[ ])[ \t\xa0\u2000-\u200a\u202f\u3000]+
        |(?<![ ])[ \t\xa0\u2000-\u200a\u202f\u3000]*)""",
    ("she saw  and", "Case:\tCM", "a\u00a0b"),
    ("one blank", "line\nend"),
)
LINE_END = pattern(
    "line ends",
    r"""
      [ ](?:(?:\r\n?|[\n\v\x85\u2028\u2029])(?:[ ]?\f(?:\r\n?|\n)?)?|\f(?:\r\n?|\n)?)[ ]?
    | \r\n?(?:[ ]?\f(?:\r\n?|\n)?)?[ ]?
    | \n(?:[ ]?\f(?:\r\n?|\n)?[ ]?|[ ])
    | \f(?:\r\n?|\n)?[ ]? | \v[ ]? | \x85[ ]? | \u2028[ ]? | \u2029[ ]?
    """,
    ("has no \r\naffiliation", "original \frequest", "a\n b", "end\n\fnext"),
    ("has no affiliation", "a\nb"),
)
DOUBLED = pattern("doubled lines", r"""\n\n""", ("one\n\ntwo",), ("one\ntwo",))
HEADING = pattern(
    "glued headings",
    r"""HOW[ ]THE[ ]IMR[ ]FINAL[ ]DETERMINATION[ ]WAS[ ]MADE[ ]? | CLINICAL[ ]CASE[ ]SUMMARY[ ]?
      | IMR[ ]ISSUES,[ ]DECISIONS[ ]AND[ ]RATIONALES[ ]?""",
    ("DECISIONS AND RATIONALES, IMR ISSUES, DECISIONS AND RATIONALESThe Final",),
    ("clinical case summary",),
)
LABEL = pattern(
    "glued labels",
    r"""Claims[ ]Administrator[ ][Gg]uideline[ ]?: | MAXIMUS[ ][Gg]uideline[ ]?: | Decision[ ][Rr]ationale[ ]?:
      | The[ ]Expert[ ]Reviewer[ ]has[ ]the[ ]following[ ]credentials: | State\(s\)[ ]of[ ]Licensure:
      | Certification\(s\)/Specialty:""",
    ("MRI: Upheld Claims Administrator guideline: none",),
    ("the guideline of the Claims Administrator",),
)
CLOSING = pattern(
    "glued boilerplate",
    r"""set[ ]forth[ ]below:[ ]?(?=\S) | medical[ ]records:[ ]?(?=\S)""",
    ("items/services set forth below: MRI",),
    ("set forth below:\nMRI",),
)
SOFT_HYPHEN = pattern(
    "hyphens of the PDF",
    r"""[\ufffe\u00ad]\n*""",
    ("non\ufffecertified", "radicul\u00ad\nopathy"),
    ("anti-inflammatory",),
)
WRAPPED_HYPHEN = pattern(
    "wrapped hyphens",
    r"""-[\n ]\n*(?=\w)""",
    ("10-30-\n2016", "anti- inflammatory"),
    ("anti-inflammatory", "neck -\n"),
)
LINE_BREAK = pattern("line breaks", r"""\n+""", ("a\nb",), ("a b",))

# --- headings and labels -----------------------------------------------------------------------------------------

SECTION = pattern(
    "section heading",
    r"""^[ ]?(?:
        (?P<how>HOW[ ]THE[ ]IMR[ ](?:FINAL[ ])?DETERMINATION[ ]WAS[ ]MADE
          |MEDICAL[ ]QUALIFICATIONS[ ]OF[ ]THE[ ]EXPERT[ ]REVIEWER|MEDICAL[ ]REVIEWER[ ]QUALIFICATIONS)
      | (?P<documents>DOCUMENTS[ ]REVIEWED(?:[ ]FOR[ ]DETERMINATION)?)
      | (?P<summary>(?:CLINICAL[ ])?CASE[ ]SUMMARY)
      | (?P<issues>IMR[ ](?:ISSUES?,[ ]DECISIONS?[ ]AND[ ]RATIONALES?
          |DECISIONS?(?:\(S\))?[ ]AND[ ]RATIONALES?(?:\(S\))?))
      | (?P<notice>INDEPENDENT[ ]MEDICAL[ ]REVIEW[ ]DECISION[ ]AND[ ]RATIONALE)
      | (?P<dispute>ISSUES?(?:\(S\))?[ ](?:AT|IN)[ ]DISPUTE)
      | (?P<guidelines>MEDICAL[ ]TREATMENT[ ]GUIDELINE(?:S|\(S\))?[ ]RELIED[ ]UPON
          [ ]BY[ ](?:THE[ ])?PROFESSIONAL[ ]REVIEWER[ ]AND[ ]WHY)
      | (?P<rationale>RATIONALE[ ]FOR[ ]WHY[ ]THE[ ]REQUESTED[ ]TREATMENT/SERVICE
          [ ]IS/WAS[ ](?:NOT[ ])?MEDICALLY[ ]NECESSARY)
    )[ ]?(?::|$)""",
    ("CLINICAL CASE SUMMARY", "IMR ISSUES, DECISIONS AND RATIONALES", "CASE SUMMARY: The worker", "Case Summary:"),
    ("CLINICAL CASE SUMMARY of 2014", "see HOW THE IMR FINAL DETERMINATION WAS MADE"),
    flags=re.IGNORECASE,
)
WRAPPED_HEADING = pattern(
    "wrapped headings",
    r"""(?<=BY[ ]PROFESSIONAL)\n(?=REVIEWER[ ]AND) | (?<=IS/WAS[ ]NOT)\n(?=MEDICALLY[ ]NECESSARY)""",
    ("RELIED UPON BY PROFESSIONAL\nREVIEWER AND WHY:",),
    ("BY PROFESSIONAL REVIEWER",),
)
ISSUE_LABEL = pattern(
    "issue label",
    r"""^[ ]?(?:
        (?P<claims>Claims[ ]Administrator[ ][Gg]uidelines?[ ]?:[ ]?)
      | (?P<maximus>MAXIMUS[ ][Gg]uidelines?[ ]?:[ ]?)
      | (?P<rationale>Decision[ ][Rr]ationale[ ]?:[ ]?
          |The[ ](?:Physician|Expert)[ ]Reviewer['’]s[ ]decision[ ]rationale[ ]?:[ ]?
          |Rationale[ ]for[ ]the[ ]Decision[ ]?:[ ]?)
      | (?P<claims_sentence>(?=The[ ]Claims[ ]Administrator[ ](?:based[ ]its[ ]decision|did[ ]not[ ]cite)))
      | (?P<maximus_sentence>(?=The[ ](?:Physician|Expert)[ ]Reviewer[ ]
          (?:based[ ]his/her[ ]decision|found[ ]that[ ]no[ ]section|relied)))
    )""",
    (
        "MAXIMUS guideline: Decision based on",
        "Decision rationale: The",
        "The Claims Administrator based its decision on",
    ),
    ("The Claims Administrator guideline is", "Decision based on MTUS", "The Expert Reviewer based their decision"),
)
OTHER_LABEL = pattern(
    "other label",
    r"""^[ ]?(?:The[ ]Expert[ ]Reviewer[ ]has[ ]the[ ]following[ ]credentials|States?(?:\(s\))?[ ]of[ ]Licensure[ ]?:
          |Certifications?(?:\(s\))?[ ]?/[ ]?Specialt(?:y|ies)[ ]?:|[0-9]{1,2}[.)][ ]MAXIMUS[ ]Federal
          |[0-9]{1,2}[.)][ ]Regarding[ ]the[ ]request|Section\(?s?\)?[ ]of[ ]the[ ]Medical[ ]Treatment[ ]Utilization
          |Medical[ ]Treatment[ ]Guideline(?:s|\(s\))?[ ]Relied)""",
    (
        "State(s) of Licensure: Iowa",
        "The Expert Reviewer has the following credentials:",
        "1) Regarding the request for",
    ),
    ("The Expert Reviewer did not cite",),
)
BOILERPLATE = pattern(
    "boilerplate",
    r"""(?:set[ ]forth[ ]below|all[ ]medical[ ]records|following[ ]credentials|[Hh]is/[Hh]er[ ][Dd]ecision)[ ]?:?$""",
    ("case file, including all medical records:",),
    ("all medical records were read",),
)
OUTCOME = pattern(
    "outcome word",
    r"""[ ]?:[ ]?(?P<word>Upheld|Overturned|Partial(?:ly)?[ ]Overturn(?:ed)?)[ ]?\.?$""",
    ("MRI: Upheld", "Massage therapy: 12 sessions (right wrist/hand): Overturned"),
    ("Upheld is the outcome", "the denial was upheld"),
    flags=re.IGNORECASE,
)
OUTCOME_LINE_END = pattern(
    "outcome at a line's end",
    r"""(?::|^)[ ]?(?:Upheld|Overturned|Partial(?:ly)?[ ]Overturn(?:ed)?)[ ]?\.?$""",
    ("MRI: Upheld", "Upheld"),
    ("it was Upheld",),
)

# --- header ------------------------------------------------------------------------------------------------------

HEADER_TOKEN = pattern(
    "header field",
    r"""
      (?P<case_number>Case[ ](?:Number|No\.?)[ ]?:)
    | (?P<date_assigned>Date[ ]Assigned[ ]?:)
    | (?P<date_of_injury>Date[ ]of[ ]Injury[ ]?:)
    | (?P<decision_date>(?:Final[ ]|IMR[ ])?(?:Decision|Determination)[ ]Date[ ]?:)
    | (?P<ur_denial_date>(?:UR[ ]Denial[ ](?:Date|Letter)|Date[ ]of[ ]UR[ ](?:Decision|Denial))[ ]?:)
    | (?P<priority>Priority[ ]?:)
    | (?P<date_received>Application(?=\s*(?:Received\s?:|[0-9]))(?:\s*Received\s?:)?)
    | (?P<rest>Received[ ]?:)
    | (?P<case>(?:CM|IMR)[ ]?[0-9]{2}-[0-9]{5,8})
    | (?P<date>[0-9]{1,2}[/-][0-9]{1,2}[/-](?:[0-9]{4}|[0-9]{2})(?![0-9]))
    | (?P<kind>(?:Standard|Expedited|Regular|Urgent)\b)
    """,
    ("Case Number: ", "Application\nReceived:", "09/30/2016", "CM98-0000001"),
    ("the application", "2016"),
    flags=re.IGNORECASE,
)

# --- reviewer ----------------------------------------------------------------------------------------------------

LICENSURE = pattern(
    "state(s) of licensure",
    r"""^States?(?:\(s\))?[ ]of[ ]Licensure[ ]?:[ ]?(?P<states>.*)$""",
    ("State(s) of Licensure: Iowa, Ohio",),
    ("licensed in Iowa",),
)
CERTIFICATION = pattern(
    "certification(s)/specialty",
    r"""^Certifications?(?:\(s\))?[ ]?/[ ]?Specialt(?:y|ies)[ ]?:[ ]?(?P<names>.*)$""",
    ("Certification(s)/Specialty: Family Practice",),
    ("Specialty: none",),
)
CREDENTIALS_PROSE = pattern(
    "credentials in prose",
    r"""reviewer[ ]is[ ](?:an?[ ])?(?P<names>[^.]*?),?[ ](?:and[ ])?
        is[ ]licensed[ ]to[ ]practice[ ]in[ ](?P<states>[^.]*)""",
    ("The expert reviewer is Board Certified in Neurology and is licensed to practice in California.",),
    ("The expert reviewer is independent.",),
)
SUBSPECIALTY = pattern(
    "subspecialty",
    r""",?[ ](?:and[ ])?has[ ]an?[ ]subspecialty[ ](?:certificate[ ])?in[ ](?P<names>.*)$""",
    ("Board Certified in Neurology, has a subspecialty in Pain Medicine",),
    ("Board Certified in Neurology",),
)
BOARD_CERTIFIED = pattern(
    "board certified",
    r"""^(?:double[ ]|dual[ ])?Board[ ]Certified[ ]in[ ]|^Licensed[ ](?:in[ ])?""",
    ("Board Certified in Neurology",),
    ("certified in Neurology",),
    flags=re.IGNORECASE,
)

# --- issues ------------------------------------------------------------------------------------------------------

TEMPLATE_TAIL = pattern(
    "tail of a modified request",
    r"""authorized[ ]by[ ]the[ ]Claims | Administrator[ ]authorized | IMR[ -]eligible | original[ ]request""",
    ("The remaining IMR eligible portion of the original request, 6 visits is",),
    ("Physical therapy 6 visits",),
)
TEMPLATE_HEAD = pattern(
    "head of a modified request",
    r"""\bwas[ ]the[ ]original[ ]request""",
    ("Physical therapy was the original request. Six",),
    ("portion of the original request",),
)


def is_whole_heading(text: str) -> bool:
    """Whether a heading is whole: the three requests of a modified one begin with the original."""
    return TEMPLATE_TAIL.regex.search(text) is None or TEMPLATE_HEAD.regex.search(text) is not None


ORIGINAL = pattern(
    "original request",
    r"""(?P<original>.+?)[ ](?:was|were|is)[ ]the[ ]original[ ]request\b\.?""",
    ("Physical therapy 12 visits was the original request. Physical therapy",),
    ("The original request is long",),
)
AUTHORIZED = pattern(
    "authorized part",
    r"""[ ]?(?P<part>[^ ].*?),?[ ](?:was|were)[ ]
        (?:authorized|approved|certified)[ ]by[ ]the[ ]Claims?[ ]Administrator\b\.?""",
    ("Physical therapy 6 visits was authorized by the Claims Administrator.",),
    ("The Claims Administrator authorized six",),
    flags=re.IGNORECASE,
)
AUTHORIZED_OTHER = pattern(
    "authorized instead",
    r"""Claims?[ ]Administrator[ ](?:authorized|approved|certified)[ ](?P<part>.+?)
        (?:,?[ ]leaving\b|[.,]?[ ](?=The[ ](?:remaining|IMR)\b))""",
    (
        "The Claims Administrator authorized a brace, leaving the original request IMR eligible.",
        "The Claims Administrator authorized 6 visits. The remaining IMR eligible portion",
    ),
    ("was authorized by the Claims Administrator",),
    flags=re.IGNORECASE,
)
REMAINING = pattern(
    "remaining request",
    r"""(?:eligible[ ](?:portion|part)s?[ ]of[ ]the[ ]original[ ]request|IMR[ -]eligible\.[ ]The[ ]original[ ]request)
        [ ]?(?:(?:is|are|was|,|:)[ ]?)*(?P<rest>.+?)(?:,?[ ](?:is|are|was|were))?[ ]?$""",
    ("The remaining IMR eligible portion of the original request, Physical therapy 6 visits is",),
    ("was the original request",),
    flags=re.IGNORECASE,
)
GUIDELINE_NONE = pattern(
    "cites nothing",
    r"""did[ ]not[ ]cite[ ]any[ ](?:medical[ ])?evidence""",
    ("The Expert Reviewer did not cite any medical evidence for its decision.",),
    ("cites evidence",),
    flags=re.IGNORECASE,
)
GUIDELINE_OUTSIDE = pattern(
    "outside the MTUS",
    r"""recommendations?(?:\(s\))?[ ]outside[ ]of[ ]the[ ]MTUS""",
    ("based their decision on recommendation(s) outside of the MTUS Guidelines.",),
    ("inside the MTUS",),
    flags=re.IGNORECASE,
)

# --- the earlier layouts -----------------------------------------------------------------------------------------

DETERMINATION = pattern(
    "determination",
    r"""^[ ]?(?P<n>[0-9]{1,2})[.)][ ]
        (?:MAXIMUS[ ]Federal[ ]Services,?[ ]Inc\.?[ ]has[ ]determined[ ](?:that[ ])?(?:the[ ])?requests?[ ]for[ ])?
        (?P<request>[^\n]+?)[ ](?:is|are|was|were)[ ](?P<not>not[ ]?-?[ ]?)?
        medically[ ]?necessary(?:[ ]and[ ]appropriate)?[ ]?\.?[ ]?$""",
    (
        "1) MAXIMUS Federal Services, Inc. has determined the request for a cane is notmedically necessary.",
        "2. Norco 10/325mg #60 is medically necessary and appropriate.",
    ),
    ("1) Regarding the request for a walker:",),
)
REVIEWER_SENTENCE = pattern(
    "reviewer's guideline sentence",
    r"""(?<=\.[ ])The[ ](?:Physician|Expert)[ ]Reviewer[ ](?:based|relied|found|did[ ]not[ ]cite)\b""",
    ("of the MTUS. The Expert Reviewer relied on the same guideline",),
    ("The Expert Reviewer relied",),
)
REGARDING = pattern(
    "regarding the request",
    r"""^[ ]?(?P<n>[0-9]{1,2})[.)][ ]Regarding[ ]the[ ]requests?[ ]for[ ](?P<request>[^\n]+?)[ ]?:?[ ]?$""",
    ("1) Regarding the request for a walker:",),
    ("Regarding the weather:",),
)
NOTICE_DATE = pattern(
    "date in prose",
    r"""(?:(?P<decision_date>\bDated:)
        | (?P<date_received>\b(?:application|request)[^.\n]{0,80}?\b(?:filed|received|dated)(?:[ ]on)?)
        | (?P<ur_denial_date>\bUtilization[ ]Review[ ](?:Denial|Determination|denial|decision)[^.\n]{0,40}?\bdated)
        | (?P<date_assigned>\bNotice[ ]of[ ]Assignment[^.\n]{0,90}?\bon)
      )[ ](?P<date>\d{1,2}/\d{1,2}/\d{2,4})""",
    ("Utilization Review Denial dated 8/30/2013", "Dated: 9/26/2013", "The application was filed on 9/6/2013"),
    ("seen on 8/30/2013",),
)
NUMBERED = pattern(
    "numbered line",
    r"""^[ ]?(?:[0-9]{1,2}[.)]|[•●▪*-])[ ]+(?P<item>[^\n]*\S)""",
    ("1. Physical therapy",),
    ("10/325mg of Norco",),
)
