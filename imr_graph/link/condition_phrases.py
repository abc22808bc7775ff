"""From items of the dictionary to phrases: which parts and sides belong to which condition.

A run of items without foreign words between them is a segment; segments are joined by commas and "and" to chains.
Within a segment a condition takes the part before it ("left knee contusion") or behind it ("contusion of the
left knee"); within a chain parts and conditions are shared: "contusion of face, scalp and neck", "cervical and
lumbar spine strain", "tendinitis and bursitis of the shoulder", "dislocation, shoulder".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from imr_graph.link.condition_lexicon import JOINTS, Entry, Item, Kind

# An unknown word or a mark between two items; blanks, hyphens and slashes do not count
_FOREIGN = re.compile(r"[^\W_]|[.?!]")
# An adjective between a part and its condition, where the dictionary has none: "knee tricompartmental arthritis"
_ADJECTIVE = re.compile(r"\s+(?:[a-z]+-)?[a-z]{4,}(?:al|ar|[ao]ry|ic|ive|oid|ous)\s+", re.IGNORECASE)
_BEFORE_ADJECTIVE = (Kind.PART, Kind.SIDE, Kind.FILLER)
_AFTER_ADJECTIVE = (Kind.CONDITION, Kind.PART, Kind.FILLER)


_APART = (Kind.WEAK, Kind.WITH)  # what stands behind these adds to a condition: it is no further member of a list


@dataclass(slots=True)
class Phrase:
    """One condition as said: its head, the parts and the side stated for it, and the words that say it.

    ``behind`` tells that the part stands behind the head, ``open`` that a preposition behind it still waits for a
    part ("strain of muscle and ..."), ``shared`` that the part was taken from a neighbour.
    """

    head: Item
    entry: Entry
    start: int
    end: int
    parts: list[str] = field(default_factory=list)
    side: str | None = None
    behind: bool = False
    open: bool = False
    shared: bool = False


@dataclass(slots=True)
class _Segment:
    """A run of items; ``joint`` is what ties it to the segment before, None at the head of a chain.

    ``open`` tells that words stand behind the last part or side: "right index" of "right index and ring fingers".
    """

    items: list[Item]
    joint: Kind | None
    phrases: list[Phrase] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    side: str | None = None
    open: bool = False

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def end(self) -> int:
        return self.items[-1].end


class PhraseGrammar:
    """Puts the items of one sentence together.

    ``kept`` are the fillers that stay at the head of a phrase, ``midline`` the parts that have no side,
    ``regions`` those of the spine;
    ``above(part)`` gives the parts that a part belongs to, ``takes(condition, joint)`` whether a condition may
    take the part of its neighbour, ``absorbs(condition, other)`` whether the one is said together with the other.
    """

    def __init__(
        self,
        kept: Iterable[str],
        midline: Iterable[str],
        regions: Iterable[str],
        above: Callable[[str], tuple[str, ...]],
        takes: Callable[[str, Kind], bool],
        absorbs: Callable[[str, str], bool],
    ) -> None:
        self._above = above
        self._kept = frozenset(kept)
        self._midline = frozenset(midline)
        self._regions = frozenset(regions)
        self._takes = takes
        self._absorbs = absorbs

    def phrases(self, text: str, items: list[Item]) -> list[Phrase]:
        """The conditions that the items of one sentence of ``text`` say, in order."""
        found: list[Phrase] = []
        for chain in _chains(text, items):
            for segment in chain:
                self._parse(segment)
            found.extend(each for phrase in self._coordinate(chain) for each in self._by_region(phrase))
        return sorted(found, key=lambda p: (p.head.start, p.end, p.start))

    def _by_region(self, phrase: Phrase) -> list[Phrase]:
        """One phrase for every region of the spine: "cervical/lumbar sprain"."""
        regions = [part for part in phrase.parts if part in self._regions]
        if len(regions) < 2:
            return [phrase]
        rest = [part for part in phrase.parts if part not in self._regions]
        return [replace(phrase, parts=[region, *rest]) for region in regions]

    def _parse(self, segment: _Segment) -> None:
        """Read the segment's conditions with their own parts, or its parts where it has no condition."""
        heads = self._heads(segment.items)
        if not heads:
            segment.parts, segment.side = _parts_of(segment.items)
            while len(segment.items) > 1 and self._leads(segment.items[0]):
                segment.items.pop(0)
            while len(segment.items) > 1 and not (segment.items[-1].meaning.part or segment.items[-1].meaning.side):
                segment.items.pop()
                segment.open = True
            return
        before = 0
        for n, place in enumerate(heads):
            following = heads[n + 1] if n + 1 < len(heads) else None
            stop = len(segment.items) if following is None else _divide(segment.items, place, following)
            segment.phrases.append(self._phrase(segment.items[before:stop], segment.items[place]))
            before = stop

    def _heads(self, items: list[Item]) -> list[int]:
        """The places of the conditions, without those that are a word of another's: "nonunion of ulna fracture"."""
        said = [(n, item.meaning.condition.value) for n, item in enumerate(items) if item.meaning.condition]
        return [n for n, value in said if not any(self._absorbs(other, value) for _, other in said)]

    def _phrase(self, items: list[Item], head: Item) -> Phrase:
        place = items.index(head)
        first = max((n + 1 for n in range(place) if items[n].meaning.kind is Kind.PREPOSITION), default=0)
        while first < place and self._leads(items[first]):
            first += 1
        last = max((n for n in range(place, len(items)) if items[n].meaning.kind is not Kind.FILLER), default=place)
        while last > place and items[last].meaning.kind in (Kind.PREPOSITION, Kind.FILLER):
            last -= 1
        taken = items[first : last + 1]
        parts, side = _parts_of(taken)
        behind = any(item.meaning.part for item in items[place + 1 : last + 1])
        waits = not parts and any(item.meaning.kind is Kind.PREPOSITION for item in items[place + 1 :])
        assert head.meaning.condition is not None
        return Phrase(head, head.meaning.condition, taken[0].start, taken[-1].end, parts, side, behind, waits)

    def _leads(self, item: Item) -> bool:
        """Whether the item, at the head of a phrase, is none of its words."""
        kind = item.meaning.kind
        return kind is Kind.PREPOSITION or (kind is Kind.FILLER and item.label not in self._kept)

    def _coordinate(self, chain: list[_Segment]) -> list[Phrase]:
        added: list[Phrase] = []
        n = 0
        while n < len(chain):
            run = n
            while run < len(chain) and not chain[run].phrases:
                run += 1
            if run > n:
                before = chain[n - 1] if n else None
                after = chain[run] if run < len(chain) else None
                added.extend(self._share_condition(before, chain[n:run], after))
            n = run + 1
        self._share_parts(chain)
        self._inherit_sides(chain, added)
        return [*(phrase for segment in chain for phrase in segment.phrases), *added]

    def _share_condition(self, before: _Segment | None, run: list[_Segment], after: _Segment | None) -> list[Phrase]:
        """Give parts that stand alone in a list to the condition before or behind them."""
        previous = before.phrases[-1] if before else None
        following = after.phrases[0] if after and after.joint in (Kind.COMMA, Kind.AND) else None
        for segment in run:
            adds = segment.joint is Kind.WEAK or (not segment.parts and segment.joint is not Kind.WITH)
            if following and segment is run[-1] and segment.open and not (segment.parts or following.side):
                self._anticipate([segment], following)  # "right index and ring finger fractures"
            elif previous and previous.side is None and adds:
                previous.side = segment.side  # "radiculopathy, lumbar region (left leg)", "sciatica, right side"
        named = [segment for segment in run if segment.parts and segment.joint not in _APART]
        if not named:
            return []
        if after and after.joint in _APART:
            self._head(named[-1], after.phrases)
        backward = previous is not None and self._reaches_back(previous, named[0])
        forward = following is not None and bool(following.parts) and not following.behind
        if forward and following and after and after.joint is Kind.COMMA:
            forward = self._takes(following.entry.value, Kind.AND)
        if backward and forward and after:
            forward = after.joint is Kind.AND and not any(segment.joint is Kind.AND for segment in named)
        if forward and following:
            return self._anticipate(named, following)
        return self._spread(previous, named) if backward and previous else []

    @staticmethod
    def _anticipate(run: list[_Segment], following: Phrase) -> list[Phrase]:
        """The condition ``following`` once for every part of the run before it; the same part again adds words only."""
        added = []
        for segment in run:
            if set(segment.parts) <= set(following.parts):
                following.start, following.side = min(following.start, segment.start), following.side or segment.side
            else:
                added.append(replace(following, start=segment.start, parts=segment.parts, side=segment.side))
        return added

    def _head(self, segment: _Segment, phrases: list[Phrase]) -> None:
        """Give what stands under the name of a part that part and its side: "right shoulder: tendinitis"."""
        for phrase in phrases:
            phrase.side = phrase.side or segment.side
            if not phrase.parts and self._takes(phrase.entry.value, Kind.AND):
                phrase.parts, phrase.shared = list(segment.parts), True

    def _reaches_back(self, previous: Phrase, segment: _Segment) -> bool:
        """Whether a part that stands alone belongs to the condition before it."""
        if segment.joint not in (Kind.COMMA, Kind.AND):
            return False
        if previous.behind or previous.open:
            return True
        repeats = not previous.parts or self._wider(segment.parts, previous.parts)
        return segment.joint is Kind.COMMA and repeats  # "dislocation, shoulder"; "cuff tear, left shoulder"

    def _wider(self, parts: list[str], than: list[str]) -> bool:
        return all(any(part in (other, *self._above(other)) for other in than) for part in parts)

    def _spread(self, previous: Phrase, run: list[_Segment]) -> list[Phrase]:
        """The condition ``previous`` once for every part of the run behind it; a part said again adds its side only."""
        members = [previous]
        for segment in run:
            last = members[-1]
            again = bool(last.parts) and self._wider(segment.parts, last.parts)
            if again or set(last.parts) <= set(segment.parts):
                last.parts = last.parts if again else list(segment.parts)
                for member in members:
                    member.side = member.side or segment.side
                last.end, last.behind = segment.end, True
            else:
                members.append(replace(last, end=segment.end, parts=segment.parts, side=segment.side or last.side))
        kinds = (part for part in members[-1].parts if part not in self._regions)
        structures = [part for part in kinds if self._above(part)[:1] == ("spine",)]
        for member in members[:-1]:
            member.parts = list(dict.fromkeys([*member.parts, *structures]))  # "of thoracic or lumbar vertebra"
        return members[1:]

    def _share_parts(self, chain: list[_Segment]) -> None:
        """Give conditions without a part that of their neighbour: "tendinitis and bursitis of the shoulder"."""
        saying = [segment for segment in chain if segment.phrases]
        for segment in saying:
            for first, second in pairwise(segment.phrases):  # "sprain/strain/tendinitis"
                self._share(first, second, Kind.AND)
        for segment, following in pairwise(saying):
            if following.joint is not None:
                self._share(segment.phrases[-1], following.phrases[0], following.joint)

    def _share(self, first: Phrase, second: Phrase, joint: Kind) -> None:
        if first.entry.value == second.entry.value:
            return  # "cervical disc displacement, other disc displacement" are two
        single = " " not in second.head.label
        if joint is Kind.AND and not first.parts and second.parts and second.behind:
            if self._takes(first.entry.value, joint):
                first.parts, first.side, first.end = list(second.parts), first.side or second.side, second.end
                first.shared = True
        elif first.parts and not second.parts and not second.open and self._takes(second.entry.value, joint):
            if joint is Kind.AND and first.behind and not single:
                return
            second.parts, second.side, second.shared = list(first.parts), second.side or first.side, True
            if joint in (Kind.AND, *_APART) and not first.behind and single:
                second.start = min(first.start, second.start)  # "right shoulder pain and injury"

    def _inherit_sides(self, chain: list[_Segment], added: list[Phrase]) -> None:
        """In "right hip and foot pain" and "strain of the left wrist, hand" the side holds for both."""
        said: str | None = None
        for phrase in sorted(
            [*added, *(p for s in chain for p in s.phrases)], key=lambda p: (p.head.start, p.end, -p.start)
        ):
            sharing = [other for other in added if other.head is phrase.head]
            if not sharing:
                continue
            said = next((other.side for other in sharing if other.side), said)
            if phrase.side is None and phrase.parts and not self._midline.intersection(phrase.parts) and said:
                phrase.side = said


