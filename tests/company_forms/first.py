"""Layouts that the rules of proposing were made with."""

from __future__ import annotations

from ocr.contract import FieldType as T
from tests.company_forms.blank import A4_WIDE, LETTER, Blank


def bordered_chinese() -> Blank:
    """A bordered table as Chinese offices print it: labels in grey cells, a score table, boxes, comment, signature."""
    b = Blank("bordered-chinese")
    b.title("员工季度绩效考核表")
    x, y, h = 15, 30, 10
    for row in (
        (("姓名", T.PERSON), ("工号", T.TEXT)),
        (("部门", T.TEXT), ("岗位", T.TEXT)),
        (("考核周期", T.TEXT), ("直接上级", T.PERSON)),
    ):
        for column, (label, kind) in enumerate(row):
            b.label_cell(label, (x + column * 90, y, 28, h), fill=0.9)
            b.write_cell(label, kind, (x + column * 90 + 28, y, 62, h))
        y += h
    b.label_cell("考核项目", (x, y, 50, 9), fill=0.9)
    b.label_cell("评价标准", (x + 50, y, 70, 9), fill=0.9)
    b.label_cell("权重", (x + 120, y, 20, 9), fill=0.9)
    b.label_cell("得分", (x + 140, y, 40, 9), fill=0.9)
    y += 9
    for item, standard, weight in (
        ("工作业绩", "按期完成季度目标", "40%"),
        ("工作质量", "差错率低于标准", "30%"),
        ("团队协作", "主动支持同事", "20%"),
        ("学习成长", "完成培训计划", "10%"),
    ):
        b.label_cell(item, (x, y, 50, 9))
        b.label_cell(standard, (x + 50, y, 70, 9), align="left")
        b.label_cell(weight, (x + 120, y, 20, 9))
        b.write_cell(item, T.SCORE, (x + 140, y, 40, 9))
        y += 9
    b.label_cell("综合等级", (x, y, 28, 11), fill=0.9)
    b.rect((x + 28, y, 152, 11))
    b.ticks("综合等级", ("优秀", "良好", "合格", "不合格"), x + 33, y + 3.6, step=33)
    y += 11
    for label in ("主要业绩", "待改进之处"):
        b.label_cell(label, (x, y, 28, 32), fill=0.9)
        b.write_cell(label, T.LONG_TEXT, (x + 28, y, 152, 32))
        y += 32
    for column, (label, kind) in enumerate((("主管签字", T.SIGNATURE), ("日期", T.DATE))):
        b.label_cell(label, (x + column * 90, y, 28, 14), fill=0.9)
        b.write_cell(label, kind, (x + column * 90 + 28, y, 62, 14))
    return b


def ruled_english() -> Blank:
    """Ruled lines in English on Letter paper, a caption under the signature lines."""
    b = Blank("ruled-english", LETTER, font="DejaVu Sans")
    b.title("Performance Review Form")
    y = 40.0
    for row in (
        (("Employee name:", T.PERSON), ("Employee ID:", T.TEXT)),
        (("Department:", T.TEXT), ("Review period:", T.TEXT)),
        (("Job title:", T.TEXT), ("Supervisor:", T.PERSON)),
    ):
        for column, (label, kind) in enumerate(row):
            left = 20 + column * 92
            b.text(label, (left, y - 6, 40, 6), 10.5)
            start = left + 36
            b.rule(start, y, 50)
            b.ask(label, kind, (start, y - 8, 50, 8))
        y += 13
    b.text("Overall rating:", (20, y - 5, 40, 5))
    b.ticks("Overall rating", ("Exceeds", "Meets", "Below"), 58, y - 4.5, step=36)
    y += 12
    for label in ("Key achievements", "Areas for improvement"):
        b.text(label + ":", (20, y - 5, 80, 5), 10.5)
        first = y
        for _ in range(4):
            y += 9
            b.rule(20, y, 176)
        b.ask(label, T.LONG_TEXT, (20, first + 2, 176, y - first - 2))
        y += 13
    y += 10
    b.rule(20, y, 75)
    b.text("Supervisor signature", (20, y + 1, 75, 5), 9)
    b.ask("Supervisor signature", T.SIGNATURE, (20, y - 8, 75, 8))
    b.rule(120, y, 60)
    b.text("Date", (120, y + 1, 60, 5), 9)
    b.ask("Date", T.DATE, (120, y - 8, 60, 8))
    return b


