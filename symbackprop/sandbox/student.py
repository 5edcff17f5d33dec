"""
Running a student's NumPy function: the only module in which such code is executed, and only in a child that ends with it.

The child gets arrays and returns arrays; what they are compared with never comes here, so that there is nothing to read and
nothing to forge: a program that returns the right gradients by any means has computed them.  Before the first line of it
runs, the kernel takes away every system call but those that compute (`confine`, on Linux), and an audit hook refuses, with a
sentence, to open files, to start programs and processes and to use the network.  Where the kernel does not confine, the
hook alone is no wall: Python's audit hooks are made for watching, and code that wants to can get around them (PEP 578).
"""

from __future__ import annotations

import builtins
import inspect
import io
import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeAlias

from symbackprop.sandbox.confine import confine
from symbackprop.sandbox.limits import Limits, limit_process

SERVES_MANY = False
MODULES = (
    "__future__",
    "abc",
    "cmath",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "itertools",
    "math",
    "numbers",
    "numpy",
    "operator",
    "random",
    "statistics",
    "string",
    "time",
    "typing",
    "warnings",
)
# A warning needs these later, when nothing can be opened any more.
_TO_WARN = ("linecache", "tokenize", "traceback", "tracemalloc")
_NUMPY = ("fft", "linalg", "ma", "polynomial", "random", "typing")
PRELOAD = (*MODULES, *_TO_WARN, "collections.abc", *(f"numpy.{name}" for name in _NUMPY))
FUNCTIONS = (
    "backward",
    "backprop",
    "backpropagation",
    "backpropagate",
    "backward_pass",
    "backward_propagation",
    "model_backward",
    "gradients",
    "gradient",
    "grad",
)
# What a parameter may be called that takes all weights and biases, or all values, in a dictionary.
PARAMETERS = ("params", "parameters", "weights", "theta", "p")
VALUES = ("cache", "values", "forward_values", "activations")
MOST_PRINTED = 2_000
MOST_ENTRIES = 200_000
LONGEST_MESSAGE = 300

# The beginnings of Python's audit events, and what is refused with them.
REFUSED = {
    "open": "opening files",
    "os.": "using the operating system",
    "shutil.": "copying and removing files",
    "tempfile.": "making files",
    "glob.": "looking for files",
    "pathlib.": "looking for files",
    "socket.": "using the network",
    "urllib.": "using the network",
    "http.": "using the network",
    "ftplib.": "using the network",
    "smtplib.": "using the network",
    "subprocess.": "starting programs",
    "pty.": "starting programs",
    "webbrowser.": "starting programs",
    "ctypes.": "calling the machine's libraries",
    "mmap.": "mapping memory",
    "fcntl.": "using the operating system",
    "resource.": "changing limits",
    "signal.": "sending signals",
    "syslog.": "writing to logs",
    "sqlite3.": "opening databases",
    "gc.": "looking at other objects",
    "sys.addaudithook": "watching the program",
    "sys.settrace": "watching the program",
    "sys.setprofile": "watching the program",
    "import": "importing this module",
}


Make: TypeAlias = Callable[[dict[str, Any]], Any]


class RefusedError(PermissionError):
    """What a student's program may not do."""


class Printed(io.TextIOBase):
    """Standard output of a student's program: the first characters are kept, the rest is dropped."""

    def __init__(self) -> None:
        """Begin empty."""
        self.text = ""
        self.is_full = False

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        if not self.is_full:
            self.text += str(text)[: max(0, MOST_PRINTED - len(self.text))]
        return len(text)

    def writable(self) -> bool:
        """Say yes, as standard output does."""
        return True


class StudentError(Exception):
    """What stopped a student's program, as a sentence with its line."""


