"""A decision as N-Quads: pure, sorted, without clock or blank nodes.

Each triple a letter is a gigabyte-scale decision at millions of letters. So what is false or usual is not stated
(``retrospective``, a status of present), nor the year of a citation whose document is named by it
(``...-2004``), nor the type of nodes that are reached by one property alone: requests, diagnoses and citation acts,
whose class is the range or domain of that property.

What belongs to one letter lies in the named graph of its source, so that replacing a letter is dropping a graph.
Passages, and guidelines that no vocabulary knows, are shared by letters: their own facts lie in one graph
(:func:`shared_graph`), each once. Oxigraph's union of graphs keeps duplicates, so a fact repeated in the graphs
of ten thousand letters would multiply every join by ten thousand. What the source is stands in the default graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from imr_graph.graph.terms import date, iri, number, string, true, year
from imr_graph.models import Citation, Decision, Diagnosis, Issue, QuotedPassage, Schedule
from imr_graph.namespaces import BASE, concept_iri, decision_iri, issue_iri, passage_iri, prefixes, slug, source_iri

Triple = tuple[str, str, str]


@lru_cache(maxsize=512)
def _term(curie: str) -> str:
    """The N-Triples form of a class or property written ``prefix:name``."""
    prefix, name = curie.split(":", 1)
    return iri(prefixes()[prefix] + name)


@lru_cache(maxsize=65536)
def _concept(scheme: str, notation: str) -> str:
    return iri(concept_iri(scheme, notation))


def shared_graph(base: str = BASE) -> str:
    """The graph of what letters share: ``.../source/shared``."""
    return f"{base}source/shared"


def cited_iri(document: str, section: str | None = None, base: str = BASE) -> str:
    """``.../cited/<document>/<section>``: a guideline or section that letters cite and no vocabulary knows."""
    return f"{base}cited/{document}/{slug(section) or 'unnamed'}" if section else f"{base}cited/{document}"


def _label(words: str) -> str:
    """One label a node, however letters spell it: the words of its slug."""
    return string((slug(words) or "unnamed").replace("-", " ").capitalize())


def decision_quads(decision: Decision, base: str = BASE) -> list[str]:
    """Every fact of ``decision`` that the graph holds, as sorted, unique N-Quads lines (without line ends)."""
    graph = iri(source_iri(decision.text_sha256, base))
    shared = iri(shared_graph(base))
    lines = {f"{s} {p} {o} {graph} ." for s, p, o in _letter(decision, base)}
    lines.update(f"{s} {p} {o} {shared} ." for s, p, o in _shared(decision, base))
    lines.update(f"{s} {p} {o} ." for s, p, o in _source(decision, base))
    return sorted(lines)


def _source(decision: Decision, base: str) -> Iterator[Triple]:
    """What the source is, for the default graph; its name without the folder that it lay in."""
    source = iri(source_iri(decision.text_sha256, base))
    yield source, _term("dcterms:identifier"), string(f"sha256:{decision.source_sha256}")
    yield source, _term("dcterms:title"), string(decision.source_name.replace("!", "/").rsplit("/", 1)[-1])
    yield iri(decision_iri(decision.id, base)), _term("prov:hadPrimarySource"), source


def _letter(decision: Decision, base: str) -> Iterator[Triple]:
    me = iri(decision_iri(decision.id, base))
    yield me, _term("rdf:type"), _term("imr:Determination")
    yield me, _term("dcterms:identifier"), string(decision.id)
    for name, day in (
        ("imr:decisionDate", decision.decision_date),
        ("imr:dateReceived", decision.date_received),
        ("imr:dateOfInjury", decision.date_of_injury),
        ("imr:denialDate", decision.ur_denial_date),
    ):
        if day:
            yield me, _term(name), date(day)
    if decision.outcome:
        yield me, _term("imr:outcome"), _concept("outcome", slug(decision.outcome))
    if decision.priority:
        yield me, _term("imr:priority"), string(decision.priority)
    if decision.patient.age is not None:
        yield me, _term("imr:patientAge"), number(decision.patient.age)
    if decision.patient.sex:
        yield me, _term("imr:patientSex"), string(decision.patient.sex)
    for specialty in decision.reviewer.specialties:
        yield me, _term("imr:reviewerSpecialty"), _concept("specialty", specialty)
    for problem in decision.problems:
        about = me if problem.issue is None else iri(issue_iri(decision.id, problem.issue, base))
        yield about, _term("imr:problem"), string(problem.code)
    for k, diagnosis in enumerate(decision.diagnoses, 1):
        node = iri(f"{decision_iri(decision.id, base)}/diagnosis/{k}")
        yield me, _term("imr:hasDiagnosis"), node
        yield from _diagnosis(node, diagnosis)
    for issue in decision.issues:
        yield me, _term("imr:hasIssue"), iri(issue_iri(decision.id, issue.n, base))
        yield from _issue(decision, issue, base)


def _diagnosis(node: str, diagnosis: Diagnosis) -> Iterator[Triple]:
    yield node, _term("rdfs:label"), string(diagnosis.text)
    yield node, _term("imr:condition"), _concept("diagnosis", diagnosis.concept)
    if diagnosis.body_part:
        yield node, _term("imr:bodyPart"), _concept("body-part", diagnosis.body_part)
    if diagnosis.laterality:
        yield node, _term("imr:laterality"), _concept("laterality", diagnosis.laterality)
    if diagnosis.status != "present":
        yield node, _term("imr:assertionStatus"), _concept("status", slug(diagnosis.status))


def _issue(decision: Decision, issue: Issue, base: str) -> Iterator[Triple]:
    path = issue_iri(decision.id, issue.n, base)
    me = iri(path)
    yield me, _term("rdf:type"), _term("imr:DisputedIssue")
    yield me, _term("imr:issueNumber"), number(issue.n)
    yield me, _term("dcterms:title"), string(issue.request)
    yield me, _term("imr:outcome"), _concept("outcome", slug(issue.outcome))
    start, end = issue.request_span
    place = f"{source_iri(decision.text_sha256, base)}#char={start},{end}"
    yield me, _term("prov:wasQuotedFrom"), iri(place)
    if issue.service:
        yield me, _term("imr:service"), _concept("service", issue.service)
    for drug in issue.drug_concepts:
        yield me, _term("imr:drug"), _concept("drug", drug)
    for part in issue.body_parts:
        yield me, _term("imr:bodyPart"), _concept("body-part", part)
    if issue.laterality:
        yield me, _term("imr:laterality"), _concept("laterality", issue.laterality)
    if issue.retrospective:
        yield me, _term("imr:retrospective"), true()
    if issue.date_of_service:
        yield me, _term("imr:dateOfService"), date(issue.date_of_service)
    if issue.acquisition:
        yield me, _term("imr:acquisition"), string(issue.acquisition)
    for ground in issue.grounds:
        yield me, _term("imr:ground"), _concept("ground", ground.notation)
    for passage in issue.quoted_passages:
        yield me, _term("imr:quotes"), iri(passage_iri(passage.id, base))
    for line in issue.guideline_lines:
        if line.cites_nothing:
            yield me, _term("imr:citesNothing"), _concept("party", slug(line.party))
    yield from _requests(path, issue)
    yield from _citations(path, issue, base)


def _requests(path: str, issue: Issue) -> Iterator[Triple]:
    """The requests of the heading: the original, and where it was split, the authorized and the remaining part."""
    texts = {
        "original": (issue.original_request, issue.quantity),
        "authorized": (issue.authorized_request, issue.approved_quantity),
        "remaining": (issue.remaining_request, issue.remaining_quantity),
    }
    strengths = sorted({drug.strength for drug in issue.drugs if drug.strength})
    for kind, (text, quantity) in texts.items():
        original = kind == "original"
        if text is None and quantity is None and not (original and (strengths or issue.schedule)):
            continue
        node = iri(f"{path}/request/{kind}")
        yield iri(path), _term(f"imr:{kind}Request"), node
        if text is not None:
            yield node, _term("dcterms:title"), string(text)
        if quantity is not None:
            yield node, _term("imr:quantity"), number(quantity)
            if issue.unit:
                yield node, _term("imr:unit"), string(issue.unit)
        if original:
            for strength in strengths:
                yield node, _term("imr:strength"), string(strength)
            if issue.schedule:
                yield from _schedule(node, issue.schedule)


def _schedule(node: str, schedule: Schedule) -> Iterator[Triple]:
    if schedule.times is not None and schedule.per:
        yield node, _term("imr:times"), number(schedule.times)
        yield node, _term("imr:per"), string(schedule.per)
    if schedule.duration is not None and schedule.duration_unit:
        yield node, _term("imr:duration"), number(schedule.duration)
        yield node, _term("imr:durationUnit"), string(schedule.duration_unit)


def _citations(path: str, issue: Issue, base: str) -> Iterator[Triple]:
    counts: dict[str, int] = {}
    for citation in issue.citations:
        party = slug(citation.cited_by)
        counts[party] = counts.get(party, 0) + 1
        node = iri(f"{path}/citation/{party}/{counts[party]}")
        yield node, _term("cito:hasCitingEntity"), iri(path)
        yield node, _term("cito:hasCitedEntity"), iri(_cited(citation, base))
        yield node, _term("imr:citingParty"), _concept("party", party)
        if citation.pages:
            yield node, _term("schema:pagination"), string(citation.pages)
        if citation.year and not (citation.guideline or "").endswith(f"-{citation.year}"):
            yield node, _term("dcterms:issued"), year(citation.year)


def _cited(citation: Citation, base: str) -> str:
    """The section where one is named, else the document; the linked concept, else a node of the letter's words."""
    if citation.guideline_section:
        return concept_iri("guideline", citation.guideline_section)
    section = citation.section or citation.chapter
    if citation.guideline:
        if section:
            return cited_iri(citation.guideline, section, base)
        return concept_iri("guideline", citation.guideline)
    return cited_iri(slug(citation.document) or "unnamed", section, base)