def labels_above() -> Blank:
    """Labels in a row of cells, the room to write in the row below."""
    b = Blank("labels-above", font="Noto Serif CJK SC")
    b.title("绩效面谈记录")
    y = 35.0
    for row in (
        (("姓名", T.PERSON), ("工号", T.TEXT), ("部门", T.TEXT)),
        (("岗位", T.TEXT), ("考核人", T.PERSON), ("日期", T.DATE)),
    ):
        for column, (label, kind) in enumerate(row):
            b.label_cell(label, (15 + column * 60, y, 60, 7))
            b.write_cell(label, kind, (15 + column * 60, y + 7, 60, 11))
        y += 18
    for label in ("工作总结", "改进建议", "主管意见"):
        b.rect((15, y, 180, 40))
        b.text(label + "：", (17, y + 1.5, 60, 6))
        b.ask(label, T.LONG_TEXT, (15, y + 8, 180, 32))
        y += 40
    return b


def bilingual() -> Blank:
    """Bilingual labels in two lines, merged cells, landscape."""
    b = Blank("bilingual", A4_WIDE)
    b.title("绩效评估表 Performance Appraisal", 12, 16)
    y = 28.0
    for row in (
        (("姓名\nName", T.PERSON), ("工号\nStaff number", T.TEXT), ("部门\nDepartment", T.TEXT)),
        (("职位\nJob title", T.TEXT), ("考核周期\nReview period", T.TEXT), ("评价人\nReviewer", T.PERSON)),
    ):
        for column, (label, kind) in enumerate(row):
            b.label_cell(label, (15 + column * 89, y, 30, 13), fill=0.92)
            b.write_cell(label.replace("\n", " "), kind, (45 + column * 89, y, 59, 13))
        y += 13
    b.label_cell("业绩\nResults", (15, y, 30, 48), fill=0.92)
    for part in ("收入 Revenue", "成本 Cost", "质量 Quality"):
        b.label_cell(part, (45, y, 45, 16))
        b.write_cell(part, T.LONG_TEXT, (90, y, 192, 16))
        y += 16
    b.label_cell("等级\nGrade", (15, y, 30, 12), fill=0.92)
    b.rect((45, y, 237, 12))
    b.ticks("等级 Grade", ("A", "B", "C", "D"), 60, y + 4, step=40)
    y += 12
    b.label_cell("评语\nComments", (15, y, 30, 40), fill=0.92)
    b.write_cell("评语 Comments", T.LONG_TEXT, (45, y, 237, 40))
    y += 40
    b.label_cell("签字\nSignature", (15, y, 30, 14), fill=0.92)
    b.write_cell("签字 Signature", T.SIGNATURE, (45, y, 103, 14))
    b.label_cell("日期\nDate", (148, y, 30, 14), fill=0.92)
    b.write_cell("日期 Date", T.DATE, (178, y, 104, 14))
    return b


