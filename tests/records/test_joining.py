"""4101 and 4101A of one case: joined by identity, filled, differences said, both files written back."""

import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import records
from records import Batch, CaseRows, DeleteRow, Edit, InsertRow, OrderRows, SetCell, edited, fields_of
from records.comparing import differences
from records.joining import joined
from records.writing import message_files
from tests.records import making

Files = list[Path]


def files_of(folder: Path, first: list[Any], second: list[Any]) -> Files:
    """A file of 4101 messages and one of 4101A messages."""
    return [
        making.put(folder, "a.jsonl", making.lines(first)),
        making.put(folder, "b.jsonl", making.lines(second)),
    ]


def both(folder: Path, *, problems: tuple[str, ...] = (), **second: Any) -> tuple[Files, Batch]:
    """One case in both layouts."""
    paths = files_of(folder, [making.envelope()], [making.second_layout(**second)])
    return paths, making.batch_of(records.read(paths), problems=problems)


def written(paths: Files, base: Batch, edits: list[Edit]) -> tuple[Batch, list[Any]]:
    """The edited batch and the messages that are written for it, one a file."""
    after = edited(base, edits, fields_of(base))
    problems: list[records.Problem] = []
    now = {case: CaseRows(after, case) for case in range(len(base))}
    out = list(message_files(base, now, lambda source: Path(source.path).read_bytes(), problems))
    assert not problems
    assert [file.path for file in out] == paths
    texts = [file.data for file in out]
    for path, data in zip(paths, texts, strict=True):
        path.write_bytes(data)
    return after, [json.loads(data)["input"] for data in texts]


def test_the_two_messages_are_one_case(tmp_path: Path) -> None:
    _, batch = both(tmp_path)
    assert len(batch) == 1
    assert batch.layouts == ("4101", "4101A")
    assert batch.cases.sex.to_list() == ["2"]
    assert batch.cases.person_no.to_list() == ["11000000000000000000350127"]
    assert batch.diagnoses.code.to_list()[1:] == ["K80.101", "I10.x00x002", "E11.900"]
    assert batch.procedures.anaesthesia.present.all()
    assert not np.isnat(batch.procedures.ended_at).any()
    assert batch.origins.case.tolist() == [0, 0]


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    paths, batch = both(tmp_path)
    turned = making.batch_of(records.read(paths[::-1]))
    assert differences(batch, turned) == () or set(differences(batch, turned)) <= {"procedures.performed_at"}
    assert len(turned) == 1


def test_what_differs_is_said_and_the_first_value_stays(tmp_path: Path) -> None:
    paths = files_of(tmp_path, [making.envelope()], [making.second_layout(dscg_way="5")])
    result = records.read(paths)
    batch = making.batch_of(result, problems=["join_conflict"])
    assert batch.cases.discharge_way.to_list() == ["1"]
    assert "cases.discharge_way" in making.said(result)[0]
    assert not result.partly


def test_what_is_missing_is_filled_with_its_raw_text(tmp_path: Path) -> None:
    first = making.envelope(adm_time="", act_ipt_days="")
    paths = files_of(tmp_path, [first], [making.second_layout(adm_time="2026/3/2 9:20")])
    batch = making.batch_of(records.read(paths))
    assert str(batch.cases.admitted_at[0]) == "2026-03-02T09:20:00"
    assert batch.cases.raw["admitted_at"].text_at(0) == "2026/3/2 9:20"


def test_a_text_that_could_not_be_understood_is_no_gap(tmp_path: Path) -> None:
    paths = files_of(tmp_path, [making.envelope(adm_time="昨天")], [making.second_layout()])
    batch = making.batch_of(records.read(paths), problems=["join_conflict"])
    assert np.isnat(batch.cases.admitted_at[0])
    assert batch.cases.raw["admitted_at"].text_at(0) == "昨天"


def test_cases_without_a_partner_stand_beside_each_other(tmp_path: Path) -> None:
    paths = files_of(
        tmp_path,
        [making.envelope(1), making.envelope(2)],
        [making.second_layout(3), making.second_layout(2), making.second_layout(4)],
    )
    batch = making.batch_of(records.read(paths))
    assert batch.cases.settlement_id.to_list() == ["S00000001", "S00000002", "S00000003", "S00000004"]
    assert batch.origins.case.tolist() == [0, 1, 2, 1, 3]
    assert batch.cases.person_no.missing.tolist() == [True, False, False, False]
    assert batch.count(batch.diagnoses).tolist() == [4, 4, 4, 4]
    assert len(set(batch.diagnoses.row_id.tolist())) == batch.diagnoses.rows


