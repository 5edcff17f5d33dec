"""A class: what is read of submissions, that nothing in them does harm, and that results are the same however they are made."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import zipfile
from fractions import Fraction
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest
from generate_class import rows, write

from symbackprop.errors import InputError, ProblemError
from symbackprop.findings import CORRECT, INVALID, UNDECIDED, WRONG, Finding, StepFinding
from symbackprop.grade import Interrupted, grade
from symbackprop.grade.archives import MOST_BYTES
from symbackprop.grade.contents import mathematics
from symbackprop.grade.decoding import decode
from symbackprop.grade.mathml import admitted
from symbackprop.grade.outcome import Outcome
from symbackprop.grade.sheets import defused
from symbackprop.grade.spool import Row, Spool
from symbackprop.grade.work import find_crew
from symbackprop.problem import Question, from_dict, load
from symbackprop.sandbox.worker import WorkerError

ROOT = Path(__file__).resolve().parents[1]
PROBLEM = {
    "title": "Homework 3",
    "network": {"inputs": 2, "layers": [{"units": 2, "activation": "sigmoid"}, {"units": 1, "activation": "sigmoid"}]},
    "questions": [
        {"id": "q1", "target": "delta2_1", "marks": 2, "title": "The error"},
        {"id": "q2", "target": "dL/dw1_1_1"},
        {"id": "steps", "marks": 4, "steps": 4},
    ],
}


RIGHT_STEP = StepFinding(1, "a = b", CORRECT, "proved", "Right.", marks=Fraction(1))


class Fake:
    """Stands in for the checker: the answer says what its finding is."""

    def __init__(self, problem) -> None:
        self.problem = problem

    def check(self, target, answer, options=None) -> Finding:  # noqa: ARG002 - the signature of a checker
        """Find what the first word says."""
        word = answer.split()[0].lower() if answer.split() else ""
        if word == "right":
            return Finding(CORRECT, "proved", message="Right: proved.", reading=r"\delta_1 x_1", marks=Fraction(1))
        if word == "wrong":
            said = "Not right: the slope σ′(z1_1) is missing. A rule."
            return Finding(WRONG, "proved", frozenset({"missing.slope"}), said, hints=("Not right.", "", said))
        if word == "half":
            steps = (RIGHT_STEP, StepFinding(2, "c", WRONG, None, "No."))
            return Finding(WRONG, None, message="Step 2 is wrong.", steps=steps, marks=Fraction(1), most=Fraction(2))
        if word == "open":
            return Finding(UNDECIDED, message="Not decided.")
        return Finding(INVALID, message=f'column 1: unknown name "{answer}"\n{answer}\n^')

    def close(self) -> None:
        """End nothing."""


def graded(tmp_path, handed_in, out="out", problem=PROBLEM, **options):
    """Grade with the stand-in; `handed_in` is the text of class.csv, or a path."""
    path = handed_in
    if isinstance(handed_in, str):
        path = tmp_path / "class.csv"
        path.write_text(handed_in, encoding="utf-8", newline="")
    options = {"jobs": 1, "making": Fake, **options}
    return grade(from_dict(problem), path, tmp_path / out, **options)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- tables of answers ---------------------------------------------------------------------------------------


def test_a_table_becomes_marks_pages_and_results(tmp_path) -> None:
    """Every output has every answer, and the sums agree."""
    summary = graded(
        tmp_path,
        "student,question,answer,format\nA,q1,right,text\nA,q2,wrong,\nB,q1,wrong,latex\nB,steps,half,\nB,Q2,open,\nC,q1,???,\n",
    )
    out = tmp_path / "out"
    wide, long, look = table(out / "wide.csv"), table(out / "long.csv"), table(out / "look_at.csv")
    scores = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((out / "gradescope").iterdir())]

    assert [[*r.values()] for r in wide] == [
        ["A", "2", "0", "", "2", "", "7", "28.6", ""],
        ["B", "0", "open", "1", "1", "1", "7", "", ""],
        ["C", "open", "", "", "0", "2", "7", "", ""],
    ]
    assert list(wide[0]) == ["student", "q1 (2)", "q2 (1)", "steps (4)", "total", "open", "most", "percent", "note"]
    assert [(r["student"], r["question"], r["verdict"]) for r in long][2:4] == [("B", "q1", "wrong"), ("B", "steps", "wrong")]
    assert [(r["kind"], r["students"], r["marks"]) for r in look] == [("undecided", "B", ""), ("invalid", "C", "")]
    assert [score["score"] for score in scores] == [2, 1, 0]
    assert (summary.students, summary.answers) == (3, 6)
    assert summary.verdicts == {"correct": 1, "wrong": 3, "undecided": 1, "invalid": 1}
    assert "2 of 3" in (out / "class.html").read_text(encoding="utf-8")
    assert len(list((out / "students").iterdir())) == 3
    assert not (out / "results.json").exists()


@pytest.mark.parametrize(
    "text",
    [
        "Student ID;Question;Response\nA;q1;right\n",
        "EMAIL\tQ\tAnswer\tType\nA\tq1\tright\tlatex\n",
        "sep=;\nname;question;answer\nA;question q1;right\n",
        "A,q1,right\n",
        "student,q1,q2\nA,right,\n",
        "name,id,The error\nsomebody,A,right\n",
        "\ufeffstudent,question,answer\r\nA,delta2_1,right\r\n",
        '\n\nstudent,question,answer,,\nA,q1,"right",,\n',
    ],
)
def test_columns_are_found_under_many_names(tmp_path, text) -> None:
    """Separators, capitals, other names, one column a question, no header."""
    graded(tmp_path, text)

    assert [(r["student"], r["question"], r["verdict"]) for r in table(tmp_path / "out" / "long.csv")] == [("A", "q1", "correct")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_encodings_are_found_out_and_a_guess_is_said(tmp_path, encoding) -> None:
    """Umlauts come through in every encoding."""
    path = tmp_path / "class.csv"
    path.write_bytes("student,question,answer\nJürgen É.,q1,right\nZoë,q1,wrong\n".encode(encoding))
    graded(tmp_path, path)
    notes = [r["reason"] for r in table(tmp_path / "out" / "look_at.csv")]

    assert [r["student"] for r in table(tmp_path / "out" / "wide.csv")] == ["Jürgen É.", "Zoë"]
    assert len(notes) == (not encoding.startswith("utf-8"))
    assert all("is not UTF-8 text; it is read as" in note for note in notes)


def test_bytes_that_are_no_text_do_not_stop_anything() -> None:
    """Any bytes at all become some text."""
    for data in (b"", b"\xff", b"\xff\xfe\x00", b"\x00" * 9, bytes(range(256)) * 9, b"\xef\xbb\xbf\xff"):
        assert isinstance(decode(data)[0], str)


def test_bad_rows_are_told_and_the_rest_is_graded(tmp_path) -> None:
    """Ragged rows, empty answers, unknown questions, open quotes: each a sentence with its line, and no more."""
    graded(
        tmp_path,
        "student,question,answer,format\n"
        "A,q1,right,text\n"
        "B,q1,max(0,z),text\n"
        "C\n"
        ",q1,right,text\n"
        "D,q9,right,text\n"
        'E,q1,"right,text\n'
        "F,q1,right,wavy\n"
        "G,q1,  ,text\n"
        'H,q1,"right\n= b, ""so""",text\n'
        "A,q1,wrong,text\n"
        "a,q1,right,text\n",
    )
    look = [(r["source"].rpartition(":")[2], r["student"], r["reason"]) for r in table(tmp_path / "out" / "look_at.csv")]
    long = [(r["student"], r["answer"]) for r in table(tmp_path / "out" / "long.csv")]

    assert look == [
        ("3", "B", "the row has 5 columns, but the header has 4; an answer with a comma needs quotes around it"),
        ("4", "C", "the answer is empty; it counts as none"),
        ("5", "", "the row names no student"),
        ("6", "D", 'there is no question "q9" (known: q1, q2, steps); the answer is left out'),
        ("7", "E", "a quote opens in this row and does not close; the row is left out"),
        ("8", "F", 'there is no format "wavy" (known: auto, latex, text); the format is found out from the answer'),
        ("9", "G", "the answer is empty; it counts as none"),
        ("2", "A", "answered again in class.csv:12; the last answer counts"),
        ("", "a", 'may be the same student as "A": the names differ in capitals, accents or spaces only'),
    ]
    wide = [r["student"] for r in table(tmp_path / "out" / "wide.csv")]

    assert wide == ["A", "B", "C", "D", "E", "F", "G", "H", "a"]
    assert long == [("F", "right"), ("H", 'right\n= b, "so"'), ("A", "wrong"), ("a", "right")]