def _chains(text: str, items: list[Item]) -> list[list[_Segment]]:
    """The segments of a sentence, tied to chains; a foreign word ends segment and chain."""
    chains: list[list[_Segment]] = []
    run: list[Item] = []
    joint: Kind | None = None
    tied = False  # whether nothing foreign stands between the last segment and here
    end: int | None = None

    def close() -> None:
        nonlocal run, joint, tied
        while run and run[-1].meaning.kind is Kind.PREPOSITION:
            run.pop()
        if any(item.meaning.condition or item.meaning.part or item.meaning.side for item in run):
            segment = _Segment(run, joint if tied else None)
            if tied and joint and chains:
                chains[-1].append(segment)
            else:
                segment.joint = None
                chains.append([segment])
            joint, tied = None, True
        run = []

    for item in items:
        kind = item.meaning.kind
        described = kind in _AFTER_ADJECTIVE and run and run[-1].meaning.kind in _BEFORE_ADJECTIVE
        if (
            end is not None
            and _FOREIGN.search(text, end, item.start)
            and not (described and _ADJECTIVE.fullmatch(text, end, item.start))
        ):
            close()
            joint, tied = None, False
        end = item.end
        if kind is None:
            close()
            joint, tied = None, False
        elif kind in JOINTS:
            close()
            joint = kind if joint is None or JOINTS.index(kind) < JOINTS.index(joint) else joint
        else:
            run.append(item)
    close()
    return chains


def _parts_of(items: list[Item]) -> tuple[list[str], str | None]:
    parts = [item.meaning.part for item in items if item.meaning.part]
    sides = {item.meaning.side for item in items if item.meaning.side}
    side = None if not sides else next(iter(sides)) if len(sides) == 1 else "bilateral"
    return list(dict.fromkeys(parts)), side


def _divide(items: list[Item], place: int, following: int) -> int:
    """Where the words between two conditions of one segment part: the index of the first that goes with the second."""
    between = items[place + 1 : following]
    if between and between[0].meaning.kind is Kind.PREPOSITION:
        return place + 1 if any(item.meaning.part for item in items[:place]) else following
    sides = [n for n, item in enumerate(between) if item.meaning.side]
    if len(sides) > 1:
        return place + 1 + sides[-1]
    return place + 1
