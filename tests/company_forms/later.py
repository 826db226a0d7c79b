"""Layouts that were drawn when those rules stood, to see what they do on forms they were not made for."""

from __future__ import annotations

from ocr.contract import FieldType as T
from tests.company_forms.blank import LETTER, Blank


def dotted_rows() -> Blank:
    """Dotted lines, the labels with numbers before them, an instruction above."""
    b = Blank("dotted-rows", font="LXGW WenKai", line=0.3)
    b.title("员工月度考核自评表", 14, 17)
    b.text("填表说明：请如实填写，字迹清楚，本表一式两份，交人力资源部存档。", (18, 28, 175, 6), 9.5)
    y = 48.0
    for number, (label, kind) in enumerate((("姓名", T.PERSON), ("所属部门", T.TEXT), ("考核月份", T.TEXT)), start=1):
        b.text(f"{number}．{label}：", (18, y - 5.5, 40, 6))
        b.rule(50, y, 80, dash="dotted")
        b.ask(label, kind, (50, y - 7, 80, 7))
        y += 12
    b.text("4．本月主要工作：", (18, y - 5.5, 60, 6))
    first = y
    for _ in range(4):
        y += 10
        b.rule(18, y, 174, dash="dotted")
    b.ask("本月主要工作", T.LONG_TEXT, (18, first + 2, 174, y - first - 2))
    y += 12
    b.text("5．自评等级：", (18, y - 5, 40, 6))
    b.ticks("自评等级", ("优", "良", "中", "差"), 50, y - 4.2, step=22)
    y += 20
    b.text("签名：", (100, y - 5.5, 14, 6))
    b.rule(114, y, 40, dash="dotted")
    b.ask("签名", T.SIGNATURE, (114, y - 7, 40, 7))
    return b


def two_headers() -> Blank:
    """A table with headings in two rows, self and manager scores, a merged first column."""
    b = Blank("two-headers", font="Noto Sans CJK SC", line=0.3)
    b.title("部门绩效评分表")
    b.label_cell("姓名", (15, 30, 25, 9))
    b.write_cell("姓名", T.PERSON, (40, 30, 65, 9))
    b.label_cell("工号", (105, 30, 25, 9))
    b.write_cell("工号", T.TEXT, (130, 30, 65, 9))
    y = 45.0
    b.label_cell("类别", (15, y, 25, 16))
    b.label_cell("指标", (40, y, 65, 16))
    b.label_cell("评分", (105, y, 90, 8))
    b.label_cell("自评", (105, y + 8, 45, 8))
    b.label_cell("上级评分", (150, y + 8, 45, 8))
    y += 16
    for group, items in (("业绩", ("销售额", "回款率", "客户满意度")), ("行为", ("执行力", "协作"))):
        b.label_cell(group, (15, y, 25, 10.0 * len(items)))
        for item in items:
            b.label_cell(item, (40, y, 65, 10))
            b.write_cell(f"{item} 自评", T.NUMBER, (105, y, 45, 10))
            b.write_cell(f"{item} 上级评分", T.SCORE, (150, y, 45, 10))
            y += 10
    b.label_cell("总分", (15, y, 90, 10))
    b.write_cell("总分 自评", T.NUMBER, (105, y, 45, 10))
    b.write_cell("总分 上级评分", T.NUMBER, (150, y, 45, 10))
    y += 10
    b.label_cell("主管评语", (15, y, 25, 40))
    b.write_cell("主管评语", T.LONG_TEXT, (40, y, 155, 40))
    return b


def english_table() -> Blank:
    """A bordered English table on Letter paper with labels at the top of each cell."""
    b = Blank("english-table", LETTER, font="DejaVu Sans", line=0.4)
    b.title("Annual Appraisal")
    y = 35.0
    for row in (
        (("Full name", T.PERSON), ("Staff no.", T.TEXT)),
        (("Department", T.TEXT), ("Line manager", T.PERSON)),
        (("Review period", T.TEXT), ("Date of review", T.DATE)),
    ):
        for column, (label, kind) in enumerate(row):
            x = 18 + column * 90
            b.rect((x, y, 90, 16))
            b.text(label, (x + 1.5, y + 1, 60, 4), 8)
            b.ask(label, kind, (x, y + 5.5, 90, 10.5))
        y += 16
    for label in ("Strengths", "Areas to improve", "Comments"):
        b.rect((18, y, 180, 38))
        b.text(label, (19.5, y + 1, 80, 4), 8)
        b.ask(label, T.LONG_TEXT, (18, y + 6, 180, 32))
        y += 38
    b.rect((18, y, 180, 14))
    b.text("Final grade", (19.5, y + 1, 40, 4), 8)
    b.ticks("Final grade", ("A", "B", "C", "D", "E"), 60, y + 5, step=25)
    return b


