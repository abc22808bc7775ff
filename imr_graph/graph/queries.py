"""Named queries: queries/*.rq with a ``#+`` header, run by name with checked parameters.

::

    #+ summary: Overturned issues of a service and body part
    #+ tags: [precedents]
    #+ parameters:
    #+   service: {type: service, required: false, help: a service, or a whole class of services}
    #+ columns: [case, issue, request]
    SELECT ?case ?issue ?request WHERE {
      #? VALUES ?service { UNDEF } ?item imr:service/skos:broader* ?service .
      { SELECT * WHERE { ?item imr:issueNumber ?issue } }
      ...
    }

As it stands a file runs in any SPARQL tool and filters nothing. A line after ``#?`` narrows the answer; it counts only
where its parameter has a value, which replaces ``UNDEF`` as the n3 form of a checked term, never as raw text.

``{ SELECT * WHERE { ... } }`` is the pattern in it, read as a whole and joined by hash: right for an answer from the
whole corpus, ten times faster there than to look up each row. Where a concept narrows the query, :func:`bind` takes
the ``SELECT *`` away, and only what belongs to the narrow rows is looked up; the answer is the same.

The type of a parameter is a concept scheme, ``case``, ``passage``, ``string``, ``integer``, ``date`` or ``iri``;
``default`` is used where no value is given, ``values: female male`` are all that there are. Case is ignored in these
and in case numbers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from imr_graph.errors import QueryError, UnknownItem
from imr_graph.graph.contract import GraphStore, Result
from imr_graph.graph.terms import date, iri, number, string
from imr_graph.namespaces import BASE, concept_iri, passage_iri, prefixes
from imr_graph.resources import data_folder
from imr_graph.vocabulary import Scheme, Vocabulary

# #+   service: {type: service, required: false, default: mri, help: a service, or a class}
_PARAMETER = re.compile(
    r"(?P<name>\w+): \{type: (?P<type>[\w-]+), required: (?P<required>true|false), "
    r"(?:default: (?P<default>[^,]+), )?(?:values: (?P<values>[^,]+), )?help: (?P<help>.+)\}"
)
_SCAN = "{ SELECT * WHERE {"
_BROAD = ("outcome", "party")  # schemes whose concepts leave much of the corpus
# An IRI as far as it may stand between < and >
_IRI = re.compile(r'[A-Za-z][\w+.-]*:[^\s<>"{}|\\^`]+')


@dataclass(frozen=True)
class Parameter:
    """One parameter of a named query; ``type`` says how its value is read, ``values`` (if any) what it may be."""

    name: str
    type: str
    required: bool
    help: str
    default: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamedQuery:
    """One file of queries/: ``name`` is its stem, ``columns`` what the answer has, ``text`` the plain SPARQL."""

    name: str
    summary: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    text: str


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.strip("[] ").split(",") if part.strip())


def parse_query(name: str, text: str) -> NamedQuery:
    """A named query of its file's text. :class:`QueryError` where the header is not as it should be."""
    header: dict[str, str] = {}
    parameters: list[Parameter] = []
    for line in text.splitlines():
        if not line.startswith("#+"):
            break
        entry = line[2:].strip()
        if line.startswith("#+   "):
            match = _PARAMETER.fullmatch(entry)
            if match is None:
                raise QueryError(f"{name}.rq: cannot read the parameter {entry!r}", remedy="see queries/precedents.rq")
            values = tuple((match["values"] or "").split())
            required = match["required"] == "true"
            parameters.append(
                Parameter(match["name"], match["type"], required, match["help"], match["default"], values)
            )
        else:
            key, _, value = entry.partition(":")
            header[key] = value.strip()
    if missing := {"summary", "tags", "columns"} - header.keys():
        raise QueryError(
            f"{name}.rq: the header lacks {', '.join(sorted(missing))}", remedy="see queries/precedents.rq"
        )
    return NamedQuery(
        name, header["summary"], _listed(header["tags"]), tuple(parameters), _listed(header["columns"]), text
    )


@cache
def load_queries(folder: Path | None = None) -> Mapping[str, NamedQuery]:
    """All named queries of ``folder`` (default: the packaged queries/), by name."""
    files = sorted((folder or data_folder("queries")).glob("*.rq"))
    return {path.stem: parse_query(path.stem, path.read_text(encoding="utf-8")) for path in files}


def find_query(name: str) -> NamedQuery:
    """The packaged query called ``name``, or :class:`UnknownItem` with what it may have meant."""
    queries = load_queries()
    if name in queries:
        return queries[name]
    near = get_close_matches(name, queries, n=3, cutoff=0.4) or list(queries)
    raise UnknownItem(f"no query {name!r}", remedy=f"one of: {', '.join(near)}; imr-graph query lists all")