def underlined_chinese() -> Blank:
    """Underlined blanks in running rows, round brackets to tick, a date as 年 月 日."""
    b = Blank("underlined-chinese", font="Noto Serif CJK SC", line=0.2)
    b.title("试用期转正考核表")
    y = 42.0
    for row in (
        (("姓名：", T.PERSON, 40), ("工号：", T.TEXT, 36), ("部门：", T.TEXT, 40)),
        (("岗位：", T.TEXT, 40), ("主管：", T.PERSON, 36), ("入职日期：", T.DATE, 32)),
    ):
        x = 18.0
        for label, kind, length in row:
            width = 4.0 * len(label)
            b.text(label, (x, y - 5.5, width + 2, 6))
            b.rule(x + width, y, length)
            b.ask(label, kind, (x + width, y - 7, length, 7))
            x += width + length + 6
        y += 13
    for label in ("工作态度", "业务能力", "协作沟通"):
        b.text(label + "：", (18, y - 5, 30, 5.5))
        boxes = []
        for number, option in enumerate(("优秀", "良好", "合格", "不合格")):
            left = 48 + number * 34
            b.text("（　　）", (left, y - 5, 14, 5.5))
            b.text(option, (left + 14.5, y - 5, 16, 5.5))
            boxes.append((option, (left + 1.5, y - 5, 11.5, 5.5)))
        b.ask(label, T.CHOICE, boxes[0][1], boxes)
        y += 11
    b.text("考核评语：", (18, y - 5, 40, 5.5))
    first = y
    for _ in range(5):
        y += 10
        b.rule(18, y, 174)
    b.ask("考核评语", T.LONG_TEXT, (18, first + 2, 174, y - first - 2))
    y += 18
    b.text("考核人签字：", (18, y - 5.5, 30, 6))
    b.rule(44, y, 50)
    b.ask("考核人签字", T.SIGNATURE, (44, y - 7, 50, 7))
    for word, left in (("年", 140), ("月", 158), ("日", 176)):
        b.text(word, (left, y - 5.5, 6, 6))
    b.text("日期：", (108, y - 5.5, 14, 6))
    b.ask("日期", T.DATE, (120, y - 7, 60, 8))
    return b


def scale_table() -> Blank:
    """A table whose columns are a scale: a tick goes into a cell."""
    b = Blank("scale-table")
    b.title("360度评价问卷")
    b.text("被评价人：", (15, 32, 30, 6))
    b.rule(36, 38.5, 55)
    b.ask("被评价人", T.PERSON, (36, 31, 55, 7.5))
    b.text("部门：", (110, 32, 20, 6))
    b.rule(124, 38.5, 60)
    b.ask("部门", T.TEXT, (124, 31, 60, 7.5))
    y = 46.0
    heads = ("优", "良", "中", "差")
    b.label_cell("评价项目", (15, y, 92, 10), fill=0.92)
    for number, head in enumerate(heads):
        b.label_cell(head, (107 + number * 22, y, 22, 10), fill=0.92)
    y += 10
    for item in ("工作主动，按时完成任务", "沟通清楚，乐于协作", "遇到问题及时上报", "持续学习新技能", "遵守安全规范"):
        b.label_cell(item, (15, y, 92, 10), align="left")
        boxes = []
        for number, head in enumerate(heads):
            box = (107.0 + number * 22, y, 22.0, 10.0)
            b.rect(box)
            boxes.append((head, box))
        b.ask(item, T.CHOICE, boxes[0][1], boxes)
        y += 10
    y += 6
    b.text("其他意见：", (15, y, 40, 6))
    b.ask("其他意见", T.LONG_TEXT, (15, y + 7, 180, 50))
    return b


def likert_boxes() -> Blank:
    """Statements with boxes under figures, nothing bordered."""
    b = Blank("likert-boxes", LETTER, font="DejaVu Serif")
    b.title("Peer Feedback Survey")
    for label, kind, x in (("Name:", T.PERSON, 20), ("Date:", T.DATE, 130)):
        b.text(label, (x, 34, 20, 5))
        b.rule(x + 16, 40, 55, dash="dotted")
        b.ask(label, kind, (x + 16, 32, 55, 8))
    y = 56.0
    for number in range(5):
        b.text(str(number + 1), (127 + number * 15, y - 7, 8, 5), align="center")
    for item in (
        "Communicates clearly",
        "Delivers on time",
        "Helps the team",
        "Learns from mistakes",
        "Cares about customers",
    ):
        b.text(item, (20, y, 90, 5))
        boxes = []
        for number in range(5):
            box = (129.0 + number * 15, y + 0.5, 4.0, 4.0)
            b.rect(box, line=0.3)
            boxes.append((str(number + 1), box))
        b.ask(item, T.CHOICE, boxes[0][1], boxes)
        y += 10
    y += 6
    b.text("What should this colleague do more of?", (20, y, 120, 5))
    b.rect((20, y + 7, 176, 35))
    b.ask("What should this colleague do more of?", T.LONG_TEXT, (20, y + 7, 176, 35))
    return b