def _shared(decision: Decision, base: str) -> Iterator[Triple]:
    for issue in decision.issues:
        for citation in issue.citations:
            yield from _cited_facts(citation, base)
        for passage in issue.quoted_passages:
            yield from _passage(passage, issue, base)


def _cited_facts(citation: Citation, base: str) -> Iterator[Triple]:
    """The facts of a cited document or section that no vocabulary knows."""
    section = citation.section or citation.chapter
    document = slug(citation.document) or "unnamed"
    above = concept_iri("guideline", citation.guideline) if citation.guideline else cited_iri(document, base=base)
    if not citation.guideline:
        yield iri(above), _term("rdf:type"), _term("imr:Guideline")
        yield iri(above), _term("skos:prefLabel"), _label(document)
    if section and not citation.guideline_section:
        node = iri(_cited(citation, base))
        yield node, _term("rdf:type"), _term("imr:GuidelineSection")
        yield node, _term("skos:prefLabel"), _label(section)
        yield node, _term("skos:broader"), iri(above)


def _passage(passage: QuotedPassage, issue: Issue, base: str) -> Iterator[Triple]:
    """The passage's words, and the guideline that the rationale attributes them to, as the issue cites it."""
    node = iri(passage_iri(passage.id, base))
    yield node, _term("rdf:type"), _term("imr:GuidelinePassage")
    yield node, _term("schema:text"), string(passage.text)
    for citation in issue.citations:
        if (citation.document, citation.section) == (passage.document, passage.section):
            yield node, _term("dcterms:isPartOf"), iri(_cited(citation, base))
            return
