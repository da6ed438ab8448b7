"""The house keeps its own promises: where things are, who may import whom, what no file may name.

Asks git which files are ours, so it needs a checkout; works on copies in a temporary folder, never on the tree.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
PACKAGE = HOUSE / "mailproc"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
ASKED = PROJECT["project"]["dependencies"]
FOR_THE_DEMO = PROJECT["project"]["optional-dependencies"]["demo"]

TOP_LEVEL = {  # the house of design §3, and what every Python project has beside it
    *("config.toml", "rules", "templates", "outbox", "tests", "mailproc", "pyproject.toml", "README.md"),
    *("Makefile", "docs", ".ci", "CHANGELOG.md", "LICENSE", "requirements"),
}
MAY_STAND_BESIDE = {"bench", "findings", ".gitignore", ".gitattributes", ".editorconfig"}
ROOMS = {
    *("cli", "schedule", "config", "errors", "failpoint", "finding", "phrase", "tables", "times", "kinds"),
    *("message", "document", "dossier", "sorting", "review", "workflow"),
    *("intake", "inspect", "store", "letters", "delivery", "publish", "desk"),
}
MODULE_LINES = 500
MODULES_OF_A_ROOM = 15
UPWARD = [  # a lower room, a higher one of the same house: what the contract inside each must not let pass
    ("desk/ground", "desk/turn"),
    ("desk/turn", "desk/tell"),
    ("desk/tell", "desk/decide"),
    ("desk/decide", "desk/erase"),
    ("desk/erase", "desk/decide"),
    ("desk/decide", "desk/hear"),
    ("desk/hear", "desk/clock"),
    ("desk/clock", "desk/serve"),
    ("desk/serve", "desk/carry"),
    ("desk/carry", "desk/keep"),
    ("desk/keep", "desk/watch"),
    ("message/mime", "message/words"),
    ("kinds", "message"),
    ("store/work", "store/people"),
    ("review/language", "review/reply"),
]
LATE = {  # (module, library): where a library costs more than everything else, and few runs come there
    ("message/author/signature.py", "dkim"),
    ("message/charset/likely.py", "chardet"),
    ("store/migrations/__init__.py", "alembic"),
    ("store/migrations/__init__.py", "alembic.config"),
}

# Assembled, so that this file does not find itself.
HOSTS = [".".join(words) for words in (("pypi", "org"), ("pythonhosted", "org"), ("debian", "org"), ("npmjs", "org"))]
HOST = re.compile("|".join(rf"\b{re.escape(host)}\b" for host in HOSTS), re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:" + "|".join(("wo" + "rk", "ro" + "ot")) + r")(?![\w.-])")


def our_files() -> list[Path]:
    """Every file that is, or on the next `git add` would be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=HOUSE, capture_output=True, check=False)  # noqa: S603  # a fixed command
    if listed.returncode:
        pytest.skip("not a git checkout: only git knows which files are ours")
    paths = (HOUSE / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def a_copy(tmp_path: Path) -> Path:
    """The package and its contract in a folder of their own, free to be broken."""
    shutil.copytree(PACKAGE, tmp_path / "mailproc", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> tuple[int, str]:
    """Exit status and words of import-linter on the package in `folder`."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # our own venv
    return told.returncode, told.stdout + told.stderr


def test_imports_run_one_way() -> None:
    status, told = lint_imports(HOUSE)
    assert status == 0, told


def test_the_contract_breaks_when_intake_imports_the_store(tmp_path: Path) -> None:
    copy = a_copy(tmp_path)
    with (copy / "mailproc/intake/__init__.py").open("a", encoding="utf-8") as module:
        module.write("\nimport mailproc.store\n")
    status, told = lint_imports(copy)
    assert status == 1
    assert "mailproc.intake -> mailproc.store" in told


def test_the_contract_breaks_when_review_imports_the_workflow(tmp_path: Path) -> None:
    copy = a_copy(tmp_path)
    with (copy / "mailproc/review/__init__.py").open("a", encoding="utf-8") as module:
        module.write("\nimport mailproc.workflow\n")
    status, told = lint_imports(copy)
    assert status == 1
    assert "mailproc.review -> mailproc.workflow" in told


def test_the_contract_breaks_when_a_folder_has_no_place(tmp_path: Path) -> None:
    copy = a_copy(tmp_path)
    (copy / "mailproc/utils").mkdir()
    (copy / "mailproc/utils/__init__.py").write_text('"""Everything else."""\n', encoding="utf-8")
    status, told = lint_imports(copy)
    assert status == 1
    assert "mailproc.utils" in told


@pytest.mark.parametrize(("lower", "higher"), UPWARD)
def test_the_contract_breaks_when_a_room_imports_a_higher_one(tmp_path: Path, lower: str, higher: str) -> None:
    copy = a_copy(tmp_path)
    low, high = (f"mailproc.{room.replace('/', '.')}" for room in (lower, higher))
    with (copy / f"mailproc/{lower}/__init__.py").open("a", encoding="utf-8") as module:
        module.write(f"\nimport {high}\n")
    status, told = lint_imports(copy)
    assert status == 1
    assert f"{low} -> {high}" in told


def test_a_room_of_the_desk_needs_a_place(tmp_path: Path) -> None:
    copy = a_copy(tmp_path)
    (copy / "mailproc/desk/common.py").write_text('"""Everything else."""\n', encoding="utf-8")
    status, told = lint_imports(copy)
    assert status == 1
    assert "mailproc.desk.common" in told


def test_no_room_holds_more_modules_than_a_newcomer_can_look_over() -> None:
    held: dict[str, int] = {}
    for path in MODULES:
        if path.stem != "__init__":
            folder = str(path.parent.relative_to(HOUSE))
            held[folder] = held.get(folder, 0) + 1
    assert {folder: many for folder, many in held.items() if many > MODULES_OF_A_ROOM} == {}


def arrows(package: Path) -> dict[str, set[str]]:
    """Module -> modules of the package that it names in an import, wherever in it that stands."""
    paths = {".".join(path.relative_to(package.parent).with_suffix("").parts): path for path in package.rglob("*.py")}
    modules = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    found: dict[str, set[str]] = {}
    for name, path in modules.items():
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        froms = [
            (node.module, alias.name) for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
        ]
        parts = {f"{module}.{part}" if f"{module}.{part}" in modules else module for module, part in froms}
        found[name] = ((plain | parts) & modules.keys()) - {name}
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring; empty if there is none."""
    left = dict(graph)
    while ends := [name for name, named in left.items() if not named & left.keys()]:
        for name in ends:
            del left[name]
    walk: list[str] = []
    here = min(left, default="")
    while here and here not in walk:
        walk.append(here)
        here = min(left[here] & left.keys())
    return walk[walk.index(here) :] if here else []


def test_no_modules_import_each_other_in_a_ring_not_even_inside_a_function() -> None:
    assert circle(arrows(PACKAGE)) == []


@pytest.mark.parametrize("where", ["def later():\n    import {}\n", "if TYPE_CHECKING:\n    import {}\n"])
def test_a_ring_is_seen_wherever_the_import_stands(tmp_path: Path, where: str) -> None:
    copy = a_copy(tmp_path) / "mailproc"
    with (copy / "errors.py").open("a", encoding="utf-8") as module:
        module.write("\n" + where.format("mailproc.failpoint"))
    assert circle(arrows(copy)) == ["mailproc.errors", "mailproc.failpoint"]


def test_imports_stand_at_the_top_but_for_libraries_that_most_runs_do_without() -> None:
    inside = {
        (str(path.relative_to(PACKAGE)), name)
        for path in MODULES
        for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.If | ast.Try)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert inside == LATE


def test_the_tests_of_the_desk_stand_in_its_rooms() -> None:
    rooms = {path.parent.name for path in (PACKAGE / "desk").glob("*/*.py")}
    placed = {path.relative_to(HOUSE / "tests/desk").parts[0] for path in (HOUSE / "tests/desk").rglob("test_*.py")}
    assert placed <= rooms


def test_the_folders_are_the_sentence_of_the_design() -> None:
    top = {path.relative_to(HOUSE).parts[0] for path in our_files()}
    assert top >= TOP_LEVEL, f"missing: {sorted(TOP_LEVEL - top)}"
    assert top <= TOP_LEVEL | MAY_STAND_BESIDE, f"has no place: {sorted(top - TOP_LEVEL - MAY_STAND_BESIDE)}"


def test_the_rooms_are_those_of_the_design() -> None:
    inside = {path.relative_to(PACKAGE).parts[0] for path in our_files() if path.is_relative_to(PACKAGE)}
    assert {Path(name).stem for name in inside} == ROOMS | {"__init__"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_module_opens_with_its_preface_and_stays_short(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source)), "no preface: what it is for, how it fails, what it does not do"
    assert source.count("\n") <= MODULE_LINES, f"over {MODULE_LINES} lines: this is two modules"


def test_no_file_names_a_package_host_or_a_folder_of_one_machine() -> None:
    found = []
    for path in our_files():
        text = path.read_bytes().decode("latin-1")
        named = {hit.group() for pattern in (HOST, MACHINE_PATH) for hit in pattern.finditer(text)}
        found += [f"{path.relative_to(HOUSE)}: {name}" for name in sorted(named)]
    assert not found


def names(requirements: list[str]) -> set[str]:
    """Package names in their normal form (PEP 503), versions and markers cut off."""
    bare = (re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in requirements)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in bare}


def imported(module: Path) -> set[str]:
    """Top names of what a module imports, wherever in it the import stands."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in plain | parts}


def test_every_dependency_is_imported_and_every_import_is_asked_for() -> None:
    used = {name for module in MODULES for name in imported(module)} - sys.stdlib_module_names - {"mailproc"}
    installed = packages_distributions()
    packages = [package for name in used for package in installed.get(name, [f"{name} (not installed)"])]
    assert names(packages) == names(ASKED + FOR_THE_DEMO)


@pytest.mark.parametrize(
    ("file", "asked"),
    [
        ("run", ASKED),
        ("demo", ASKED + FOR_THE_DEMO),
        ("dev", PROJECT["dependency-groups"]["dev"]),
        ("build", PROJECT["dependency-groups"]["build"]),
    ],
)
def test_everything_asked_for_is_pinned_by_hash(file: str, asked: list[str]) -> None:
    text = (HOUSE / f"requirements/{file}.txt").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=\S)", text.strip())
    assert names(asked) <= names(pins)
    assert all(re.match(r"[\w.-]+==\S+ ", pin) and "--hash=sha256:" in pin for pin in pins), (
        "`make lock` pins with hashes"
    )


def test_the_pins_agree_with_each_other() -> None:
    pins: dict[str, set[str]] = {}
    for file in sorted((HOUSE / "requirements").glob("*.txt")):
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE):
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}
