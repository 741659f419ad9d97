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


def test_it_names_rule_list_code_and_comorbidity(drg_20):
    given = groupers.GroupingInput.of(
        [{"dx": ["M70.600x001", "M70.600x001", "C63.201"], "proc": ["79.4202"], "age": 63, "sex": 2}]
    )
    names = {"C63.201": "阴囊皮肤恶性肿瘤"}
    lines = groupers.explain(given, drg_20).lines(dx_name=lambda code: names.get(code, ""))
    assert lines == [
        "主要诊断 M70.600x001；主要手术操作 79.4202；年龄 63 岁，日龄 23010 天，体重 不详，性别 女",
        "进入 MDCI 骨骼、肌肉疾病及功能障碍：主要诊断 M70.600x001 在 MDCI 主诊表",
        "  IE5 上肢骨手术：符合，主要手术操作 79.4202 在 IE5 的 proc 表",
        "    M70.600x001 属 MCC，与主要诊断 M70.600x001 同在排除表 133，不计",
        "    C63.201 阴囊皮肤恶性肿瘤 计为 CC",
        "    IE59 上肢骨手术：符合（不分）",
        "结果：MDCI / IE5 / IE59 上肢骨手术",
    ]


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
