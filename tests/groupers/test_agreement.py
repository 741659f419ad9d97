"""Every case with a known answer gets it. This never skips: cases and schemes are in the repository."""

import groupers
import records
from tests.groupers.conftest import DATA, FILES, answers


def test_every_case_agrees(known, scheme):
    got = answers(groupers.group(known.given, scheme))
    wrong = [row for row in zip(known.ids, known.answers, got, strict=True) if row[1] != row[2]]
    assert wrong == []


def test_nothing_is_left_out(known):
    assert len(known.answers) == {"chs-drg-2.0": 600, "chs-drg-1.1": 3000}.get(known.scheme, 1000)


def test_every_shipped_scheme_has_known_cases(library):
    assert set(FILES) == set(library.schemes())


def test_kind_follows_the_answer(known, scheme):
    groups = groupers.group(known.given, scheme)
    for (_, adrg, drg), kind in zip(known.answers, groups.kind, strict=True):
        expected = groupers.Kind.GROUPED
        if drg == "0000":
            expected = groupers.Kind.UNGROUPED
        elif adrg == "QY":
            expected = groupers.Kind.AMBIGUOUS
        assert kind == expected


def test_every_case_without_a_group_says_why(known, scheme):
    groups = groupers.group(known.given, scheme)
    grouped = groups.kind == groupers.Kind.GROUPED
    assert all(bool(key) != bool(at) for key, at in zip(groups.reason_keys().to_list(), grouped, strict=True))
    for language in ("zh", "en"):
        assert all(
            bool(text) != bool(at) for text, at in zip(groups.words(language).to_list(), grouped, strict=True)
        )


def test_every_case_agrees_when_read_as_a_file(known, scheme):
    """The way of the command line: file, batch, groups, in input order."""
    batch = records.read([DATA / FILES[known.scheme]]).batch
    assert batch is not None
    assert answers(groupers.group(batch, scheme)) == known.answers
    attached = groupers.attach(batch, scheme).columns["drg"]
    assert isinstance(attached, records.Text)
    assert attached.to_list() == [drg for _, _, drg in known.answers]
