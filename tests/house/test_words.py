"""Laws of names: whatever is written as a name in one place has its counterpart in the other."""

import ast
import re
from collections.abc import Iterator

from django.conf import settings

from advisory_portal import activity
from advisory_portal.celery import app as celery
from tests.house.source import APPS, ROOT, called_name, modules, our_models, place, tracked_files

TEMPLATES = ROOT / "templates"


def texts(node: ast.expr) -> list[str]:
    """Every text that an expression of constants can be; raises ValueError for one that depends on more."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    if isinstance(node, ast.FormattedValue):
        return texts(node.value)
    if isinstance(node, ast.JoinedStr):
        found = [""]
        for part in node.values:
            found = [before + after for before in found for after in texts(part)]
        return found
    raise ValueError(f"The house cannot read {ast.unparse(node)!r}: write the name out.")


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return named.get(name) or (call.args[position] if len(call.args) > position else None)


def given(function_name: str, position: int, name: str, *, besides: tuple[str, ...] = ("core",)) -> Iterator[str]:
    """What our code gives a function as one argument. A parameter is followed to the callers in the same file."""
    for module in modules():
        if module.room in besides:
            continue
        for function in module.functions():
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if called_name(call) != function_name:
                    continue
                value = argument(call, position, name)
                assert value is not None, place(module, call)
                yield from followed(module, function, value)


def followed(module, function: ast.FunctionDef, value: ast.expr) -> Iterator[str]:
    parameters = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
    named = next((n.id for n in ast.walk(value) if isinstance(n, ast.Name) and n.id in parameters), None)
    if named is None:
        yield from texts(value)
        return
    for call in module.calls():
        if called_name(call) != function.name:
            continue
        passed = argument(call, parameters.index(named), named)
        assert passed is not None, place(module, call)
        for text in texts(passed):
            yield from texts(Filled(named, text).visit(ast.parse(ast.unparse(value), mode="eval").body))


class Filled(ast.NodeTransformer):
    """Puts a text in the place of a name."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(self.text) if node.id == self.name else node


def moves() -> set[str]:
    """What `move` writes: each state of every table that has them, but a first one to which nothing leads back."""
    found = set()
    for model in our_models():
        has_moves = hasattr(model, "MOVES") or hasattr(model, "moves")
        if hasattr(model, "State") and has_moves and not hasattr(model, "HAS_OWN_LOG"):
            first = model._meta.get_field("state").default
            reached = set().union(*getattr(model, "MOVES", {}).values())
            states = {state for state in model.State.values if state != first or state in reached}
            found |= {f"{model._meta.label_lower}.{state}" for state in states}
    return found


def test_everything_in_the_log_has_words():
    assert set(given("record", 1, "what")) | moves() == set(activity.WORDS)


def test_things_of_the_log_are_tables():
    assert set(activity.THINGS) <= {model._meta.label_lower for model in our_models()}


def test_nudged_and_scheduled_tasks_exist():
    celery.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    nudged = {*given("nudge", 0, "task_name"), *given("ListKind", 1, "task"), "core.deliver_emails"}
    assert nudged <= set(celery.tasks)
    ours = {name for name, task in celery.tasks.items() if task.__module__.split(".")[0] in (*APPS, "advisory_portal")}
    assert scheduled == ours  # a sweep that beat does not run would depend on a nudge that may be lost


def mailed() -> set[str]:
    """What our own actions mail; what allauth mails is in tests/partners/test_allauth_templates.py."""
    return set(given("notify", 0, "name", besides=("core", "adapters")))


def test_every_mail_has_its_two_templates():
    for name in mailed():
        app, message = name.split("/")
        for ending in ("txt", "html"):
            assert (TEMPLATES / app / "emails" / f"{message}.{ending}").is_file(), f"{name}.{ending}"


def test_every_mail_template_is_sent():
    files = (path for name in APPS for path in (TEMPLATES / name / "emails").glob("[!_]*"))  # _ begins a fragment
    written = {f"{path.parts[-3]}/{path.stem}" for path in files}
    assert written == mailed()


def test_mails_that_can_be_turned_off_are_sent():
    assert set(activity.NOTIFICATIONS) | set(activity.CONTACT_MAILS) <= mailed()


# --- Settings ------------------------------------------------------------------------------------------------


def read_from_the_environment() -> set[str]:
    tree = ast.parse((ROOT / "advisory_portal/settings.py").read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {call.args[0].value for call in calls if re.fullmatch(r"env\.\w+", ast.unparse(call.func))}


def documented() -> set[str]:
    """The names in the first cells of README's tables."""
    cells = re.findall(r"^\|([^|]*)\|", (ROOT / "README.md").read_text(), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)}


def test_every_setting_is_in_the_readme():
    assert read_from_the_environment() - documented() == set()


def test_every_setting_of_the_readme_is_read():
    code = "".join(path.read_text() for path in tracked_files() if path.suffix in (".py", "") and path.is_file())
    assert {name for name in documented() if f'"{name}"' not in code} == set()