@pytest.mark.parametrize("lines", [1, 1000])
@pytest.mark.parametrize("width", [1, 3000])
def test_no_answer_becomes_a_row_of_somebody_else(tmp_path, lines, width) -> None:
    """However long an answer is, and whatever its lines look like, what stands within its quotes is one answer."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("student", "question", "answer"))
    writer.writerow(("Eve", "q1", "right\n" + "x" * width * lines + "\nBob,q1,wrong" * lines + '\nBob,q2,"wrong"'))
    writer.writerow(("Bob", "q1", "right"))
    graded(tmp_path, stream.getvalue())
    look = [r["reason"] for r in table(tmp_path / "out" / "look_at.csv") if r["student"] == "Eve"]
    refused = lines * width > 100_000

    assert [(r["student"], r["q1 (2)"], r["q2 (1)"]) for r in table(tmp_path / "out" / "wide.csv")] == [
        ("Eve", "" if refused else "2", ""), ("Bob", "2", ""),
    ]  # fmt: skip
    assert look[0].startswith("the row has more than" if refused else "the answer has lines that look like rows")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"class.csv: there is no row; a table of answers begins with the line student,question,answer,format"),
        ("a,b\nc,d\n", r"class.csv:1: no column holds the answer \(found: a, b\); a table of answers has the columns"),
        ("student,question,answer\n", r"there is no answer in it"),
        ("student,question,answer\n,q1,right\n", r"nothing could be read: the row names no student"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, text, said) -> None:
    """The whole run is refused only where there is nothing to grade."""
    with pytest.raises(ProblemError, match=said):
        graded(tmp_path, text)


# --- files ---------------------------------------------------------------------------------------------------

TEX = r"""\documentclass{article}
\begin{document}
% answer: q1
My answer is $right \delta$ % because
% end
\begin{answer}{q2}
  \[ wrong \frac{1}{2} \label{eq:1} \]
\end{answer}
\answer{steps}{half \{ of {it} }
\end{document}
"""
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {"tags": ["answer:q1"]}, "source": ["right ", "$right \\alpha$"]},
        {"cell_type": "code", "metadata": {"tags": ["answer: q2"]}, "source": "# comment\n%matplotlib\nwrong * 1"},
        {"cell_type": "raw", "metadata": {"nbgrader": {"grade_id": "steps", "solution": True}}, "source": "half"},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "q1", "solution": False}}, "source": "assert q1"},
        {"cell_type": "code", "metadata": {"tags": None}, "source": "import os"},
        3,
    ]
}
HANDED_IN = {
    "ana.tex": TEX,
    "ben.ipynb": json.dumps(NOTEBOOK),
    "cem.txt": "q1: right\n\nQuestion steps:\nhalf\nb = c\n",
    "dia.json": '{"q1": "right", "q2": {"answer": "wrong", "format": "latex"}}',
    "eva.csv": "student,question,answer\nana,q1,right\n",
    "fay.md": "right\n= the whole file is the chain\n",
    "Gil Roe_1234_assignsubmission_file_/work.tex": "% answer: q1\nright\n% end\n",
    "Gil Roe_5678_assignsubmission_file_/work.txt": "q1: wrong",
    "hal/one.txt": "q1: right",
    "hal/two.txt": "q2: right",
}
FOUND = [
    ("Gil Roe", "q1", "right"),
    ("Gil Roe (5678)", "q1", "wrong"),
    ("ana", "q1", r"right \delta"),
    ("ana", "q2", r"wrong \frac{1}{2}"),
    ("ana", "steps", r"half \{ of {it}"),
    ("ben", "q1", r"right \alpha"),
    ("ben", "q2", "wrong * 1"),
    ("ben", "steps", "half"),
    ("cem", "q1", "right"),
    ("cem", "steps", "half\nb = c"),
    ("dia", "q1", "right"),
    ("dia", "q2", "wrong"),
    ("eva", "q1", "right"),
    ("fay", "steps", "right\n= the whole file is the chain"),
    ("hal", "q1", "right"),
    ("hal", "q2", "right"),
]


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def answers(out: Path) -> list[tuple[str, str, str]]:
    return [(r["student"], r["question"], r["answer"]) for r in table(out / "long.csv")]


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_folder_and_a_zip_hold_one_file_a_student(tmp_path, kind) -> None:
    """Marked LaTeX, tagged cells, blocks of text, JSON, a table; one folder a student, Moodle's names, too."""
    files = {**HANDED_IN, "__MACOSX/ana.tex": "junk", "hal/.DS_Store": "junk"}
    path = put(tmp_path / "in", files) if kind == "folder" else zipped(tmp_path / "in.zip", files)
    graded(tmp_path, path)
    look = [(r["student"], r["reason"]) for r in table(tmp_path / "out" / "look_at.csv") if r["kind"] == "note"]

    assert sorted(answers(tmp_path / "out")) == sorted(FOUND)
    assert look == [("eva", 'the file is by eva, but the row says "ana"; it counts for eva')]


@pytest.mark.parametrize("name", ["ana.tex", "ben.ipynb", "cem.txt", "dia.json"])
def test_one_file_alone_gives_results_json(tmp_path, name) -> None:
    """A single student's results are where Gradescope looks for them, too."""
    graded(tmp_path, put(tmp_path / "in", {name: HANDED_IN[name]}) / name)
    student = name.partition(".")[0]

    assert answers(tmp_path / "out") == [entry for entry in FOUND if entry[0] == student]
    assert validated(json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))) == []