def bind(query: NamedQuery, values: Mapping[str, str], vocabulary: Vocabulary, base: str = BASE) -> str:
    """The SPARQL text with ``values`` put in; a concept may be given as notation, label, CURIE or IRI.

    Raises :class:`QueryError` for a parameter that the query does not have, one that it needs, and a value of the
    wrong type or none of those that there are; :class:`UnknownItem` for a concept that is not in the vocabulary.
    """
    names = [parameter.name for parameter in query.parameters]
    for name in values:
        if name not in names:
            known = f"its parameters: {', '.join(names)}" if names else "it has none"
            raise QueryError(f"the query {query.name} has no parameter {name!r}", remedy=known)
    text, narrow = query.text, False
    for parameter in query.parameters:
        value = values.get(parameter.name, parameter.default)
        if value is None:
            if parameter.required:
                raise QueryError(
                    f"the query {query.name} needs {parameter.name}",
                    remedy=f"-p {parameter.name}=... ({parameter.help})",
                )
            continue
        place = f"VALUES ?{parameter.name} {{ UNDEF }}"
        text = text.replace(f"#? {place}", place)
        text = text.replace(place, f"VALUES ?{parameter.name} {{ {_term(parameter, value, vocabulary, base)} }}")
        narrow |= parameter.type in vocabulary.schemes and parameter.type not in _BROAD
    return text.replace(_SCAN, "{ {") if narrow else text


def run_named(
    store: GraphStore, name: str, values: Mapping[str, str], vocabulary: Vocabulary, base: str = BASE
) -> Result:
    """Run a packaged query by name; see :func:`bind` for values and errors."""
    return store.run(bind(find_query(name), values, vocabulary, base))


def _term(parameter: Parameter, value: str, vocabulary: Vocabulary, base: str) -> str:
    kind, value = parameter.type, _allowed(parameter, value)
    if kind in vocabulary.schemes:
        return iri(concept_iri(kind, _notation(value, vocabulary[kind], vocabulary)))
    try:
        if kind == "integer":
            return number(int(value))
        if kind == "date":
            return date(dt.date.fromisoformat(value))
    except ValueError:
        example = "2015-06-30" if kind == "date" else "2015"
        raise QueryError(f"{parameter.name}={value!r} is no {kind}", remedy=f"for example {example}") from None
    if kind == "passage":
        return _checked_iri(parameter, value if ":" in value else passage_iri(value, base))
    if kind == "iri":
        return _checked_iri(parameter, value)
    if kind == "case":  # CM17-0008519, h-0123456789abcdef
        return " ".join(map(string, dict.fromkeys((value, value.upper(), value.lower()))))
    if kind == "string":
        return string(value)
    raise QueryError(f"the parameter {parameter.name} has the unknown type {kind}", remedy="mend the header")


def _allowed(parameter: Parameter, value: str) -> str:
    """``value`` as the query spells it, where the query says what there is."""
    found = [one for one in parameter.values if one.lower() == value.lower()]
    if parameter.values and not found:
        raise QueryError(f"there is no {parameter.name} {value!r}", remedy=f"one of: {', '.join(parameter.values)}")
    return found[0] if found else value


def _checked_iri(parameter: Parameter, value: str) -> str:
    prefix, _, rest = value.strip("<>").partition(":")
    full = prefixes().get(prefix, f"{prefix}:") + rest
    if not _IRI.fullmatch(full):
        raise QueryError(f"{parameter.name}={value!r} is no IRI", remedy="write <http://...> or prefix:name")
    return iri(full)


def _notation(value: str, scheme: Scheme, vocabulary: Vocabulary) -> str:
    """The notation of a concept given as notation, CURIE, IRI or label."""
    plain = unquote(value.strip("<>").removeprefix(prefixes()[scheme.name]).removeprefix(f"{scheme.name}:"))
    if plain in scheme:
        return plain
    found = sorted({match.concept.notation for match in vocabulary.lookup(value, scheme.name)})
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownItem(f"{value!r} may be several of {scheme.name}", remedy=f"one of: {', '.join(found)}")
    near = get_close_matches(plain.lower().replace(" ", "-"), scheme.concepts, n=3)
    hint = f"did you mean {', '.join(near)}?" if near else f"see imr-graph vocab list --scheme {scheme.name}"
    raise UnknownItem(f"no concept {value!r} in the scheme {scheme.name}", remedy=hint)