@pytest.mark.parametrize("side", ["first", "second"])
def test_an_identity_that_stands_twice_is_never_merged(tmp_path: Path, side: str) -> None:
    twice = [1, 1] if side == "first" else [1]
    other = [1] if side == "first" else [1, 1]
    paths = files_of(
        tmp_path, [making.envelope(at) for at in twice], [making.second_layout(at) for at in other]
    )
    batch = making.batch_of(records.read(paths))
    assert len(batch) == 3


def test_two_of_one_layout_are_two_cases(tmp_path: Path) -> None:
    paths = files_of(tmp_path, [making.envelope()], [making.envelope()])
    assert len(making.batch_of(records.read(paths))) == 2


def test_discharge_diagnoses_of_the_second_are_not_hidden_by_out_patient_ones_of_the_first(
    tmp_path: Path,
) -> None:
    paths = files_of(tmp_path, [making.envelope(diseinfo=[])], [making.second_layout()])
    batch = making.batch_of(records.read(paths))
    assert batch.diagnoses.role.to_list() == ["outpatient", *["discharge"] * 3]


def test_rows_that_do_not_match_are_a_difference(tmp_path: Path) -> None:
    other = making.second_layout()
    other["input"]["diseinfo"].reverse()
    paths = files_of(tmp_path, [making.envelope()], [other])
    batch = making.batch_of(records.read(paths), problems=["join_conflict"])
    assert batch.diagnoses.code.to_list()[1:] == ["K80.101", "I10.x00x002", "E11.900"]


# Writing back


def test_nothing_changes_where_nothing_changed(tmp_path: Path) -> None:
    paths, base = both(tmp_path)
    before = [path.read_bytes() for path in paths]
    written(paths, base, [])
    assert [path.read_bytes() for path in paths] == before


def test_a_shared_field_changes_in_both_and_another_in_its_own(tmp_path: Path) -> None:
    paths, base = both(tmp_path)
    edits: list[Edit] = [
        SetCell("cases", 0, "discharge_way", "5"),
        SetCell("cases", 0, "person_no", "P2"),
        SetCell("cases", 0, "sex", "1"),
    ]
    after, (one, two) = written(paths, base, edits)
    assert (one["setlinfo"]["dscg_way"], two["setlinfo"]["dscg_way"]) == ("5", "5")
    assert two["setlinfo"]["psn_no"] == "P2"
    assert one["setlinfo"]["gend"] == "1"
    assert "psn_no" not in one["setlinfo"]
    assert "gend" not in two["setlinfo"]
    assert differences(after, making.batch_of(records.read(paths))) == ()


def test_the_second_message_gets_no_field_that_it_did_not_have(tmp_path: Path) -> None:
    other = making.second_layout()
    del other["input"]["setlinfo"]["dscg_way"]
    paths = files_of(tmp_path, [making.envelope()], [other])
    base = making.batch_of(records.read(paths))
    _, (one, two) = written(paths, base, [SetCell("cases", 0, "discharge_way", "5")])
    assert one["setlinfo"]["dscg_way"] == "5"
    assert "dscg_way" not in two["setlinfo"]


def rows_of(batch: Batch, *codes: str) -> list[int]:
    """The row ids of the diagnoses with these codes, discharge ones."""
    table = batch.diagnoses
    return [int(table.row_id[(table.code.is_(code) & table.role.is_("discharge"))][0]) for code in codes]


def test_rows_are_set_ordered_deleted_and_added_in_both(tmp_path: Path) -> None:
    paths, base = both(tmp_path)
    first, second, third = rows_of(base, "K80.101", "I10.x00x002", "E11.900")
    edits: list[Edit] = [
        SetCell("diagnoses", third, "name", "糖尿病"),
        DeleteRow("diagnoses", second),
        OrderRows("diagnoses", 0, (third, first)),
        InsertRow("diagnoses", 0, -1, 9, (("code", "J18.900"), ("name", "肺炎"), ("kind", "1"))),
    ]
    after, messages = written(paths, base, edits)
    for message in messages:
        assert [row["diag_code"] for row in message["diseinfo"]] == ["E11.900", "K80.101", "J18.900"]
        assert message["diseinfo"][0]["diag_name"] == "糖尿病"
    assert differences(after, making.batch_of(records.read(paths))) == ()