BROKEN = {
    "a.tex": (r"\answer{q1}{\frac{1}{2}", r"the brace of \answer{q1} does not close; it is left out"),
    "b.ipynb": ("{", "it is not valid JSON (line 1: expecting property name enclosed in double quotes); it is left out"),
    "c.ipynb": (
        '{"cells": []}',
        'no cell is marked as an answer; a cell has the tag "answer:q1", the nbgrader id q1, or the heading # q1; it is left out',
    ),
    "d.ipynb": ("[]", "it is no notebook: it has no cells; it is left out"),
    "e.json": ("[" * 100_000, "its brackets are nested too deeply; it is left out"),
    "f.json": (
        '["q1"]',
        'an entry has no answer as text or number; {"question": "q1", "answer": "…"} is accepted; it is left out',
    ),
    "g.pdf": ("%PDF", "files that end in .pdf are not read, only .csv, .txt, .md, .tex, .ipynb, .json; it is left out"),
    "h": ("right", "files without an ending are not read, only .csv, .txt, .md, .tex, .ipynb, .json; it is left out"),
    "i.txt": ("  \n", "it is empty; it is left out"),
    "j.csv": ("x,y\n1,2\n", ""),
    "k.txt": ("x" * (MOST_BYTES + 1), f"it has more than {MOST_BYTES:,} bytes, which is the most that is read; it is left out"),
}


def test_files_that_cannot_be_read_are_told_in_a_sentence_each(tmp_path) -> None:
    """The others are graded all the same."""
    graded(tmp_path, put(tmp_path / "in", {name: text for name, (text, _) in BROKEN.items()} | {"z.txt": "q1: right"}))
    refused = [r for r in table(tmp_path / "out" / "look_at.csv") if r["kind"] == "unreadable"]
    look = {r["source"].partition(":")[0]: r["reason"] for r in refused}
    told = {name: said for name, (_, said) in BROKEN.items() if said}

    assert answers(tmp_path / "out") == [("z", "q1", "right")]
    assert sorted(look) == sorted(BROKEN)
    assert {name: look[name] for name in told} == told
    assert "no column holds the answer" in look["j.csv"]


@pytest.mark.parametrize(
    "text",
    [
        r"\begin{answer}{q1}", r"\answer{q1}{", r"\[", "$$ ", "$ ", r"\begin{align}", "\\", "{", "% answer: q1\n", "% end\n", "%",
        r"\answer{q1}{x} ", r"\begin{equation*}\end{equation}",
    ],
)
def test_marks_that_never_end_take_no_time(tmp_path, text) -> None:
    """A file of the largest size is walked over once."""
    path = tmp_path / "a.tex"
    path.write_text(text * (1_000_000 // len(text)), encoding="utf-8")
    began = time.process_time()
    with contextlib.suppress(ProblemError):
        graded(tmp_path, path)

    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"$a$ and $$b$$", "a\\\\\nb"),
        (r"\begin{align*} a &= b \\ c &= d \nonumber \end{align*}", r"a &= b \\ c &= d"),
        ("a + b % $c$", "a + b"),
        (r"50\% of \(x\)", "x"),
    ],
)
def test_the_mathematics_of_a_piece_of_latex(written, read) -> None:
    """Comments and the marks around formulas go; the formulas stay as they are."""
    assert mathematics(written) == read


def test_a_problem_without_questions_takes_the_names_of_quantities(tmp_path) -> None:
    """Two spellings of one quantity are one question; what is none is told."""
    plain = {key: part for key, part in PROBLEM.items() if key != "questions"}
    text = "A,dL/dw1_1_1,right\nB,dL/dw_{11}^{[1]},wrong\nC,delta1_1,right\nD,dL/dw9_9_9,right\nE,,half\n"
    graded(tmp_path, f"student,question,answer\n{text}", problem=plain)
    look = table(tmp_path / "out" / "look_at.csv")

    assert [question for _, question, _ in answers(tmp_path / "out")] == ["dL/dw1_1_1", "dL/dw1_1_1", "delta1_1", "chain"]
    assert [(r["student"], r["reason"].partition(":")[0]) for r in look] == [("D", "it answers no question")]
    assert "the layers are 1 and 2" in look[0]["reason"]


MARKED = {
    "a.md": "Hello,\nhere it is.\n## q1\nright\n\n## Question 2: one weight\n\nwrong\n",
    "b.txt": "q1\nright\nQ2 = wrong\n",
    "c.txt": "1)\nright\n2) wrong\n",
    "d.txt": "q1) right\nq2. wrong\n",
    "e.tex": "\\begin{document}\\maketitle\n\\textbf{q1} $right$\n\n\\textbf{q2:} It is \\[wrong\\]\n\\end{document}\n",
    "f.tex": "\\section*{q1}\n$right$\n\\subsection{q2 One weight}\nwrong % sure\n",
    "m.tex": "\\subsection*{Question 1: The error}\n$right$\n\\section{Exercise 2 One weight}\n\\item[] $wrong$",
    "g.tex": "% q1\n$right$\n% answer: q2\n$wrong$\n",
    "h.tex": "q1: $right$\nq2: $wrong$\n\\end{document}",
    "i.ipynb": json.dumps({"cells": [
        {"cell_type": "markdown", "source": ["# q1\n", "right"]}, {"cell_type": "markdown", "source": "## Q2"},
        {"cell_type": "code", "source": "# one weight\nwrong"},
    ]}),
    "n.md": "## q1\n`right`\n## q2\n\n```python\nwrong\n```\n",
    "j.md": "**q1** right\n\n**q2:** wrong\n",
    "k.txt": "q1: right\nBest wishes,\nK\nq2: wrong\n\n-- \nK. Roe\nSent from my phone 12\n",
    "l.txt": "Question 1\nright\nexercise 2:\nwrong\nThanks a lot!\n",
}  # fmt: skip


