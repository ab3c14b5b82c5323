import pytest

from catalog import actions
from catalog.actions.categories import CategoryTaken, HasParts, NotThere
from catalog.models import Category, Placement
from catalog.models.choices import tree_of
from tests.catalog.factories_staff import saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(dan_here):
    def save(name, parent=None, category=None):
        return actions.save_category(actor=dan_here, category=category, name=name, parent=parent, translations={})

    return save


def names(actor):
    return [(one.name, one.depth) for one in tree_of(actor)]


def test_tree_stands_in_its_order(dan_here, make):
    garden = make("Garden")
    make("Kitchen")
    make("Tools", garden)
    make("Plants", garden)
    assert names(dan_here) == [("Garden", 0), ("Tools", 1), ("Plants", 1), ("Kitchen", 0)]


def test_category_moves_with_all_that_is_in_it(dan_here, make):
    garden, kitchen = make("Garden"), make("Kitchen")
    tools = make("Tools", garden)
    spades = make("Spades", tools)
    product = saved(dan_here, category_id=spades.pk)
    make("Tools", kitchen, tools)
    spades.refresh_from_db()
    assert Category.objects.under(kitchen).count() == 3
    assert spades.depth == 2
    assert set(Placement.objects.filter(product=product).values_list("category__name", flat=True)) == {
        "Kitchen", "Tools", "Spades",
    }  # fmt: skip


def test_category_stands_in_nothing_of_its_own(make):
    garden = make("Garden")
    tools = make("Tools", garden)
    with pytest.raises(NotThere):
        make("Garden", tools, garden)
    with pytest.raises(NotThere):
        make("Garden", garden, garden)


def test_tree_has_eight_levels(make):
    parent = None
    for level in range(8):
        parent = make(f"Level {level}", parent)
    with pytest.raises(NotThere):
        make("Too deep", parent)


def test_deep_subtree_does_not_move_too_deep(make):
    parent = None
    for level in range(7):
        parent = make(f"Level {level}", parent)
    top = make("Top")
    make("Below", top)
    with pytest.raises(NotThere):
        make("Top", parent, top)


def test_neighbours_have_different_names(make):
    garden = make("Garden")
    make("Garden", garden)
    with pytest.raises(CategoryTaken):
        make("GARDEN")


def test_category_moves_among_its_neighbours(dan_here, make):
    first, second, third = (make(name) for name in ("A", "B", "C"))
    actions.move_category(actor=dan_here, category=third, step=-1)
    actions.move_category(actor=dan_here, category=first, step=1)
    actions.move_category(actor=dan_here, category=second, step=5)
    assert [name for name, _depth in names(dan_here)] == ["C", "A", "B"]


def test_only_an_empty_category_goes(dan_here, make):
    garden = make("Garden")
    tools = make("Tools", garden)
    saved(dan_here, category_id=tools.pk)
    for full in (garden, tools):
        with pytest.raises(HasParts):
            actions.delete_category(actor=dan_here, category=full)
    empty = make("Empty")
    for _repeated in range(2):
        actions.delete_category(actor=dan_here, category=empty)
    assert names(dan_here) == [("Garden", 0), ("Tools", 1)]
