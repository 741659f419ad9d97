"""The formula language of the workbook: every published rule is read, and its translation is a condition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import codebooks
from codebooks.workbook.formulas import (
    All,
    Any,
    Comparison,
    Constant,
    Count,
    Field,
    FormulaError,
    Membership,
    Variable,
    memberships,
    parse,
)
from codebooks.workbook.translation import Untranslatable, asks_levels, condition, divided, principal_sets
from groupers import conditions

RULES = "drg/chs_drg_30_rules"
DX, OTHER = frozenset({Field.PRINCIPAL_DX, Field.OTHER_DX}), frozenset({Field.OTHER_DX})
PROC, FIRST = frozenset({Field.PRINCIPAL_PROC, Field.OTHER_PROC}), frozenset({Field.PRINCIPAL_PROC})


def published():
    columns = {"mdc": "MDC规则", "adrg": "ADRG规则", "drg": "DRG规则"}
    return [
        str(row[column] or "")
        for level, column in columns.items()
        for row in codebooks.shipped().rows(f"{RULES}/{level}")
    ]


def test_every_published_rule_is_read_and_translated():
    rules = published()
    assert len(rules) == 1433
    sets = set()
    for rule in rules:
        formula = parse(rule)
        sets |= {name for name, _ in memberships(formula)}
        translated = conditions.parse(condition(formula))
        slots = {part.slot.name for part in conditions.predicates(translated) if part.slot is not None}
        assert slots - {"weight"} == {name for name, _ in memberships(formula)}
    assert len(sets) == 634
    assert len([name for name in sets if name.startswith("DI")]) == 315


@pytest.mark.parametrize(
    ("text", "formula", "translated"),
    [
        ("", Constant(value=True), ""),
        ("1", Constant(value=True), ""),
        ("ZYSS in OP_AA1", Membership(FIRST, ("OP_AA1",), negated=False), "principal_proc_in(OP_AA1)"),
        ("{ZYZD, QTZD} in DI_PS1", Membership(DX, ("DI_PS1",), negated=False), "any_dx_in(DI_PS1)"),
        ("{ZYSS,QTSS} in OP_ARB", Membership(PROC, ("OP_ARB",), negated=False), "any_proc_in(OP_ARB)"),
        (
            "QTZD in {DI_A, DI_B}",
            Membership(OTHER, ("DI_A", "DI_B"), negated=False),
            "(secondary_in(DI_A) | secondary_in(DI_B))",
        ),
        ("ZYSS not in OP_ALL", Membership(FIRST, ("OP_ALL",), negated=True), "!principal_proc_in(OP_ALL)"),
        ("XB = 1", Comparison(Variable.SEX, "=", 1), "sex==1"),
        ("XSRTZ>2499", Comparison(Variable.WEIGHT, ">", 2499), "rounded(weight)>2499"),
        ("XSRTL≤28", Comparison(Variable.AGE_DAYS, "<=", 28), "age_days<=28"),
        ("length(OP_IC2 ∩ {ZYSS, QTSS})>=2", Count("OP_IC2", PROC, ">=", 2), "distinct_proc_in(OP_IC2)>=2"),
        ("QTZD in {MCC, CC}", Membership(OTHER, ("MCC", "CC"), negated=False), "(has_mcc | has_cc)"),
    ],
)
def test_single_forms(text, formula, translated):
    assert parse(text) == formula
    assert condition(formula) == translated


def test_not_in_binds_closer_than_and_and_that_closer_than_or():
    formula = parse("NL<6 OR ZYSS Not In OP_A and QTZD in DI_B")
    assert isinstance(formula, Any)
    assert isinstance(formula.parts[1], All)
    assert condition(formula) == "age<6 | !principal_proc_in(OP_A) & secondary_in(DI_B)"
    assert condition(parse("(NL<6 or NL>9) and XB=1")) == "(age<6 | age>9) & sex==1"
    assert (
        condition(parse("ZYSS not in {OP_A, OP_B}")) == "!(principal_proc_in(OP_A) | principal_proc_in(OP_B))"
    )


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("ZYSS OP_A", 6, "expected_in"),
        ("ZYSS in", 8, "expected_set"),
        ("ZYSS in ZYZD", 9, "expected_set"),
        ("ZYSS in {OP_A OP_B}", 15, "expected_brace"),
        ("{ZYZD, ZYSS} in DI_A", 12, "expected_one_kind"),
        ("AGE>3", 1, "expected_field"),
        ("NL 3", 4, "expected_comparison"),
        ("NL>3.5", 4, "expected_integer"),
        ("NL>3 XB=1", 6, "expected_and_or"),
        ("(NL>3", 6, "expected_bracket"),
        ("7", 1, "expected_one"),
        ("NL>3 & XB=1", 6, "expected_known_sign"),
        ("length OP_A", 8, "expected_opening"),
        ("length(OP_A, {ZYSS})>=2", 12, "expected_intersection"),
        ("ZYZD in MCC", 9, "expected_other_diagnoses"),
        ("(" * 70, 61, "expected_shallow"),
    ],
)
def test_a_refusal_says_where_and_what(text, position, expected):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.expected) == (position, expected)
    assert f"第 {position} 位" in str(caught.value)


@given(st.one_of(st.text(max_size=60), st.text(alphabet="ZYSDQTNLinot(){},∩<>=0123 OP_A", max_size=50)))
def test_any_text_is_read_or_refused_with_its_place(text):
    refused: FormulaError | None = None
    try:
        conditions.parse(condition(parse(text)))
    except FormulaError as error:
        refused = error
    except Untranslatable:
        return  # a count over one field
    assert refused is None or 1 <= refused.position <= len(text) + 1


@pytest.mark.parametrize(
    ("rule", "severity", "extra"),
    [
        ("QTZD in MCC", "mcc", ""),
        ("QTZD in {MCC, CC} and NL>=70", "mcc_or_cc", "age>=70"),
        ("QTZD in CC", "cc", ""),
        ("NL<=6", "none", "age<=6"),
        ("", "none", ""),
        ("ZYZD in DI_OBD or QTZD in MCC", "none", "principal_in(DI_OBD) | has_mcc"),
    ],
)
def test_the_severity_is_taken_out_of_a_rule(rule, severity, extra):
    found = divided(parse(rule), among_levels=True)
    assert (found.severity, found.extra) == (severity, extra)


def test_a_group_that_nobody_splits_by_severity_is_whole():
    assert divided(parse(""), among_levels=False).severity == "all"
    assert not asks_levels(parse("NL>=70"))
    assert asks_levels(parse("NL>=70 and (QTZD in MCC or XB=1)"))


def test_the_list_that_a_category_leaves():
    assert principal_sets(parse("(ZYZD in DI_M00) and (XB = 1)")) == frozenset({"DI_M00"})
    assert principal_sets(parse("ZYZD in DI_A and QTZD in DI_B or ZYZD in DI_C")) == frozenset(
        {"DI_A", "DI_C"}
    )
    assert principal_sets(parse("ZYZD in DI_A or NL=0")) is None
    assert principal_sets(parse("ZYZD not in DI_A")) is None
    assert principal_sets(parse("")) is None