@pytest.mark.parametrize("name", MARKED)
def test_answers_are_found_under_the_headings_that_people_write(tmp_path, name) -> None:
    """Markdown, LaTeX, numbers, bold letters, comments, headings of a notebook; a greeting is left out, and told."""
    graded(tmp_path, put(tmp_path / "in", {name: MARKED[name]}) / name)
    told = [r["reason"] for r in table(tmp_path / "out" / "look_at.csv")]

    assert [(q, answer.split()) for _, q, answer in answers(tmp_path / "out")] == [("q1", ["right"]), ("q2", ["wrong"])]
    assert told == {
        "k.txt": ["left out after the answer: Best wishes, K", "left out after the answer: -- K. Roe Sent from my phone 12"],
        "l.txt": ["left out after the answer: Thanks a lot!"],
    }.get(name, [])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("q1: a\n1) b\n2) c", [("q1", "a\n1) b\n2) c")]),
        ("q1:\n1\nq2:\n2.5", [("q1", "1"), ("q2", "2.5")]),
        ("q1: x\n= delta\nz - y", [("q1", "x\n= delta\nz - y")]),
        ("q1: x\ndelta2_1\ndelta2_1 = x", [("q1", "x\ndelta2_1\ndelta2_1 = x")]),
        ("q1: I do not know\nsorry", [("q1", "I do not know")]),
        ("q1 = 3\n(q2) max(0, z)", [("q1", "3"), ("q2", "max(0, z)")]),
    ],
)
def test_what_is_part_of_an_answer_is_no_heading(tmp_path, written, read) -> None:
    """Numbered steps, numbers alone, names of quantities."""
    graded(tmp_path, put(tmp_path / "in", {"a.txt": written}) / "a.txt")

    assert [(q, answer) for _, q, answer in answers(tmp_path / "out")] == read


def test_a_file_without_marks_says_how_to_write_them(tmp_path) -> None:
    """The message shows a line that would do; the student has no usable file, and no zero."""
    problem = {**PROBLEM, "questions": PROBLEM["questions"][:2]}
    files = {"a.txt": "right", "b.pdf": "x", "c.txt": "q1: right"}
    summary = graded(tmp_path, put(tmp_path / "in", files), problem=problem)
    wide = {r["student"]: (r["total"], r["note"]) for r in table(tmp_path / "out" / "wide.csv")}
    score = json.loads(next((tmp_path / "out" / "gradescope").glob("b-*")).read_text(encoding="utf-8"))

    assert "an answer begins with a line such as q1: …" in table(tmp_path / "out" / "look_at.csv")[0]["reason"]
    assert wide == {"a": ("", "no usable file"), "b": ("", "no usable file"), "c": ("2", "")}
    assert summary.average == "2 of 3"
    assert validated(score) == []
    assert all("status" not in test for test in score["tests"])


def test_an_export_of_moodle_is_read_as_it_is(tmp_path) -> None:
    """A person in three columns, one column a response, the average at the end."""
    head = "Surname,First name,Email address,State,Grade/7.00,Question 1,Response 1,Right answer 1,Response 2,Response 9\n"
    rows_ = "Roe,Ana,ana@x.org,Finished,-,asked,right,,wrong,-\nPoe,Ben,,Finished,-,asked,-,,right,-\nOverall average,,,,3,,,,,\n"
    graded(tmp_path, head + rows_)

    assert answers(tmp_path / "out") == [("ana@x.org", "q1", "right"), ("ana@x.org", "q2", "wrong"), ("Ben Poe", "q2", "right")]
    assert [r["reason"] for r in table(tmp_path / "out" / "look_at.csv")] == [
        'the column "Response 9" is left out: there is no question of that number'
    ]


# --- hostile archives and names ------------------------------------------------------------------------------


def linked(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o777) << 16
    return info


