"""Why a document or job ended as it did: each stored code in words that say what to do, Chinese and English.

Codes come from the readers (`ocr.contract.Retake`), from decoding (`ocr.pages`), from the limits on child processes and
from people's decisions. A code without words here gets words that say so, never the bare code.
"""

from __future__ import annotations

from resolvers.languages import in_language

REASONS: dict[str, tuple[str, str]] = {
    # Another picture of the same paper will do.
    "blurred": ("照片模糊，请拿稳手机、对焦后重拍。", "The picture is blurred; hold still, focus and take it again."),
    "not_flat": ("纸张不平整，请压平后重拍。", "The paper is not flat; flatten it and take the picture again."),
    "corner_missing": (
        "表单有一角不在画面内，请将四角全部拍入后重拍。",
        "A corner of the form is outside the picture; take it again with all four corners in view.",
    ),
    "too_small": (
        "表单在画面中太小，请靠近后重拍。",
        "The form is too small in the picture; go nearer and take it again.",
    ),
    "glare": (
        "照片有反光，请避开光源后重拍。",
        "Light is reflected on the paper; move out of it and take the picture again.",
    ),
    "not_a_form": (
        "画面中没有找到表单，请拍摄整张表单。",
        "No form was found in the picture; take a picture of the whole form.",
    ),
    "wrong_form": (
        "这不是所选的表单，或表单版本未知，请核对后重新上传。",
        "This is another form than expected, or a version that is not known here; check it and upload the right one.",
    ),
    # No wording is proposed.
    "rewording_not_configured": (
        "尚未配置语言模型；请按给出的问题自己补充。",
        "No language model is configured; answer the questions that are given yourself.",
    ),
    "rewording_model_failed": (
        "语言模型没有给出可用的回答；请按给出的问题自己补充，或稍后重试。",
        "The language model gave no usable answer; answer the questions yourself, or try again later.",
    ),
    "rewording_dropped": (
        "模型的写法没有通过检查，已丢弃；请按给出的问题自己补充。",
        "The model's wording failed the checks and was dropped; answer the questions yourself.",
    ),
    # Why a wording was dropped.
    "rewording_figure": ("有原文和事实中没有的数字或日期。", "It has a figure or date that is nowhere given."),
    "rewording_name": ("有原文和事实中没有的名称。", "It has a name that is nowhere given."),
    "rewording_quote": ("引用了没有说过的话。", "It quotes what nobody said."),
    "rewording_direction": ("否定或变化方向与原文不符。", "It turns a negation or a direction round."),
    "rewording_generalises": ("概括过度，例如“总是”“大家”。", 'It generalises, as with "always" or "everyone".'),
    "rewording_added": ("说了原文和事实中没有的内容。", "It says what is nowhere given."),
    "rewording_lost": ("漏掉了原文的内容。", "It leaves out what the text says."),
    "rewording_unchanged": ("与原文相同。", "It is the text as it stands."),
    "rewording_language": ("换成了另一种语言。", "It is in another language."),
    "rewording_length": ("太长，无法保存。", "It is too long to be stored."),
    "rewording_empty": ("空泛，适用于任何人。", "It would fit anyone."),
    "rewording_caution": ("有需要避免的措辞。", "It has wording to be avoided."),
    "rewording_part": (
        "原文达到的一项 SMART 要求不再达到。",
        "A letter of SMART that the text met is not met any more.",
    ),
    # Another file is needed.
    "transcription_not_configured": (
        "尚未配置语音识别模型；录音已保留，配置后可重新转写。",
        "No speech model is configured; the recording is kept and can be transcribed once there is one.",
    ),
    "recording_unreadable": (
        "录音无法读取：内容不完整，或不是可识别的录音格式；请重新录制，或改用未压缩的 WAV（PCM）文件。",
        "The recording is cut off or of a kind that is not read; record it again, or upload an uncompressed WAV (PCM).",
    ),
    "recording_unsupported": (
        "本系统目前只能识别未压缩的 WAV（PCM）；录音已保留，请联系管理员启用其他格式后重新转写。",
        "Only uncompressed WAV (PCM) is heard here; the recording is kept: ask an administrator to enable other kinds, "
        "then transcribe it again.",
    ),
    "recording_too_long": (
        "录音超过 15 分钟，请分段录制。",
        "The recording is longer than 15 minutes; record it in parts.",
    ),
    "recording_model_unavailable": (
        "语音识别模型无法加载；录音已保留，请联系管理员后重新转写。",
        "The speech model cannot be loaded; the recording is kept: ask an administrator, then transcribe it again.",
    ),
    "recording_erased": ("录音已由本人删除，无需处理。", "Its owner erased the recording; there is nothing to do."),
    "nothing_heard": (
        "录音中没有听到话语，请重新录制或自行填写。",
        "No words were heard in the recording; record it again or write them yourself.",
    ),
    "empty_file": ("文件为空，请重新上传。", "The file is empty; upload it again."),
    "not_an_image": (
        "文件不是可读取的图片，请上传照片或 PDF。",
        "The file is no picture; upload a photograph or a PDF.",
    ),
    "unsupported_type": (
        "不支持该文件类型，请上传 JPEG、PNG、WebP、HEIC、TIFF 或 PDF。",
        "This file type is not supported; upload JPEG, PNG, WebP, HEIC, TIFF or PDF.",
    ),
    "truncated": ("文件不完整，请重新上传。", "The file is cut off; upload it again."),
    "too_large": ("文件过大，请缩小后重新上传。", "The file is too large; make it smaller and upload it again."),
    "too_many_pixels": (
        "图片像素过多，请缩小后重新上传。",
        "The picture has too many pixels; make it smaller and upload it again.",
    ),
    "too_many_pages": ("文件页数过多，请只上传表单页。", "The file has too many pages; upload only those of the form."),
    "encrypted_pdf": (
        "PDF 已加密，请去除密码后上传。",
        "The PDF is encrypted; remove its password and upload it again.",
    ),
    # A deliverable of another shape is needed.
    "empty": ("文件为空，请重新上传。", "The file is empty; upload it again."),
    "broken": (
        "文件已损坏或不完整，请重新导出后上传。",
        "The file is damaged or cut off; export it again and upload it once more.",
    ),
    "broken_json": (
        "JSON 已损坏或不完整，请重新导出后上传。",
        "The JSON is damaged or cut off; export it again and upload it once more.",
    ),
    "too_deep": ("JSON 嵌套过深，无法读取。", "The JSON is nested too deeply to be read; upload a summary."),
    "encrypted": (
        "文件设有密码，请去除密码后上传。",
        "The file asks for a password; save it without and upload it again.",
    ),
    "entities": (
        "XML 含有不允许的实体，请重新导出。",
        "The XML declares entities, which are not read; export it anew.",
    ),
    "archive": ("不读取压缩包，请逐个上传其中的文件。", "Archives are not read; upload the files inside one by one."),
    "old_office": (
        "旧版或加密的 Office 文件，请另存为 .docx 或 .xlsx（不设密码）。",
        "This is an old or encrypted Office file; save it as .docx or .xlsx without a password.",
    ),
    "not_text": ("文件不是可读取的文本。", "The file is no text that can be read; upload the report or its export."),
    "too_long": ("文件内容过长，请上传汇总结果。", "The file is too long; upload the tool's summary."),
    "too_many_rows": ("行数过多，请上传汇总结果。", "The file has too many rows; upload the tool's summary."),
    "too_many_columns": ("列数过多，请上传汇总结果。", "The file has too many columns; upload the tool's summary."),
    "too_many_readings": (
        "文件中的数值过多，属于原始数据，请上传汇总报告。",
        "The file holds too many values: it is raw data; upload the report that sums it up.",
    ),
    "time_format": (
        "样本中的时间格式无法识别，请使用毫秒时间戳重新导出。",
        "The time of the samples is not understood; export them with timestamps in milliseconds.",
    ),
    "unreadable": (
        "文件无法读取，请重新导出后上传。",
        "The file cannot be read; export it again and upload it once more.",
    ),
    # The work failed on our side, or the file did this to it.
    "sandbox_timeout": (
        "读取该文件超时，请换一张照片或较小的文件，或联系管理员重试。",
        "Reading the file took too long; upload a smaller file or another picture, or ask an administrator to retry.",
    ),
    "sandbox_memory": (
        "读取该文件占用内存过多，请换一个较小的文件或照片。",
        "Reading the file took too much memory; upload a smaller file or picture.",
    ),
    "sandbox_crashed": (
        "该文件无法解码，请换一张照片，或重新导出文件。",
        "The file cannot be decoded; take another picture, or export the file again.",
    ),
    "too_many_hard_pages": (
        "文件中有多页无法解码，其余页未再读取；请重新导出，或分别上传各页。",
        "Several pages of the file cannot be decoded, and those behind them were not tried; export it again, or upload "
        "the pages one by one.",
    ),
    "sandbox_failed": ("读取失败，请联系管理员重试。", "Reading failed; ask an administrator to try again."),
    "font_missing": (
        "服务器上缺少文档所需的字体，请联系管理员安装后重试。",
        "The server lacks a font that the documents need; ask an administrator to install it, and try again.",
    ),
    "over_time": (
        "处理超时，请重试；仍超时时请联系管理员。",
        "The work took too long; try again, and tell an administrator if it does again.",
    ),
    "unavailable": (
        "数据库或文件存储无法访问或已满，恢复后会自动重试；如一直未恢复，请联系管理员。",
        "The database or the file store cannot be reached or is full; this is tried again by itself. If that goes on, "
        "tell an administrator.",
    ),
    "worker_lost": (
        "处理中断次数过多，请联系管理员重试。",
        "The work broke off too often; ask an administrator to try again.",
    ),
    # Decisions.
    "template_unknown": (
        "无法识别表单，请选择它是哪一种表单。",
        "The form is not recognised; choose which form it is.",
    ),
    "pages_differ": (
        "各页大小不一致，请把同一尺寸的页面作为一份表单上传。",
        "The pages differ in shape; hand in those of one shape as one form.",
    ),
    "duplicate": ("此前已上传过同一文件，请查看原文档。", "The same file was uploaded before; see the first document."),
    "newer_picture": (
        "同一张表单有了更新的照片，请查看新文档。",
        "There is a newer picture of the same sheet of paper; see the document that stands for this one.",
    ),
    "pages_joined": (
        "此文件的页面属于同一次上传的另一份文档，请查看该文档。",
        "The pages of this file belong to another document of the same upload; see that one.",
    ),
    "rearranged": (
        "页面已重新归入其他文档，请查看新文档。",
        "Its pages were put into another document; see that one.",
    ),
    "no_pages": ("文件中没有页面，请重新上传。", "The file has no pages; upload it again."),
    "rejected": ("文档已被退回。", "The document was turned down."),
    "erased": (
        "表单所涉人员的信息已被删除，无需处理。",
        "The person whom the form is about was erased; there is nothing to do.",
    ),
}
NOTICES: dict[str, tuple[str, str]] = {
    # Of a document.
    "sheet_unknown": ("二维码不是本单位打印的表单。", "The code is none that this organisation printed for this form."),
    "sheet_already_confirmed": ("这张表单已确认过一次。", "A review was already made of this sheet of paper."),
    "sheet_contradicts": (
        "姓名、工号或周期与打印这张表单时的不一致。",
        "Name, staff number or period are not those for which the sheet was printed.",
    ),
    "subject_unknown": ("无法确定被评价人，请指定。", "It is not certain whom the form is about; name the person."),
    "review_exists": (
        "该员工本周期已有此表单的评价，请确认是否重复。",
        "This person has a review of this cycle on this form already; see whether this is a second one.",
    ),
    "review_unsure": (
        "文件中有多份文档，未归入所选评价。",
        "The files held several documents, so none was taken for the review that was named.",
    ),
    "page_without_code": (
        "有页面的二维码无法识别，请核对它属于哪份文档。",
        "A page has no readable code; see to which document it belongs.",
    ),
    "looks_like_earlier": (
        "与之前的一张照片很相似，可能重复。",
        "It looks like an earlier picture; see both.",
    ),
    "pages_of_different_forms": ("页面来自不同的表单。", "The pages are of different forms."),
    "sheets_differ": ("页面来自不同的纸张。", "The pages are of different sheets of paper."),
    "page_twice": ("同一页出现了不止一次。", "One page is there more than once."),
    "page_missing": ("缺少一页，请补拍。", "A page is missing; take a picture of it."),
    "by_hand": (
        "照片未能按此表单识别，字段由人工填写。",
        "The picture was not read as this form; a person fills in the fields.",
    ),
    "suggested": (
        "该值仅位于相似标签旁，请核对。",
        "This value only stood near a label like this one; check it.",
    ),
    "version_unsure": ("无法确定表单版本。", "It is not certain which version of the form this is."),
    "code_unreadable": ("二维码无法识别。", "The code cannot be read."),
    "paper_bent": ("纸张弯曲，请仔细核对。", "The paper is bent; check with care."),
    "marker_missing": ("缺少定位标记，请仔细核对。", "A corner mark is missing; check with care."),
    "matched_by_labels": ("仅凭文字匹配，请逐项核对。", "Matched by words alone; check every value."),
    # Of a field.
    "not_found": ("照片上没有找到该字段。", "The field was not found on the picture."),
    "number_and_name_differ": ("工号与姓名不是同一人。", "Staff number and name are of different people."),
    "not_in_directory": ("通讯录中没有。", "It is not in the directory."),
    "several_in_directory": ("通讯录中不止一人。", "Several people of the directory have it."),
    "differs_from_directory": ("与通讯录不一致。", "The directory says something else."),
    "differs_from_sheet": ("与打印这张表单时的不一致。", "It is not what the sheet was printed for."),
    "no_such_cycle": ("没有这样的考核周期。", "There is no such cycle."),
    "repaired_from_directory": (
        "一个字已按通讯录更正，请核对。",
        "One character was put right by the directory; check it.",
    ),
    "weights_not_100": ("权重合计不是 100。", "The weights do not total 100."),
    "total_differs": ("总分与各项得分不符。", "The total is not what the scores give."),
    "date_outside_cycle": ("日期不在考核周期内。", "The day does not fit the cycle."),
    "foreign_domain": ("不是公司的邮箱域名。", "This is none of the company's e-mail domains."),
    "missed_ink": ("可能有笔迹没有识别到。", "Some of the writing may not have been read."),
    "struck_out": ("有文字被划掉。", "Some of the writing is struck out."),
    "views_differ": ("两次识别结果不同。", "Two readings of it differ."),
    "small_mark": ("只有很小的笔迹。", "There is only a small mark."),
    "glare": ("此处有反光。", "Light is reflected here."),
    "place_unsure": ("位置不确定。", "Its place is not certain."),
    "label_not_found": ("没有找到该字段的标签。", "Its label was not found."),
    "no_text_near_label": ("标签旁没有文字。", "There is no text near its label."),
    "no_text": ("没有识别到文字。", "No text was recognised."),
    "cancelled_tick": ("有一个勾选被划掉。", "A tick was crossed out."),
    "unclear_mark": ("勾选不清楚。", "A mark is unclear."),
    "blacked_box": ("方框被涂黑。", "A box was blacked out."),
    "mark_beside_box": ("笔迹在方框旁边。", "A mark is beside its box."),
    "two_ticks": ("勾选了不止一项。", "More than one box is ticked."),
    "no_tick": ("没有勾选。", "No box is ticked."),
    "ambiguous_date": ("日期有歧义。", "The date can be read in two ways."),
    "bad_date": ("不是有效日期。", "This is no date."),
    "implausible_date": ("日期不合常理。", "The date is not plausible."),
    "short_year": ("年份只有两位。", "The year has two digits only."),
    "bad_number": ("不是数字。", "This is no number."),
    "out_of_range": ("数值超出范围。", "The number is out of range."),
    "off_step": ("数值不在允许的刻度上。", "The number is between two steps."),
    "pattern_mismatch": ("不符合规定格式。", "It does not have the form that is asked for."),
    "not_a_name": ("不像姓名。", "This does not look like a name."),
    "form_field_conflict": (
        "PDF 表单域中保存的内容与页面显示的不一致，请核对。",
        "What the PDF's form field holds is not what the page shows; check it.",
    ),
    "text_layer_conflict": (
        "PDF 中的文字与页面上识别到的不一致，或该处另有内容，请核对。",
        "The PDF's text is not what was recognised on the page, or something else is drawn there; check it.",
    ),
    "form_field_by_place": (
        "PDF 表单域的名称与表单不同，仅位置相符，请核对。",
        "The PDF's form field has another name than the form's; only its place is the same. Check it.",
    ),
    "typed_signature": ("签名是键入的文字。", "The signature is typed."),
    "not_an_option": ("不在可选项之中。", "This is none of the options."),
    "xfa_form": (
        "该 PDF 是 XFA 表单，只能按图片识别。",
        "The PDF is an XFA form; it was read as a picture.",
    ),
    "form_fields_unreadable": (
        "PDF 的表单域已损坏或过多，已按图片识别。",
        "The PDF's form fields are damaged or too many; the page was read as a picture.",
    ),
    "repaired": ("个别字符按数字理解，请核对。", "Some characters were taken for digits; check it."),
}
"""What was noticed about a document or one of its fields, for who checks it."""
_UNKNOWN = (
    "处理失败，请重新提交；仍失败时请联系管理员。",
    "The work failed; send it again, and tell an administrator if it fails again.",
)


def reason_text(code: str, locale: str) -> str:
    """The words for a stored code in the locale (`zh…` is Chinese, everything else English)."""
    return in_language(REASONS.get(code, _UNKNOWN), locale)


def notice_text(code: str, locale: str) -> str:
    """The words for what was noticed; a code without words is told as something to look at."""
    return in_language(NOTICES.get(code, ("请核对此项。", "Check this.")), locale)