def two_columns() -> Blank:
    """Two columns without borders, checklists one below the other."""
    b = Blank("two-columns", font="DejaVu Sans", line=0.35)
    b.title("Quarterly Check-in")
    for column, fields in enumerate(
        (
            (("Name", T.PERSON), ("Team", T.TEXT), ("Manager", T.PERSON)),
            (("Date", T.DATE), ("Quarter", T.TEXT), ("Location", T.TEXT)),
        )
    ):
        y = 38.0
        for label, kind in fields:
            left = 20 + column * 92
            b.text(label, (left, y, 40, 5), 9.5)
            b.rect((left, y + 6, 80, 9))
            b.ask(label, kind, (left, y + 6, 80, 9))
            y += 20
    b.text("Workload", (20, 104, 60, 5), weight="bold")
    b.ticks("Workload", ("Too low", "Just right", "Too high"), 20, 113, down=8)
    b.text("Mood", (112, 104, 60, 5), weight="bold")
    b.ticks("Mood", ("Good", "Mixed", "Poor"), 112, 113, down=8)
    b.text("Goals for next quarter", (20, 146, 90, 5), weight="bold")
    b.rect((20, 153, 172, 40))
    b.ask("Goals for next quarter", T.LONG_TEXT, (20, 153, 172, 40))
    b.text("Signature", (20, 202, 40, 5))
    b.rule(45, 208, 70)
    b.ask("Signature", T.SIGNATURE, (45, 200, 70, 8))
    return b


def opinion_cells() -> Blank:
    """Opinions with a place for signature and date inside each tall cell."""
    b = Blank("opinion-cells", line=0.3, ink=0.2)
    b.title("年度考核登记表")
    y = 30.0
    for row in ((("姓名", T.PERSON), ("性别", T.TEXT), ("职务", T.TEXT)),):
        for column, (label, kind) in enumerate(row):
            b.label_cell(label, (15 + column * 60, y, 20, 11))
            b.write_cell(label, kind, (35 + column * 60, y, 40, 11))
    y += 11
    for label in ("个人总结", "主管领导评语", "单位意见"):
        b.label_cell(label, (15, y, 25, 60))
        b.rect((40, y, 155, 60))
        b.ask(label, T.LONG_TEXT, (40, y, 155, 48))
        b.text("签名：", (95, y + 52, 16, 6))
        b.ask("签名", T.SIGNATURE, (108, y + 50, 28, 9))
        for word, left in (("年", 152), ("月", 166), ("日", 180)):
            b.text(word, (left, y + 52, 6, 6))
        b.ask("日期", T.DATE, (136, y + 51, 50, 8))
        y += 60
    return b


def items_table() -> Blank:
    """A table of empty rows under headings, and a total."""
    b = Blank("items-table", A4_WIDE, font="Noto Serif CJK SC", line=0.2)
    b.title("月度重点工作跟踪表", 12)
    x0 = 15.0
    for label, kind, x in (("员工姓名", T.PERSON, 15.0), ("考核月份", T.TEXT, 150.0)):
        b.text(label + "：", (x, 26, 30, 6))
        b.ask(label, kind, (x + 24, 25, 80, 8))
    y = 38.0
    columns = (
        ("序号", 15, None),
        ("重点工作", 90, T.LONG_TEXT),
        ("目标值", 40, T.TEXT),
        ("完成情况", 80, T.TEXT),
        ("得分", 42, T.SCORE),
    )
    x = x0
    for heading, width, _ in columns:
        b.label_cell(heading, (x, y, width, 9), fill=0.93)
        x += width
    y += 9
    for number in range(1, 6):
        x = x0
        for heading, width, asked in columns:
            if asked is None:
                b.label_cell(str(number), (x, y, width, 14))
            else:
                b.write_cell(f"{heading} {number}", asked, (x, y, width, 14))
            x += width
        y += 14
    b.label_cell("总分", (15, y, 225, 11), align="right")
    b.write_cell("总分", T.NUMBER, (240, y, 42, 11))
    return b


FIRST = (
    bordered_chinese,
    ruled_english,
    labels_above,
    bilingual,
    underlined_chinese,
    scale_table,
    likert_boxes,
    two_columns,
    opinion_cells,
    items_table,
)