def test_hostile_entries_of_a_zip_are_refused(tmp_path) -> None:
    """Links, devices, names that lead out, bombs, doubles: a sentence each, nothing extracted."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.txt", "q1: right")
        archive.writestr("../../evil.txt", "q1: right")
        archive.writestr("/etc/passwd.txt", "q1: right")
        archive.writestr("C:\\evil.txt", "q1: right")
        archive.writestr(linked("link.txt", stat.S_IFLNK), "/etc/passwd")
        archive.writestr(linked("pipe.txt", stat.S_IFIFO), "")
        archive.writestr(linked("disk.txt", stat.S_IFBLK), "")
        archive.writestr("bomb.txt", b"0" * 4_000_000)
        archive.writestr("huge.txt", b"0" * (MOST_BYTES + 1))
        archive.writestr("inner.zip", b"PK")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("good.txt", "q1: wrong")
        archive.writestr("lzma.txt", "q1: right", zipfile.ZIP_LZMA)
    graded(tmp_path, path)
    look = {r["source"]: r["reason"] for r in table(tmp_path / "out" / "look_at.csv")}

    assert answers(tmp_path / "out") == [("good", "q1", "right")]
    assert {name: reason.removesuffix("; it is left out") for name, reason in look.items()} == {
        "../../evil.txt": "its name leads out of the archive",
        "//etc/passwd.txt": "its name leads out of the archive",
        "C:/evil.txt": "its name leads out of the archive",
        "link.txt": "it is a link, and only files are read",
        "pipe.txt": "it is a named pipe, and only files are read",
        "disk.txt": "it is a device, and only files are read",
        "bomb.txt": "it unpacks to more than 200 times its size",
        "huge.txt": "it has more than 5,000,000 bytes, which is the most that is read",
        "inner.zip": "files that end in .zip are not read, only .csv, .txt, .md, .tex, .ipynb, .json",
        "good.txt": "the archive has two files of this name",
        "lzma.txt": "it is compressed in a way that is not read (zip's own is)",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.zip", "out"]


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + b"\xff" * 18, b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_a_broken_archive_is_refused_in_a_sentence(tmp_path, data) -> None:
    """No traceback, whatever the bytes are."""
    path = tmp_path / "in.zip"
    path.write_bytes(data)
    with pytest.raises(ProblemError, match=r"in\.zip"):
        graded(tmp_path, path)


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path) -> None:
    """The header says 10 bytes, the entry unpacks to millions: what is counted is what comes out."""
    path = zipped(tmp_path / "in.zip", {"bomb.txt": b"0" * 8_000_000, "good.txt": b"q1: right"})
    data = path.read_bytes().replace((8_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    graded(tmp_path, path)

    assert answers(tmp_path / "out") == [("good", "q1", "right")]
    assert [r["source"] for r in table(tmp_path / "out" / "look_at.csv")] == ["bomb.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_links_and_pipes_in_a_folder_are_refused(tmp_path) -> None:
    """Nothing outside of the folder is read, and a pipe that nobody writes to does not hang the run."""
    secret = put(tmp_path / "elsewhere", {"secret.txt": "q1: right"})
    folder = put(tmp_path / "in", {"good.txt": "q1: right"})
    (folder / "link.txt").symlink_to(secret / "secret.txt")
    (folder / "folder").symlink_to(secret)
    os.mkfifo(folder / "pipe.txt")
    graded(tmp_path, folder)
    look = {r["source"]: r["reason"] for r in table(tmp_path / "out" / "look_at.csv")}

    assert answers(tmp_path / "out") == [("good", "q1", "right")]
    assert look == {
        "folder": "it is a link, and links are not followed; it is left out",
        "link.txt": "it is a link, and links are not followed; it is left out",
        "pipe.txt": "it is a named pipe, and only files are read; it is left out",
    }


def test_results_beside_the_submissions_are_not_taken_for_submissions(tmp_path) -> None:
    """The results may go into the folder of the submissions; a second run reads the same files."""
    folder = put(tmp_path / "in", {"good.txt": "q1: right"})
    graded(tmp_path, folder, out="in/out")
    first = content(folder / "out")
    graded(tmp_path, folder, out="in/out")

    assert content(folder / "out") == first
    with pytest.raises(InputError, match="holds the submissions"):
        graded(tmp_path, folder, out="in")


NAMES = (
    "../../etc/passwd", "CON", "a/b\\c", "<script>alert(1)</script>", "=cmd|'/c calc'!A1", "Ana", "ana", "Åna", "学生",
    "\u202eevil", "x" * 5000, ".", "..", "", "\0", "-rf", "a\tb", "@SUM(A1)", "😀",
)  # fmt: skip


def test_names_never_become_paths() -> None:
    """A page's name has letters, digits and hyphens only, is short, and is nobody else's."""
    spool = Spool()
    slugs = [spool.present(name).slug for name in NAMES]
    spool.close()

    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}-[0-9a-f]{6}", slug) for slug in slugs)
    assert len({slug.casefold() for slug in slugs}) == len(NAMES)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", " =1", "＝1"])
def test_cells_that_look_like_formulas_are_defused(cell) -> None:
    """A spreadsheet shows them as text."""
    assert defused(cell) == f"'{cell}"
    assert defused(f"x{cell}") == f"x{cell}"


# --- pages ---------------------------------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</pre><iframe src=//x>", "&lt;b&gt;", "javascript:alert(1)",
    "</style><style>@import url(//x)", "<!--", "]]>", "\u202egnp.exe", "{{7*7}}", "${jndi:ldap://x}", "' onmouseover='x",
)  # fmt: skip
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section", "div", "span", "p", "pre",
    "h1", "h2", "h3", "ul", "ol", "li", "a", "b", "i", "br", "small", "table", "thead", "tbody", "tr", "th", "td",
    "code",
    "math", "mi", "mn", "mo", "mrow", "msub", "msup", "msubsup", "mfrac", "mtext", "mspace", "mtable", "mtr", "mtd", "msqrt",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "title", "style", "role", "aria-label", "display",
    "stretchy", "mathvariant", "width", "lspace", "rspace",
}  # fmt: skip


class Reader(HTMLParser):
    """Notes every element and attribute, and checks that elements are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        """Open an element."""
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")
        if tag not in {"meta", "br", "mspace"}:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        """Close the element that was opened last."""
        if tag not in {"meta", "br", "mspace"}:
            assert self.open.pop() == tag