def run(source: str, name: str, calls: Mapping[str, list[dict[str, Any]]], *, limits: Limits) -> dict[str, Any]:
    """
    Execute a program and call its function once for every point of every layout.

    `calls` has, for each layout, the arrays offered at each point.  Returns {"fault": sentence, "printed": text} where
    there is no function to call, else {"order": its parameters, "results": {layout: list}, "printed": text}, each result
    {"fault": sentence} or {"gradients": dict or list}, each gradient {"shape": …, "entries": …} or {"fault": …}.
    """
    limit_process(limits.memory, last=limits)
    printed = Printed()
    sys.stdout = sys.stderr = printed
    random = import_numpy().random
    random.seed(0)
    confine(reading=False)
    _hook()
    try:
        module = _execute(source, name)
        function = _guarded(name, lambda: _find(module, name))
        results: dict[str, list[Any]] = {}
        for layout, points in calls.items():
            results[layout] = []
            for offered in points:
                results[layout].append(_call(function, module, name, offered))
                # What the first call prints, the others print again.
                printed.is_full = True
    except StudentError as error:
        return {"fault": str(error), "printed": str(printed.text)[:MOST_PRINTED]}
    order = [str(key)[:80] for key in inspect.signature(function).parameters]
    return {"order": order, "results": results, "printed": str(printed.text)[:MOST_PRINTED]}


def import_numpy() -> ModuleType:
    """Return NumPy, which is imported before anything is refused."""
    import numpy as np  # only a child imports it here

    return np


def _hook() -> None:
    """Refuse, for good, what REFUSED lists."""
    refused = dict(REFUSED)

    def hook(event: str, _: tuple[Any, ...]) -> None:
        for beginning, what in refused.items():
            if event == beginning or (beginning[-1] == "." and event.startswith(beginning)):
                msg = f"{what} is not allowed here"
                raise RefusedError(msg)

    sys.addaudithook(hook)


def _execute(source: str, name: str) -> ModuleType:
    """Run a program's text as a module of its own; raises StudentError with the line."""
    module = ModuleType("student")
    sys.modules["student"] = module
    names = module.__dict__
    names["__builtins__"] = {**vars(builtins), "__import__": _import}
    code: CodeType = _guarded(name, lambda: compile(source, name, "exec", dont_inherit=True))
    _guarded(name, lambda: exec(code, names))  # noqa: S102 - what this child is for
    return module


def _import(name: str, *rest: Any) -> Any:
    """Import a module that is on the list; only politeness, since `confine` and the hook stand behind it."""
    if name.partition(".")[0] not in MODULES:
        msg = f"{name[:80]} cannot be imported here; {', '.join(MODULES[1:])} can"
        raise ImportError(msg)
    return builtins.__import__(name, *rest)


def _guarded(name: str, action: Callable[[], Any]) -> Any:
    """Do something that runs a student's code; whatever it raises becomes a StudentError."""
    try:
        return action()
    except StudentError:
        raise
    except BaseException as error:  # noqa: BLE001 - also SystemExit and KeyboardInterrupt, which are only words here
        raise StudentError(_sentence(error, name)) from None


