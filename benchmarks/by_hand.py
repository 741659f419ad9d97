"""Some predicates as one would write them by hand, straight on NumPy and Arrow: the floor for the engine.

Each gives the mask of the check of the same key; the benchmark compares the counts. Not used by the program.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from records import Batch, Table

Mask = NDArray[np.bool_]


def _strings(table: Table, name: str) -> Any:  # noqa: ANN401 - an Arrow array
    text: Any = table.data[name]
    return pa.DictionaryArray.from_arrays(pa.array(text.codes, mask=text.codes < 0), text.values)


def _mask(answer: Any) -> Mask:  # noqa: ANN401 - an Arrow array
    return np.asarray(pc.fill_null(answer, False).to_numpy(zero_copy_only=False))


def _required(column: str) -> Callable[[Batch], Mask]:
    return lambda batch: np.asarray(_strings(batch.cases, column).indices.is_null())


def _too_long(table: str, column: str, limit: int) -> Callable[[Batch], Mask]:
    def function(batch: Batch) -> Mask:
        held = _strings(batch.table(table), column)
        long = pc.greater(pc.utf8_length(held.dictionary), limit)
        return _mask(long.take(held.indices))

    return function


def _outside(table: str, column: str, value_set: str) -> Callable[[Batch], Mask]:
    def function(batch: Batch) -> Mask:
        held = _strings(batch.table(table), column)
        known = list(batch.library.value_set(value_set).names)
        bad = pc.invert(pc.is_in(held.dictionary, value_set=pa.array(known)))
        odd = pc.match_substring_regex(
            held.dictionary, r"^\s|\s$|[\x00-\x1f\x7f\x{200b}\x{feff}\x{ff01}-\x{ff5e}\x{3000}]"
        )
        return _mask(pc.and_(bad, pc.invert(odd)).take(held.indices))

    return function


def _decimals(column: str) -> Callable[[Batch], Mask]:
    def function(batch: Batch) -> Mask:
        scaled = np.asarray(batch.charges.data[column]) * 100
        return np.abs(scaled - np.round(scaled)) > 1e-6 * np.maximum(1, np.abs(scaled))

    return function


BY_HAND: dict[str, Callable[[Batch], Mask]] = {
    "F001:setlinfo.prfs": _required("occupation"),
    "F001:setlinfo.psn_name": _required("patient_name"),
    "F001:setlinfo.medcasno": _required("record_no"),
    "F001:setlinfo.bill_no": _required("receipt_no"),
    "V003:setlinfo.psn_name": _too_long("cases", "patient_name", 50),
    "V003:setlinfo.medcasno": _too_long("cases", "record_no", 40),
    "V003:diseinfo.diag_code": _too_long("diagnoses", "code", 20),
    "V003:diseinfo.diag_name": _too_long("diagnoses", "name", 100),
    "V003:oprninfo.oprn_oprt_code": _too_long("procedures", "code", 30),
    "V004:setlinfo.gend": _outside("cases", "sex", "gend"),
    "V004:setlinfo.naty": _outside("cases", "ethnicity", "naty"),
    "V004:iteminfo.med_chrgitm": _outside("charges", "category", "med_chrgitm_type"),
    "V008:iteminfo.amt": _decimals("amount"),
    "V008:iteminfo.claa_sumfee": _decimals("class_a_amount"),
    "V008:iteminfo.clab_amt": _decimals("class_b_amount"),
}
