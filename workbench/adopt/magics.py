"""Magics and shell lines: kept where they work headless, taken out where they would wait for a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec

from workbench.adopt.edit import Edit
from workbench.adopt.finding import Finding
from workbench.adopt.magic import PYTHON_CELLS, Magic
from workbench.adopt.place import Places
from workbench.adopt.read import Cell, Messy

_SAFE = PYTHON_CELLS | frozenset(
    {"autoreload", "config", "env", "load_ext", "precision", "reload_ext", "set_env", "who", "whos", "pprint"}
)
_PERSON = frozenset(
    {"debug", "pdb", "edit", "recall", "rerun", "pinfo", "pinfo2", "page", "logon", "logstart", "tb"}
)
_PIP = re.compile(r"(?:python3? -m )?pip3? install\s+(?P<words>.+)|conda install\s+(?P<conda>.+)")
_IMPORTED_AS = {"scikit-learn": "sklearn", "pillow": "PIL", "pyyaml": "yaml", "opencv-python": "cv2"}
_OTHER_LANGUAGES = frozenset(
    {"bash", "sh", "script", "perl", "ruby", "html", "javascript", "js", "svg", "latex"}
)
_HEADLESS = "inline"


class Magics:
    """Goes through the magics of a notebook; its cells get the edits."""

    def __init__(self, messy: Messy, places: Places) -> None:
        self.findings: list[Finding] = []
        self.dependencies: list[str] = []
        self.changes_folder: int | None = None
        self._messy = messy
        self._places = places

    def adopt(self) -> None:
        """Propose what to do about each magic."""
        for cell in self._messy.code:
            for magic in cell.magics:
                self._how(magic)(cell, magic)

    def _how(self, magic: Magic) -> Callable[[Cell, Magic], None]:
        if magic.kind == "help" or (magic.kind == "line" and magic.name in _PERSON):
            return self._person
        words = f"{magic.name} {magic.words}"
        if magic.kind in ("shell", "line") and _PIP.match(words):
            return self._install
        if magic.kind == "shell":
            return self._shell
        special = {"matplotlib": self._matplotlib, "cd": self._folder, "run": self._run, "store": self._store}
        if magic.kind == "line" and magic.name in special:
            return special[magic.name]
        return self._keep if magic.name in _SAFE else self._unknown

    def _keep(self, cell: Cell, magic: Magic) -> None:
        """It works headless as it does for a person."""

    def _person(self, cell: Cell, magic: Magic) -> None:
        self._comment(cell, magic)
        what = "shows help" if magic.kind == "help" else f"%{magic.name} waits for a person"
        self._find("magic", cell, f"{what}: the line becomes a comment")

    def _matplotlib(self, cell: Cell, magic: Magic) -> None:
        backend = magic.words.split("#")[0].strip()
        if backend not in (_HEADLESS, "--list", ""):
            self._replace(cell, magic, f"%matplotlib {_HEADLESS}")
            self._find(
                "magic", cell, f"%matplotlib {backend} needs a browser or a screen: it becomes {_HEADLESS}"
            )

    def _install(self, cell: Cell, magic: Magic) -> None:
        found = _PIP.match(f"{magic.name} {magic.words}")
        assert found is not None
        words = (found["words"] or found["conda"]).split("#")[0].split()
        names = [word.strip("'\"") for word in words if not word.startswith("-") and "://" not in word]
        self.dependencies += [name for name in names if name not in self.dependencies]
        self._comment(cell, magic)
        text = f"installs {', '.join(names)} while it runs: the line becomes a comment"
        missing = [name for name in names if not _is_there(name)]
        todo = f"Declare {', '.join(names)} in the project's requirements"
        todo += f", and install {', '.join(missing)}: it is not here." if missing else "."
        self._find("dependency", cell, text, todo)

    def _shell(self, cell: Cell, magic: Magic) -> None:
        text = f"`!{magic.name}` is kept: it needs that program wherever the stage runs"
        self._find("magic", cell, text)

    def _folder(self, cell: Cell, magic: Magic) -> None:
        self.changes_folder = self.changes_folder or cell.number
        place = self._places.of(magic.words.strip("'\" ") or "~")
        if place.inside is not None and place.text != magic.words:
            self._replace(cell, magic, f"%cd {place.text}")
        self._find("magic", cell, "%cd changes the folder: paths below are left as they are", "Check them.")

    def _run(self, cell: Cell, magic: Magic) -> None:
        script, _, rest = magic.words.partition(" ")
        place = self._places.of(script.strip("'\""))
        if place.inside is not None and place.exists and place.text != script:
            self._replace(cell, magic, f"%run {place.text} {rest}".rstrip())
        there = f"{place.inside} counts as code of the stage" if place.exists else f"{script} is not there"
        self._find(
            "magic", cell, f"%run takes names from another file: {there}", "" if place.exists else "Bring it."
        )

    def _store(self, cell: Cell, magic: Magic) -> None:
        text = f"%store {magic.words} exchanges variables with other notebooks through this person's profile"
        self._find(
            "hidden-state", cell, text, "Save them with stage.save there, and load them with stage.load."
        )

    def _unknown(self, cell: Cell, magic: Magic) -> None:
        mark = "%%" if magic.kind == "cell" else "%"
        if magic.name in _OTHER_LANGUAGES or magic.name == "writefile":
            self._find("magic", cell, f"{mark}{magic.name} is kept; what it reads and writes is not seen")
        else:
            self._find("magic", cell, f"{mark}{magic.name} is kept: it works if an extension brings it")

    def _comment(self, cell: Cell, magic: Magic) -> None:
        start, end = cell.at.lines(magic.line, magic.last)
        text = cell.source[start:end]
        body, line_break = text.rstrip("\n"), "\n" * text.endswith("\n")
        indent = body[: len(body) - len(body.lstrip())]
        lines = [f"{indent}# {line.strip()}" for line in body.split("\n")]
        passing = f"{indent}pass" if indent else ""  # a block must not become empty
        assigned = f"{indent}{body.partition('=')[0].strip()} = []" if magic.assigned else ""
        kept = [line for line in (assigned or passing,) if line]
        cell.edits.append(Edit(start, end, "\n".join([*lines, *kept]) + line_break))

    def _replace(self, cell: Cell, magic: Magic, text: str) -> None:
        start, end = cell.at.lines(magic.line, magic.last)
        old = cell.source[start:end]
        indent = old[: len(old) - len(old.lstrip())]
        cell.edits.append(Edit(start, end, f"{indent}{text}" + "\n" * old.endswith("\n")))

    def _find(self, kind: str, cell: Cell, text: str, todo: str = "") -> None:
        self.findings.append(Finding(kind, cell.number, text, todo=todo))


def _is_there(requirement: str) -> bool:
    """Return whether the module of a package can be imported here, as far as its name tells."""
    name = re.split(r"[\[<>=!~;]", requirement)[0].strip().lower()
    return find_spec(_IMPORTED_AS.get(name, name.replace("-", "_")).partition(".")[0]) is not None