def test_no_text_of_a_student_becomes_part_of_a_page(tmp_path) -> None:
    """Hostile names, questions and answers are shown as text, on pages that could load and run nothing anyway."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("student", "question", "answer"))
    writer.writerows((name, "q1", answer) for name, answer in zip(HOSTILE, reversed(HOSTILE), strict=True))
    writer.writerows((name, name, "right") for name in HOSTILE)
    graded(tmp_path, stream.getvalue())
    pages = sorted((tmp_path / "out").rglob("*.html"))

    assert len(pages) == len(HOSTILE) + 1
    for path in pages:
        text = path.read_text(encoding="utf-8")
        read = Reader(text)
        assert read.open == []
        assert read.elements <= ALLOWED
        assert set(read.attributes) <= ATTRIBUTES
        assert all(re.fullmatch(r"#q\d+|students/[a-z0-9-]+\.html", link) for link in read.attributes.get("href", ()))
        assert "default-src 'none'; style-src 'unsafe-inline'" in next(c for c in read.attributes["content"] if "src" in c)
        assert "\u202e" not in text
        assert all(re.fullmatch(r"(height|width|flex|color):[\w.%()-]+", style) for style in read.attributes.get("style", ()))


@pytest.mark.parametrize(
    "markup",
    [
        "<math><mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mi>w</mi></mfrac></math>",
        '<math display="block"><msup><mi>x</mi><mn>2</mn></msup></math>',
        "<math><mo>&lt;</mo></math>",
    ],
)
def test_mathematics_is_admitted_as_it_is(markup) -> None:
    assert admitted(markup) == markup


@pytest.mark.parametrize(
    "markup",
    [
        "", "x", "<b>x</b>", "<math>", "<math><script>x()</script></math>", "<math><mi>w</mi></math><img src='x'>",
        "<math><annotation-xml encoding='text/html'><iframe src='x'/></annotation-xml></math>",
        "<math><a href='javascript:x'/></math>", "<!DOCTYPE m [<!ENTITY a 'aaaa'>]><math><mi>&a;</mi></math>",
        "<math><mi>&xxe;</mi></math>", "<math>" * 50 + "</math>" * 50,
        "<math><mi>" + "x" * 100_000 + "</mi></math>", "<?xml version='1.0'?><math/>",
    ],
)  # fmt: skip
def test_what_is_no_mathematics_is_not(markup) -> None:
    """A worker that an answer has taken over can write anything: none of it runs or loads on a page."""
    shown = admitted(markup)

    assert shown is None or set(re.findall(r"<(\w+)", shown)) <= {"math"}


@pytest.mark.parametrize("attribute", ["onclick='x()'", "style='background:url(x)'", "href='x'", "src='x'", "id='q1'"])
def test_attributes_that_do_more_than_draw_are_dropped(attribute) -> None:
    assert admitted(f"<math><mi {attribute} mathvariant='normal'>w</mi></math>") == '<math><mi mathvariant="normal">w</mi></math>'


# --- Gradescope ----------------------------------------------------------------------------------------------

# As documented at https://gradescope-autograders.readthedocs.io/en/latest/specs/ ("Output format").
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
TOP = {
    "score": (int, float), "execution_time": (int, float), "output": str, "output_format": FORMATS, "test_output_format": FORMATS,
    "test_name_format": FORMATS, "visibility": VISIBILITIES, "stdout_visibility": VISIBILITIES, "extra_data": dict, "tests": list,
    "leaderboard": list,
}  # fmt: skip
TEST = {
    "score": (int, float), "max_score": (int, float), "status": {"passed", "failed"}, "name": str, "name_format": FORMATS,
    "number": str, "output": str, "output_format": FORMATS, "tags": list, "visibility": VISIBILITIES, "extra_data": dict,
}  # fmt: skip


def validated(found: dict) -> list[str]:
    """Return what of a results.json is not as documented."""
    faults = [] if "score" in found or all("score" in test for test in found.get("tests", [{}])) else ["no score"]
    for fields, part in ((TOP, found), *((TEST, test) for test in found.get("tests", []))):
        for name, value in part.items():
            known = fields.get(name)
            if isinstance(known, set):
                fits = isinstance(value, str) and value in known
            else:
                fits = known is not None and isinstance(value, known) and not isinstance(value, bool)
            faults += [] if fits else [f"{name}: {value!r}"]
    faults += [f"tag {tag!r}" for test in found.get("tests", []) for tag in test.get("tags", []) if not isinstance(tag, str)]
    return faults


def test_results_are_as_gradescope_documents_them(tmp_path) -> None:
    """Every field is a documented one of its type; an open answer is neither passed nor failed."""
    graded(tmp_path, "student,question,answer\nA,q1,right\nA,q2,open\nA,steps,half\n")
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))

    assert validated(found) == []
    assert (found["score"], found["output"]) == (3, "3 of 7, 1 open: a person will look at it.")
    assert [(test.get("score"), test["max_score"], test.get("status")) for test in found["tests"]] == [
        (2, 2, "passed"), (None, 1, None), (1, 4, "failed"),
    ]  # fmt: skip
    assert validated({"tests": [{"status": "ok", "tags": [1], "points": 3}]}) == [
        "no score", "status: 'ok'", "points: 3", "tag 1",
    ]  # fmt: skip


# --- running -------------------------------------------------------------------------------------------------


def test_a_chain_is_worth_its_steps_out_of_those_asked_for() -> None:
    """Two right steps of four are half of the marks; more steps than asked for dilute nothing but themselves."""
    steps = tuple(StepFinding(n, "a = b", CORRECT, "proved", "Right.", marks=Fraction(1)) for n in (1, 2))
    finding = Finding(CORRECT, "proved", message="Right.", steps=steps, marks=Fraction(2), most=Fraction(2))

    assert Outcome(Row("A", "q", "", "", ""), Question("q", marks=Fraction(8), steps=4), finding).marks == 4
    assert Outcome(Row("A", "q", "", "", ""), Question("q", marks=Fraction(8)), finding).marks == 8


def test_a_second_run_checks_nothing_and_writes_the_same_bytes(tmp_path) -> None:
    """A late submission is all that is checked; pages of students who are gone are removed."""
    text = "student,question,answer\nA,q1,right\nB,q1,right \nC,q1,wrong\n"
    first = graded(tmp_path, text)
    before = content(tmp_path / "out")
    second = graded(tmp_path, text)
    late = graded(tmp_path, text + "D,q1,wrong indeed\n")
    fewer = graded(tmp_path, "student,question,answer\nA,q1,right\n")

    assert (first.different, first.checked, second.checked, late.checked, fewer.checked) == (2, 2, 0, 1, 0)
    assert len(list((tmp_path / "out" / "students").iterdir())) == 1
    graded(tmp_path, text)
    after = content(tmp_path / "out")
    assert {name: data for name, data in after.items() if name != "journal.jsonl"} == {
        name: data for name, data in before.items() if name != "journal.jsonl"
    }


def test_another_problem_or_option_begins_anew_and_says_so(tmp_path) -> None:
    """Findings depend on both."""
    text = "student,question,answer\nA,q1,right\n"
    graded(tmp_path, text)
    hinted = graded(tmp_path, text, options={"hint": 1})
    changed = graded(tmp_path, text, problem={**PROBLEM, "title": "Homework 4"}, options={"hint": 1})

    assert [summary.checked for summary in (hinted, changed)] == [1, 1]
    assert all("have changed since the last run" in summary.said[0] for summary in (hinted, changed))


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_journal_that_was_cut_short_is_mended(tmp_path, cut) -> None:
    """The last line is checked again, whatever is left of it."""
    text = "student,question,answer\nA,q1,right\nB,q1,wrong\nC,q1,open\n"
    graded(tmp_path, text)
    before = content(tmp_path / "out")
    path = tmp_path / "out" / "journal.jsonl"
    path.write_bytes(before["journal.jsonl"][:-cut])
    again = graded(tmp_path, text)

    assert again.checked == 1
    assert content(tmp_path / "out") == before


class Interrupting(Fake):
    """A stand-in that is interrupted at one answer."""

    def check(self, target, answer, options=None) -> Finding:
        """Find, or be interrupted."""
        if answer == "right 20":
            raise KeyboardInterrupt
        return super().check(target, answer, options)


class Failing(Fake):
    """A stand-in whose worker does not start for the first few times."""

    failures = 0

    def check(self, target, answer, options=None) -> Finding:
        """Fail, or find."""
        Failing.failures -= 1
        if Failing.failures >= 0:
            msg = "the process that checks answers does not start"
            raise WorkerError(msg)
        return super().check(target, answer, options)


def test_a_worker_that_does_not_start_for_once_ends_nothing(tmp_path, monkeypatch) -> None:
    """It is tried again, and the run is given up only where it never starts."""
    monkeypatch.setattr("symbackprop.grade.work.PAUSES", (0, 0))
    text = "student,question,answer\nA,q1,right\nB,q1,wrong\n"
    Failing.failures = 2
    assert graded(tmp_path, text, making=Failing).checked == 2
    Failing.failures = 3
    with pytest.raises(WorkerError, match="does not start"):
        graded(tmp_path, text + "C,q1,right 3\n", making=Failing)


def test_an_interrupt_says_how_far_it_was_and_keeps_it(tmp_path) -> None:
    """The same command goes on."""
    text = "student,question,answer\n" + "".join(f"S{n},q1,right {n}\n" for n in range(40))
    with pytest.raises(Interrupted, match="interrupted after 16 of 40 answers; the same command goes on from there"):
        graded(tmp_path, text, making=Interrupting)

    assert sum(1 for _ in (tmp_path / "out" / "journal.jsonl").open("rb")) == 17


@pytest.mark.skipif(find_spec("joblib") is None, reason="joblib is in the extra [grade]")
@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_results_are_the_same_on_many_cores(tmp_path, backend) -> None:
    """Whatever is done first, the bytes are those of one core."""
    text = "student,question,answer\n" + "".join(f"S{n},q1,{('right', 'wrong', 'open')[n % 3]} {n // 2}\n" for n in range(90))
    graded(tmp_path, text, out="one")
    graded(tmp_path, text, out="two", jobs=2, backend=backend)

    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_what_is_asked_of_the_crew_is_checked(monkeypatch) -> None:
    """Backends and numbers that are not there are refused; without joblib, one core does it."""
    for asked, said in (
        ((1, "slurm", None), 'unknown backend "slurm"'),
        ((0, None, None), "found 0"),
        ((1, None, "tcp://x"), "--scheduler is the address"),
    ):
        with pytest.raises(InputError, match=said):
            find_crew(*asked)
    monkeypatch.setattr("symbackprop.grade.work._missing", str.isidentifier)
    assert find_crew(None, None, None).jobs == 1
    with pytest.raises(InputError, match="more than one core needs joblib"):
        find_crew(2, None, None)


@pytest.mark.skipif(find_spec("distributed") is None, reason="dask is in the extra [dask]")
def test_a_dask_cluster_of_two_workers_gives_the_same_results(tmp_path) -> None:
    """The same run, on a cluster that somebody else has started."""
    from distributed import Client, LocalCluster  # in an extra

    problem, handed_in = write(tmp_path, 12)
    grade(load(str(problem)), handed_in, tmp_path / "here", jobs=1)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True) as cluster:
        made = grade(
            load(str(problem)), handed_in, tmp_path / "there", jobs=2, backend="dask", scheduler=cluster.scheduler_address
        )
        with Client(cluster) as client:
            assert len(client.scheduler_info()["workers"]) == 2

    assert made.checked == made.different > 10
    assert content(tmp_path / "here") == content(tmp_path / "there")


RUN = """
import sys
from pathlib import Path
from symbackprop.grade import grade
from symbackprop.problem import load
grade(load(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), jobs=2 if len(sys.argv) > 4 else 1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not there")
def test_a_run_that_is_killed_goes_on_with_nothing_lost_or_done_twice(tmp_path) -> None:
    """Killed twice with SIGKILL in the middle, restarted: the bytes are those of a run that nobody disturbed."""
    problem, handed_in = write(tmp_path, 60)
    command = [sys.executable, "-c", RUN, str(problem), str(handed_in)]
    jobs = ["2"] if find_spec("joblib") else []
    subprocess.run([*command, str(tmp_path / "whole")], cwd=ROOT, check=True)
    journal = tmp_path / "killed" / "journal.jsonl"
    whole = (tmp_path / "whole" / "journal.jsonl").read_bytes().count(b"\n")
    for share in (0.25, 0.6):
        process = subprocess.Popen([*command, str(tmp_path / "killed"), *jobs], cwd=ROOT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            if journal.exists() and journal.read_bytes().count(b"\n") > share * whole:
                break
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert share * whole < journal.read_bytes().count(b"\n") < whole
    subprocess.run([*command, str(tmp_path / "killed"), *jobs], cwd=ROOT, check=True)
    keys = [json.loads(line).get("key") for line in journal.read_bytes().splitlines()]

    assert len(keys) == len(set(keys)) == whole > 80
    assert content(tmp_path / "killed") == content(tmp_path / "whole")


def test_the_generated_class_is_the_same_every_time() -> None:
    """Its rows are drawn from a seed, and some of every kind are among them."""
    made = rows(250)

    assert made == rows(250)
    assert 950 < len(made) < 1000
    assert len({(question, answer) for _, question, answer, _ in made}) > 150


# --- what a person decides -----------------------------------------------------------------------------------

ASKED = "student,question,answer\nA,q1,open one\nB,q1,open one\nC,q1,-x\nD,q2,wrong\nE,q9,right\n"


def decide(folder: Path, rows_: list[dict[str, str]], name: str = "decisions.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows_[0]))
        writer.writeheader()
        writer.writerows(rows_)
    return path


def test_what_is_open_is_decided_in_the_table_that_lists_it(tmp_path) -> None:
    """look_at.csv, filled in and saved as decisions.csv, decides every answer that agrees; saving it again loses nothing."""
    out = tmp_path / "out"
    first = graded(tmp_path, ASKED)
    look = table(out / "look_at.csv")
    assert [(r["question"], r["answer"], r["students"], r["marks"]) for r in look if r["key"]] == [
        ("q1", "open one", "A; B", ""), ("q1", "'-x", "C", ""),
    ]  # fmt: skip
    assert [line.partition(";")[2] for line in first.counted] == [" with all marks for them the mean would be 1.5.", ""]
    assert first.counted[0].startswith("3 answers are open until a person decides, and counted as 0 in the mean so far;")
    assert first.counted[1] == "1 student without a usable file is not counted in it."

    for row in look:
        row.update({"open one": {"marks": "1,5", "comment": "<b>=half"}, "'-x": {"marks": "2"}}.get(row["answer"], {}))
    decide(out, look)
    second = graded(tmp_path, ASKED)
    page = (out / "students" / next(p.name for p in (out / "students").iterdir() if p.name.startswith("a-"))).read_text("utf-8")

    assert second.said == ("2 decisions of a person taken over.",)
    assert (second.checked, second.looked) == (0, 1)
    assert [(r["student"], r["total"], r["open"], r["note"]) for r in table(out / "wide.csv")] == [
        ("A", "1.5", "", ""), ("B", "1.5", "", ""), ("C", "2", "", ""), ("D", "0", "", ""), ("E", "", "", "no usable answer"),
    ]  # fmt: skip
    assert "Decided by a person: 1.5 of 2 marks: &lt;b&gt;=half" in page
    score = json.loads(next((out / "gradescope").glob("c-*")).read_text(encoding="utf-8"))
    assert (score["score"], score["tests"][0]["status"], validated(score)) == (2, "passed", [])
    before = content(out)
    (out / "decisions.csv").write_bytes((out / "look_at.csv").read_bytes())
    graded(tmp_path, ASKED)
    after = content(out)
    assert {name: data for name, data in after.items() if "decisions" not in name} == {
        name: data for name, data in before.items() if "decisions" not in name
    }


def test_a_decision_may_be_for_one_student_and_for_what_is_on_paper(tmp_path) -> None:
    """The student's own row wins; one without an answer holds for a file that could not be used."""
    path = decide(
        tmp_path,
        [
            {"question": "Q1", "answer": "open one", "student": "", "marks": "1", "comment": ""},
            {"question": "q1", "answer": "open one", "student": "B", "marks": "2", "comment": ""},
            {"question": "q2", "answer": "", "student": "E", "marks": "1/2", "comment": "on paper"},
        ],
        "mine.csv",
    )
    graded(tmp_path, ASKED, decisions=path)

    assert {r["student"]: (r["total"], r["note"]) for r in table(tmp_path / "out" / "wide.csv")} == {
        "A": ("1", ""), "B": ("2", ""), "C": ("0", ""), "D": ("0", ""),
        "E": ("0.5", "something was left out: see look_at.csv"),
    }  # fmt: skip


BAD_DECISIONS = [
    ("", "x", "", "1", "it names no question"),
    ("q1", "", "", "1", "it names neither an answer nor a student"),
    ("q1", "open one", "", "one", '"one" is no number of marks; such as 1, 0.5 or 1/2 is accepted'),
    ("q1", "open one", "", "-1", '"-1" is no number of marks; such as 1, 0.5 or 1/2 is accepted'),
    ("q1", "open one", "", "3", "3 marks are more than the question's 2"),
    ("q7", "open one", "", "1", 'there is no question "q7"'),
    ("q1", "never given", "", "1", "no answer matches, or a later row decides it"),
    ("q1", "", "nobody", "1", "no answer matches, or a later row decides it"),
]


def test_bad_decisions_are_said_and_the_rest_holds(tmp_path) -> None:
    """A row that is wrong stops nothing; a file that is no table of decisions is refused."""
    columns = ("question", "answer", "student", "marks")
    bad = [dict(zip(columns, row, strict=False)) for row in BAD_DECISIONS]
    path = decide(tmp_path, [*bad, dict(zip(columns, ("q1", "-x", "", "2"), strict=True))])
    summary = graded(tmp_path, ASKED, decisions=path)

    for number, (line, row) in enumerate(zip(summary.said[1:], BAD_DECISIONS, strict=True), 2):
        assert line.startswith(f"decisions.csv:{number}: {row[4]}")
    assert summary.said[0] == "1 decision of a person taken over."
    assert sum(r["kind"] == "decision" for r in table(tmp_path / "out" / "look_at.csv")) == 8
    with pytest.raises(InputError, match="cannot be read"):
        graded(tmp_path, ASKED, decisions=tmp_path / "none.csv")
    path.write_bytes(b"\0\xff,\n1,2\n")
    with pytest.raises(InputError, match="decisions have the columns question, answer, student, marks, comment"):
        graded(tmp_path, ASKED, decisions=path)


def test_a_problem_without_questions_and_answers_to_nothing_are_refused(tmp_path) -> None:
    """An empty success would look like a class of zeros."""
    plain = {key: part for key, part in PROBLEM.items() if key != "questions"}
    with pytest.raises(ProblemError, match=r"has no \[\[questions\]\], and no submission names a quantity"):
        graded(tmp_path, "student,question,answer\nA,q1,right\nB,q2,right\n", problem=plain)


def test_an_answer_in_another_form_gets_the_share_that_the_question_says() -> None:
    """It is right, and some marks short."""
    finding = Finding(CORRECT, "proved", message="Right.", form="not met", marks=Fraction(1))
    question = Question("q", marks=Fraction(4), form="as matrices", form_share=Fraction(1, 2))

    assert Outcome(Row("A", "q", "", "", ""), question, finding).marks == 2
    assert Outcome(Row("A", "q", "", "", ""), Question("q", marks=Fraction(4), form="as matrices"), finding).marks == 4


def test_tolerances_of_a_question_reach_the_checker(tmp_path) -> None:
    """Two digits are enough for one question, three are asked for by another."""
    asked = [{"id": "a", "target": "df/dx", "rtol": 0.05}, {"id": "b", "target": "df/dx", "digits": 3}]
    problem = {"definitions": {"f": "x^2"}, "point": {"x": "1.31"}, "questions": asked}
    (tmp_path / "class.csv").write_text("student,question,answer\nA,a,2.6\nA,b,2.6\nB,b,2.62\n", encoding="utf-8")
    grade(from_dict(problem), tmp_path / "class.csv", tmp_path / "out", jobs=1)

    assert [r["verdict"] for r in table(tmp_path / "out" / "long.csv")] == ["correct", "wrong", "correct"]


def test_tables_of_somebody_else_are_not_written_over(tmp_path) -> None:
    """Without a journal beside it, a long.csv is nothing of ours."""
    put(tmp_path / "out", {"long.csv": "mine"})
    with pytest.raises(InputError, match=r"has a long.csv that is not from a run of grade"):
        graded(tmp_path, "student,question,answer\nA,q1,right\n")
    assert (tmp_path / "out" / "long.csv").read_text(encoding="utf-8") == "mine"
