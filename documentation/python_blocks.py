"""Whether a piece of Python could run: it compiles, and what it imports, names and calls is there."""

import ast
import builtins
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType


def syntax_error(code: str) -> str:
    """What Python says against the code; nothing where it compiles."""
    try:
        compile(code, "<page>", "exec")
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    return ""


class Namespace:
    """What the blocks of a page have imported and named so far: they are read as one program."""

    def __init__(self) -> None:
        self._imported: dict[str, object] = {}
        self._named: set[str] = {*dir(builtins), "__name__", "__file__"}

    def problems(self, code: str) -> list[str]:
        """What is wrong with the next block."""
        if said := syntax_error(code):
            return [said]
        tree = ast.parse(code)
        wrong = [said for node in ast.walk(tree) for said in self._import(node)]
        self._named |= set(_names_made(tree))
        for node in ast.walk(tree):
            wrong += self._unknown(node)
        return list(dict.fromkeys(wrong))

    def _import(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                try:
                    module = importlib.import_module(alias.name)
                except ImportError as error:
                    yield str(error)
                    continue
                outermost = importlib.import_module(alias.name.partition(".")[0])
                self._imported[alias.asname or outermost.__name__] = module if alias.asname else outermost
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                try:
                    self._imported[alias.asname or alias.name] = _from(str(node.module), alias.name)
                except ImportError as error:
                    yield str(error)

    def _unknown(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Name) and node.id not in self._named and node.id not in self._imported:
            yield f"{node.id} is not defined on this page"
        elif isinstance(node, ast.Attribute):
            owner = self._known(node.value)
            if isinstance(owner, ModuleType | type) and not hasattr(owner, node.attr):
                yield f"{ast.unparse(node)}: {ast.unparse(node.value)} has no {node.attr}"
        elif isinstance(node, ast.Call):
            yield from self._misfit(node)

    def _known(self, node: ast.AST) -> object | None:
        """What an expression stands for, where imports alone say so."""
        if isinstance(node, ast.Name):
            return self._imported.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self._known(node.value)
            if isinstance(owner, ModuleType | type):
                return getattr(owner, node.attr, None)
        return None

    def _misfit(self, call: ast.Call) -> Iterator[str]:
        """A call of something imported with arguments that it does not take."""
        called = self._known(call.func)
        starred = any(isinstance(given, ast.Starred) for given in call.args)
        if not callable(called) or starred or any(keyword.arg is None for keyword in call.keywords):
            return
        try:
            signature = inspect.signature(called)
        except ValueError:  # of what is written in C nobody may know
            return
        try:
            signature.bind(*call.args, **{str(keyword.arg): keyword for keyword in call.keywords})
        except TypeError as error:
            yield f"{ast.unparse(call.func)}(): {error}"


def _from(module: str, name: str) -> object:
    """What `from module import name` gives."""
    found = importlib.import_module(module)
    if not hasattr(found, name):
        importlib.import_module(f"{module}.{name}")
    return getattr(found, name)


def _names_made(tree: ast.AST) -> Iterator[str]:
    """Every name that the code itself gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
