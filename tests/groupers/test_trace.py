"""The trace is the evaluation: same answer, same reason, and lines a person can read."""

import numpy as np
import pytest

import groupers
from groupers.texts import table
from groupers.tracing import MdcTried


def test_trace_and_batch_agree_on_every_case(known, scheme):
    groups = groupers.group(known.given, scheme)
    for case in range(len(groups)):
        trace = groupers.explain(known.given, scheme, case)
        assert trace.outcome == groups.outcome_of(case)
        assert trace.groups.reason[0] == groups.reason[case]
        assert trace.groups.note[0] == groups.note[case]
        assert trace.groups.cc_level[0] == groups.cc_level[case]
        ends_in_a_group = trace.accepted is not None and trace.accepted.splits[-1].held
        by_rule = not isinstance(trace.path[-1], MdcTried) and trace.path[-1].held
        assert ends_in_a_group or by_rule or trace.exhausted


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_path_can_be_told(known, scheme, language, full):
    groups = groupers.group(known.given, scheme)
    _, first = np.unique(np.stack([groups.outcome, groups.reason]), axis=1, return_index=True)
    for case in first.tolist():
        lines = groupers.explain(known.given, scheme, case).lines(language, full=full)
        assert groups.drg.to_list()[case] in lines[-1] + lines[-2]
        assert not any("{" in line for line in lines)


def test_it_names_rule_list_code_comorbidity_and_their_rows(drg_20, library):
    tables = library.scheme("chs-drg-2.0")
    rows = [
        row_of(tables.mdc_principal, mdc="MDCI", dx="M70.600x001"),
        row_of(tables.mdc, mdc="MDCI"),
        row_of(tables.adrg_member, adrg="IE5", slot="proc", code="79.4202"),
        row_of(tables.adrg, adrg="IE5"),
        row_of(tables.exclusion, dx="M70.600x001"),
        row_of(tables.comorbidity, dx="C63.201"),
    ]
    given = groupers.GroupingInput.of(
        [{"dx": ["M70.600x001", "M70.600x001", "C63.201"], "proc": ["79.4202"], "age": 63, "sex": 2}]
    )
    names = {"C63.201": "阴囊皮肤恶性肿瘤"}
    lines = groupers.explain(given, drg_20).lines(dx_name=lambda code: names.get(code, ""))
    assert lines == [
        "主要诊断 M70.600x001；主要手术操作 79.4202；年龄 63 岁，日龄 23010 天，体重 不详，性别 女",
        f"进入 MDCI 骨骼、肌肉疾病及功能障碍：主要诊断 M70.600x001 在 MDCI 主诊表（表 mdc_principal 第 {rows[0]} 行）",
        f"  依据 表 mdc 第 {rows[1]} 行：principal_in(mdc)",
        f"  IE5 上肢骨手术：符合，主要手术操作 79.4202 在 IE5 的 proc 表（表 adrg_member 第 {rows[2]} 行）",
        f"    依据 表 adrg 第 {rows[3]} 行：principal_proc_in(proc)",
        (
            "    M70.600x001 属 MCC，与主要诊断 M70.600x001 同在排除表 133，不计"
            f"（表 exclusion 第 {rows[4]} 行）"
        ),
        f"    C63.201 阴囊皮肤恶性肿瘤 计为 CC（表 comorbidity 第 {rows[5]} 行）",
        "    IE59 上肢骨手术：符合（不分）",
        "结果：MDCI / IE5 / IE59 上肢骨手术",
    ]


def row_of(table, **values):
    """The row of a compiled table as people count, its header being row 1."""
    rows = table.to_pylist()
    return next(
        number
        for number, row in enumerate(rows, start=2)
        if all(row[name] == value for name, value in values.items())
    )


def test_in_full_it_also_tells_what_did_not_hold(drg_20):
    given = groupers.GroupingInput.of([{"dx": ["I63.900"], "proc": [], "age": 70, "sex": 1}])
    lines = groupers.explain(given, drg_20).lines("en", full=True)
    assert any("does not enter MDCP" in line for line in lines)
    assert any("BB1" in line and "does not accept" in line for line in lines)


@pytest.mark.parametrize("name", ["messages", "reasons", "trace"])
def test_every_text_exists_in_both_languages(name):
    for key, row in table(name).items():
        assert set(row) == {"key", "zh", "en"}, key
        assert row["zh"], key
        assert row["en"], key


def test_every_reason_of_the_shipped_schemes_has_words(library):
    steps = library.table("sources/schemes/steps").to_pylist()
    assert {row["reason"] for row in steps if row["reason"]} <= set(table("reasons"))


def test_a_workbook_is_cited_by_sheet_row_and_formula(drg_30):
    given = groupers.GroupingInput.of(
        [{"dx": ["K63.800"], "proc": ["52.8000", "55.6100"], "age": 50, "sex": 1}]
    )
    formula = "(ZYSS in OP1_AC1 and {ZYSS, QTSS} in OP2_AC1) or (ZYSS in OP2_AC1 and {ZYSS, QTSS} in OP1_AC1)"
    lines = groupers.explain(given, drg_30).lines()
    assert lines[2:4] == [
        (
            "  AC1 胰/肾联合移植：符合，主要手术操作 52.8000 在 集合 OP1_AC1（集合 第 17 行），"
            "手术操作 55.6100 在 集合 OP2_AC1（集合 第 20 行）"
        ),
        f"    依据 ADRG 第 8 行：{formula}",
    ]
    assert f"    rule in ADRG, row 8: {formula}" in groupers.explain(given, drg_30).lines("en")


def test_a_rule_that_held_before_the_categories_is_cited_by_its_step(drg_20):
    given = groupers.GroupingInput.of([{"dx": ["K63.800"], "age": 50, "sex": 1}])
    lines = groupers.explain(given, drg_20).lines()
    assert "  依据 步骤 30：principal_in(dx_grey)" in lines


def test_every_rule_of_every_scheme_has_a_place(library_30):
    for name in library_30.schemes():
        scheme = groupers.load_scheme(library_30, name)
        literal = set(library_30.scheme(name).adrg.column("adrg").to_pylist())
        for mdc in scheme.mdcs:
            assert scheme.sources.group("mdc", mdc.code) is not None
            for rule in mdc.rules:
                assert (scheme.sources.group("adrg", rule.code) is not None) == (rule.code in literal)


def test_an_unknown_weight_is_shown_as_such(drg_30):
    given = groupers.GroupingInput.of([{"dx": ["P07.300"], "age": 0, "age_days": 3}])
    lines = groupers.explain(given, drg_30).lines(full=True)
    assert any("PS1" in line and "体重 不详（要求 < 1000 g）" in line for line in lines)
