"""Reading: kinds told apart by content, progress and cancel, sources and what was read of them."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import records
from records import Cancelled
from records.comparing import differences
from tests.records import making


def test_sources_say_where_and_how(tmp_path: Path) -> None:
    text = making.lines([making.envelope(1), making.second_layout(1)])
    path = making.put(tmp_path, "a.jsonl", text.encode("gb18030"))
    batch = making.batch_of(records.read([str(path)]))
    assert [(s.path, s.layout, s.encoding, s.shape, s.member) for s in batch.sources] == [
        (str(path), "4101", "gb18030", "messages", ""),
        (str(path), "4101A", "gb18030", "messages", ""),
    ]
    assert {source.sha256 for source in batch.sources} == {hashlib.sha256(path.read_bytes()).hexdigest()}
    assert batch.library is not None


def test_a_message_file_is_told_by_its_content(tmp_path: Path) -> None:
    for name in ("a.txt", "b", "c.dat", "d.csv"):
        batch = making.batch_of(records.read([making.put(tmp_path, name, json.dumps(making.envelope()))]))
        assert len(batch) == 1


def test_progress_counts_records_and_may_stop(tmp_path: Path) -> None:
    paths = [making.put(tmp_path, f"{at}.json", making.lines([making.envelope(at)] * 3)) for at in (1, 2)]
    seen: list[tuple[int, str]] = []

    def watch(count: int, file: str) -> bool:
        seen.append((count, file))
        return True

    records.read(paths, progress=watch)
    assert seen == [(3, "1.json"), (6, "2.json")]
    with pytest.raises(Cancelled):
        records.read(paths, progress=lambda count, file: count < 3)


def test_nothing_given() -> None:
    result = records.read([])
    assert (result.batch, result.problems, result.files, result.partly) == (None, [], 0, False)


def test_rows_of_several_nodes_stand_by_case(tmp_path: Path) -> None:
    messages = [making.envelope(at, bld_cat="1", bld_amt=2, nwb_bir_wt=2500) for at in (1, 2)]
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(messages)))
    for table in batch.tables.values():
        assert (np.diff(table.case) >= 0).all()
        assert table.row_id.tolist() == list(range(table.rows))
    assert batch.diagnoses.seq.tolist() == [0, 0, 1, 2] * 2
    assert batch.newborns.birth_weight.tolist() == [2500.0, 2500.0]
    assert batch.transfusions.unit.missing.all()


@pytest.mark.parametrize("empty", ["0", "", None, "0.00", 0])
def test_zero_for_empty_gives_no_row(tmp_path: Path, empty: object) -> None:
    message = making.envelope(nwb_bir_wt=empty, nwb_adm_wt=empty, bld_amt=empty, bld_cat="")
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(message)))
    assert batch.newborns.rows == 0
    assert batch.transfusions.rows == 0


@pytest.mark.parametrize("given", ["2500,2400", "2500，2400", " 2500 , 2400 "])
def test_a_list_in_one_field_is_several_rows(tmp_path: Path, given: str) -> None:
    message = making.second_layout(mul_nwb_bir_wt=given, mul_nwb_adm_wt="2300")
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(message)))
    assert batch.newborns.birth_weight.tolist() == [2500.0, 2400.0]
    assert batch.newborns.admission_weight.tolist()[0] == 2300.0
    assert np.isnan(batch.newborns.admission_weight[1])


def test_a_file_larger_than_a_block_reads_as_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = making.put(tmp_path, "a.jsonl", making.lines([making.envelope(at) for at in range(20)]))
    whole = making.batch_of(records.read([path]))
    monkeypatch.setattr("records.inputs.Blocks.__init__.__defaults__", (1000,))
    monkeypatch.setattr("records.inputs.SMALL", 0)
    monkeypatch.setattr("records.reading.MEGABYTE", 1 << 19)
    parts = making.batch_of(records.read([path]))
    assert differences(whole, parts) == ()
    assert whole.sources == parts.sources
    assert whole.origins.end.tolist() == parts.origins.end.tolist()