def test_a_list_that_differs_is_changed_in_its_own_message_only(tmp_path: Path) -> None:
    other = making.second_layout()
    other["input"]["diseinfo"].reverse()
    paths = files_of(tmp_path, [making.envelope()], [other])
    base = making.batch_of(records.read(paths), problems=["join_conflict"])
    (first,) = rows_of(base, "K80.101")
    _, (one, two) = written(paths, base, [SetCell("diagnoses", first, "name", "x")])
    assert one["diseinfo"][0]["diag_name"] == "x"
    assert two["diseinfo"] == other["input"]["diseinfo"]


def test_a_new_row_joins_the_rows_that_only_the_second_has(tmp_path: Path) -> None:
    stay = {"scs_cutd_ward_type": "1", "scs_cutd_inpool_time": "2026-03-04 10:00:00"}
    other = making.second_layout()
    other["input"]["icuinfo"] = [stay]
    paths = files_of(tmp_path, [making.envelope()], [other])
    base = making.batch_of(records.read(paths))
    after, (one, two) = written(paths, base, [InsertRow("icu_stays", 0, -1, 1, (("ward_type", "2"),))])
    assert one["icuinfo"] == []
    assert [row["scs_cutd_ward_type"] for row in two["icuinfo"]] == ["1", "2"]
    assert differences(after, making.batch_of(records.read(paths))) == ()


def test_a_transfusion_stands_in_fields_in_one_and_in_a_list_in_the_other(tmp_path: Path) -> None:
    first = making.envelope(bld_cat="1", bld_amt=2, bld_unt="U")
    other = making.second_layout()
    other["input"]["bldinfo"] = [{"bld_cat": "1", "bld_amt": 2, "bld_unt": "U"}]
    paths = files_of(tmp_path, [first], [other])
    base = making.batch_of(records.read(paths))
    assert base.transfusions.rows == 1
    after, (one, two) = written(paths, base, [SetCell("transfusions", 0, "amount", "3")])
    assert one["setlinfo"]["bld_amt"] == 3
    assert two["bldinfo"][0]["bld_amt"] == 3
    assert differences(after, making.batch_of(records.read(paths))) == ()


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from((0, 99)))
def test_joined_cases_edited_written_and_read_are_the_edited_ones(
    tmp_path_factory: Any, seed: int, few: int
) -> None:
    style = Random(seed)
    folder = tmp_path_factory.mktemp("joined")
    numbers = list(range(1, style.randint(2, 4)))
    paths = files_of(
        folder, [making.envelope(at) for at in numbers], [making.second_layout(at) for at in numbers[::-1]]
    )
    base = making.batch_of(records.read(paths))
    edits: list[Edit] = []
    for at in range(style.randint(1, 6)):
        table = style.choice(("cases", "diagnoses", "procedures"))
        row = style.randrange(base.table(table).rows)
        row_id = int(base.table(table).row_id[row])
        if table == "cases":
            column = style.choice(("discharge_way", "person_no", "sex", "admitted_at", "nursing_days_level1"))
            edits.append(SetCell(table, row_id, column, style.choice(("5", "2026-03-01 10:00:00", None))))
        elif style.random() < 0.5:
            edits.append(
                SetCell(table, row_id, style.choice(("code", "name")), style.choice(("I10.x00", "新")))
            )
        else:
            case_id = int(base.table(table).case[row])
            values = (("code", f"J18.90{at}"), ("name", "新"))
            edits.append(InsertRow(table, case_id, -1 - at, style.randint(0, 4), values))
    after = edited(base, edits, fields_of(base))
    now = {case: CaseRows(after, case) for case in range(len(base))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("records.changes.FEW", few)
        for file in message_files(base, now, lambda source: Path(source.path).read_bytes(), []):
            file.path.write_bytes(file.data)
    assert differences(after, making.batch_of(records.read(paths))) == ()


def test_many_are_joined_at_once() -> None:
    """The work grows with the rows, not with their square; row ids stay different."""
    messages = [making.envelope(at) for at in range(300)]
    others = [making.second_layout(at) for at in reversed(range(300))]
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        batch = making.batch_of(records.read(files_of(Path(folder), messages, others)))
    assert len(batch) == 300
    assert batch.diagnoses.rows == 1200
    assert joined([batch], []) is batch