def questions_in_cells() -> Blank:
    """Yes and no in a table, each row with its own boxes and words."""
    b = Blank("questions-in-cells", font="Noto Serif CJK SC", line=0.25)
    b.title("安全生产检查表")
    y = 32.0
    b.label_cell("检查人", (15, y, 30, 9))
    b.write_cell("检查人", T.PERSON, (45, y, 60, 9))
    b.label_cell("检查日期", (105, y, 30, 9))
    b.write_cell("检查日期", T.DATE, (135, y, 60, 9))
    y += 15
    b.label_cell("检查内容", (15, y, 100, 9), fill=0.9)
    b.label_cell("结果", (115, y, 45, 9), fill=0.9)
    b.label_cell("备注", (160, y, 35, 9), fill=0.9)
    y += 9
    for item in ("佩戴安全帽", "通道畅通", "设备接地良好", "灭火器在有效期内"):
        b.label_cell(item, (15, y, 100, 11), align="left")
        b.rect((115, y, 45, 11))
        b.ticks(item, ("是", "否"), 120, y + 3.5, step=20)
        b.write_cell(f"{item} 备注", T.LONG_TEXT, (160, y, 35, 11))
        y += 11
    return b


def checklist_column() -> Blank:
    """Options one below the other in a cell beside their label; a figure with its unit."""
    b = Blank("checklist-column", font="Noto Sans CJK SC", line=0.2)
    b.title("培训需求调查表")
    y = 32.0
    b.label_cell("姓名", (15, y, 35, 10))
    b.write_cell("姓名", T.PERSON, (50, y, 145, 10))
    y += 10
    b.label_cell("培训方式", (15, y, 35, 36))
    b.rect((50, y, 145, 36))
    b.ticks("培训方式", ("线上课程", "面授培训", "导师辅导", "外出参观"), 55, y + 3, down=8.4)
    y += 36
    b.label_cell("可用时间", (15, y, 35, 10))
    b.rect((50, y, 145, 10))
    b.text("小时", (180, y, 12, 10))
    b.ask("可用时间", T.TEXT, (50, y, 128, 10))
    y += 10
    b.label_cell("其他建议", (15, y, 35, 40))
    b.write_cell("其他建议", T.LONG_TEXT, (50, y, 145, 40))
    return b


def bilingual_lines() -> Blank:
    """Bilingual labels before underlines, two in a row, with a round bracket scale below."""
    b = Blank("bilingual-lines", font="Noto Sans CJK SC", line=0.25)
    b.title("离职面谈表 Exit Interview", 14, 16)
    y = 42.0
    for row in (
        (("姓名 Name:", T.PERSON), ("部门 Department:", T.TEXT)),
        (("职位 Position:", T.TEXT), ("日期 Date:", T.DATE)),
    ):
        for column, (label, kind) in enumerate(row):
            x = 18.0 + column * 90
            b.text(label, (x, y - 5.5, 38, 6), 10)
            b.rule(x + 38, y, 46)
            b.ask(label, kind, (x + 38, y - 7, 46, 7))
        y += 14
    for label in ("满意度 Satisfaction", "推荐 Recommend"):
        b.text(label, (18, y - 5, 50, 5.5), 10)
        boxes = []
        for number in range(5):
            left = 75.0 + number * 22
            b.text("( )", (left, y - 5, 8, 5.5), 12)
            b.text(str(number + 1), (left + 9, y - 5, 6, 5.5), 10)
            boxes.append((str(number + 1), (left, y - 4.5, 5.5, 4.5)))
        b.ask(label, T.CHOICE, boxes[0][1], boxes)
        y += 12
    b.text("意见 Comments:", (18, y - 5, 60, 5.5), 10)
    b.rect((18, y + 3, 174, 60))
    b.ask("意见 Comments", T.LONG_TEXT, (18, y + 3, 174, 60))
    return b


LATER = (
    dotted_rows,
    two_headers,
    english_table,
    questions_in_cells,
    checklist_column,
    bilingual_lines,
)
