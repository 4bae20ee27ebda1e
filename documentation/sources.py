"""What our code says of its own names, in the strings that stand below them."""

import ast
import inspect
from itertools import pairwise
from pathlib import Path
from types import ModuleType


def said_of_members(owner: type) -> dict[str, str]:
    """The string below each attribute of a class, as one line; attributes without one are left out."""
    tree = ast.parse(Path(inspect.getfile(owner)).read_text())
    found = next(
        node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == owner.__name__
    )
    return _said(found.body)


def said_of_names(module: ModuleType) -> dict[str, str]:
    """The string below each name that a module gives to a value, as one line."""
    return _said(ast.parse(inspect.getsource(module)).body)


def _said(body: list[ast.stmt]) -> dict[str, str]:
    return {
        name: " ".join(inspect.cleandoc(below.value.value).split())
        for statement, below in pairwise(body)
        if (name := _name(statement))
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def _name(statement: ast.stmt) -> str:
    target = statement.target if isinstance(statement, ast.AnnAssign) else None
    if isinstance(statement, ast.Assign):
        target = statement.targets[0] if isinstance(statement.targets[0], ast.Name) else None
    return target.id if isinstance(target, ast.Name) else ""
