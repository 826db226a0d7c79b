"""Which pages make which document."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from resolvers.rules.page_order import LONGEST_DOCUMENT, PageFound, PageGroup, group_pages


def _page(file: int = 1, sheet: str | None = None, page: int | None = None) -> PageFound:
    return PageFound(file, sheet, page)


def test_pages_of_one_sheet_are_one_document_by_their_numbers_whatever_files_they_came_in() -> None:
    pages = [_page(1, "a", 2), _page(2, "b", 1), _page(3, "a", 1), _page(4, "a", 3)]
    assert group_pages(pages) == [PageGroup((2, 0, 3), "a", False), PageGroup((1,), "b", False)]


def test_a_second_picture_of_a_page_begins_another_document() -> None:
    pages = [_page(1, "a", 1), _page(2, "a", 2), _page(3, "a", 1), _page(4, "a", 1)]
    assert group_pages(pages) == [
        PageGroup((0, 1), "a", False),
        PageGroup((2,), "a", False),
        PageGroup((3,), "a", False),
    ]


def test_without_codes_a_file_is_a_document() -> None:
    pages = [_page(1), _page(1), _page(2)]
    assert group_pages(pages) == [PageGroup((0, 1), None, False), PageGroup((2,), None, False)]
    assert group_pages(pages, together=True) == [PageGroup((0, 1, 2), None, False)]


def test_a_page_without_a_code_belongs_to_the_only_sheet_of_its_file_at_its_place() -> None:
    pages = [_page(1, "a", 1), _page(1), _page(1, "a", 3), _page(2)]
    assert group_pages(pages) == [PageGroup((0, 1, 2), "a", True), PageGroup((3,), None, False)]


def test_among_several_sheets_a_page_without_a_code_stands_alone_for_a_person() -> None:
    pages = [_page(1, "a", 1), _page(1), _page(1, "b", 1)]
    assert group_pages(pages) == [
        PageGroup((0,), "a", False),
        PageGroup((1,), None, True),
        PageGroup((2,), "b", False),
    ]


def test_the_sender_may_say_how_many_pages_make_a_document() -> None:
    assert group_pages([_page()] * 5, pages_per_document=2) == [
        PageGroup((0, 1), None, False),
        PageGroup((2, 3), None, False),
        PageGroup((4,), None, False),
    ]


def test_a_long_file_without_codes_is_a_pile() -> None:
    groups = group_pages([_page()] * (LONGEST_DOCUMENT + 1))
    assert [group.pages for group in groups] == [(index,) for index in range(LONGEST_DOCUMENT + 1)]
    assert all(group.unsure for group in groups)


@given(
    st.lists(
        st.builds(
            PageFound,
            st.integers(1, 3),
            st.sampled_from([None, "a", "b", "c"]),
            st.one_of(st.none(), st.integers(1, 4)),
        ),
        max_size=30,
    ),
    st.booleans(),
    st.one_of(st.none(), st.integers(1, 5)),
)
def test_every_page_is_in_exactly_one_document(pages: list[PageFound], together: bool, count: int | None) -> None:
    groups = group_pages(pages, together=together, pages_per_document=count)
    assert sorted(index for group in groups for index in group.pages) == list(range(len(pages)))
    for group in groups:
        assert {pages[index].sheet for index in group.pages} <= {group.sheet, None}
        numbers = [pages[index].page for index in group.pages if pages[index].sheet]
        assert len(set(numbers)) == len(numbers)
    for sheet in {page.sheet for page in pages if page.sheet}:
        most = Counter(page.page for page in pages if page.sheet == sheet).most_common(1)[0][1]
        assert len([group for group in groups if group.sheet == sheet]) == most