def _sentence(error: BaseException, name: str) -> str:
    """Return file:line: Kind: message, the line being the deepest one in the student's file."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    kind = type(error).__name__
    if isinstance(error, SyntaxError):
        line, said = error.lineno, str(error.msg)
    elif isinstance(error, SystemExit):
        kind, said = "SystemExit", "the program ended itself"
    elif isinstance(error, MemoryError):
        said = "more than the memory that a program gets here"
    else:
        try:
            said = str(error)
        except BaseException:  # noqa: BLE001 - a message may be code, too
            said = ""
    place = name if line is None else f"{name}:{line}"
    text = " ".join(said.split())[:LONGEST_MESSAGE]
    return f"{place}: {kind[:80]}: {text}" if text else f"{place}: {kind[:80]}"


def _find(module: ModuleType, name: str) -> FunctionType:
    """Return the function that computes gradients; raises LookupError."""
    own = {key: value for key, value in vars(module).items() if isinstance(value, FunctionType) and value.__module__ == "student"}
    for wanted in FUNCTIONS:
        if wanted in own:
            return own[wanted]
    if len(own) == 1:
        return next(iter(own.values()))
    msg = f'{name}: there is no function "backward"; write backward(x, y, W1, b1, …) that returns the gradients'
    raise StudentError(msg)


def _call(function: FunctionType, module: ModuleType, name: str, offered: dict[str, Any]) -> dict[str, Any]:
    """Call the function with fresh arrays; returns the gradients, or the fault."""
    fault = ""
    for together in (dict, _as_tuple) if _takes_all(function) else (dict,):
        try:
            return {"gradients": _guarded(name, partial(_gradients, function, module, name, offered, together))}
        except StudentError as error:
            fault = fault or str(error)
    return {"fault": fault}


def _takes_all(function: FunctionType) -> bool:
    return any(key in PARAMETERS for key in inspect.signature(function).parameters)


def _as_tuple(parameters: dict[str, Any]) -> tuple[Any, ...]:
    """Return the parameters in order, for a program that unpacks them: `W1, b1, W2, b2 = params`."""
    return tuple(parameters.values())


def _gradients(function: FunctionType, module: ModuleType, name: str, offered: dict[str, Any], make: Make) -> Any:
    positional, keywords = _arguments(function, module, name, offered, make)
    found = function(*positional, **keywords)
    if isinstance(found, Mapping):
        return {str(key)[:80]: _as_data(value) for key, value in list(found.items())[:1000]}
    if isinstance(found, tuple | list) and not (len(offered["parameters"]) == 1 and _is_numbers(found)):
        return [_as_data(value) for value in found[:1000]]
    return [_as_data(found)]


def _is_numbers(found: Any) -> bool:
    """Whether a list is the one gradient itself, and not a list of gradients."""
    return len(found) != 1 and not any(hasattr(part, "shape") for part in found)


def _arguments(
    function: FunctionType, module: ModuleType, name: str, offered: dict[str, Any], make: Make
) -> tuple[list[Any], dict[str, Any]]:
    """Match the parameters of a function by name; raises StudentError for one that is not offered."""
    np = import_numpy()
    arrays = {key: np.array(value, dtype=float) if isinstance(value, list) else value for key, value in offered["arrays"].items()}
    parameters = {key: arrays[key] for key in offered["parameters"]}
    others = {key: value for key, value in arrays.items() if key not in parameters}
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    skipped = False
    signature = inspect.signature(function).parameters
    for key, parameter in signature.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            keywords.update({other: value for other, value in arrays.items() if other not in signature})
            continue
        if key in arrays:
            value = arrays[key]
        elif key in PARAMETERS:
            value = make(parameters)
        elif key in VALUES:
            value = _cache(module, name, offered, make) if "forward" in vars(module) else others
        elif parameter.default is not parameter.empty:
            skipped = True
            continue
        else:
            msg = f'{name}:{function.__code__.co_firstlineno}: "{key[:80]}" is not offered; {", ".join(arrays)} and params are'
            raise StudentError(msg)
        if parameter.kind is parameter.KEYWORD_ONLY or skipped:
            keywords[key] = value
        else:
            positional.append(value)
    return positional, keywords


def _cache(module: ModuleType, name: str, offered: dict[str, Any], make: Make) -> Any:
    """Return what the program's own forward pass keeps: the last of what `forward` returns, as in `return J, cache`."""
    positional, keywords = _arguments(vars(module)["forward"], module, name, offered, make)
    found = vars(module)["forward"](*positional, **keywords)
    return found[-1] if isinstance(found, tuple) else found


def _as_data(value: Any) -> dict[str, Any]:
    """Return one gradient as numbers with a shape; or why it is none."""
    np = import_numpy()
    try:
        array = np.asarray(value)
        if np.iscomplexobj(array):
            return {"fault": "is complex"}
        array = np.asarray(array, dtype=float)
    except (TypeError, ValueError):
        return {"fault": f"is no array of numbers, but {type(value).__name__[:80]}"}
    if array.size > MOST_ENTRIES:
        return {"fault": f"has {array.size} entries"}
    return {"shape": [int(size) for size in array.shape], "entries": [float(entry) for entry in array.ravel()]}


TASKS = {"run": run}
