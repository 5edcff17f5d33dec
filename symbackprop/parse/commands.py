r"""What each LaTeX command of an answer stands for, and each sign of plain text."""

from __future__ import annotations

from symbackprop.names import GREEK

DROPPED = frozenset(
    {
        ",", ";", "!", ":", " ", ">", "/", "quad", "qquad", "enspace", "thinspace", "displaystyle", "textstyle",
        "scriptstyle", "limits", "nolimits", "notag", "nonumber", "mathopen", "mathclose", "mathbin", "mathrel", "mathord",
        "centering", "hfill", "noindent", "allowbreak", "nobreak", "relax",
    }
)  # fmt: skip
# How many arguments go with each.
DROPPED_WITH_ARGUMENTS = {
    **dict.fromkeys(
        (
            "label", "tag", "ref", "eqref", "phantom", "hphantom", "vphantom", "hspace", "vspace", "mspace", "intertext",
            "shortintertext", "htmlClass", "htmlId", "class", "cssId", "color", "textcolor", "colorbox", "bpreason",
            "bpnumber",
        ),
        1,
    ),
    "parbox": 2, "bpedge": 3,
}  # fmt: skip
BIG = frozenset(
    {"left", "right", "middle", "big", "Big", "bigg", "Bigg"}
    | {f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in "lrm"}
)
FONTS = frozenset(
    {
        "mathbf", "boldsymbol", "bm", "bf", "mathrm", "rm", "mathit", "mathsf", "mathtt", "mathcal", "mathscr", "mathbb",
        "mathds", "mathbbm", "operatorname", "vec", "overrightarrow", "underline", "overline", "boxed", "cancel", "bcancel",
        "xcancel", "fbox",
        "mathstrut", "ensuremath", "mathfrak", "mathnormal", "pmb",
    }
)  # fmt: skip
BOLD = frozenset({"mathbf", "boldsymbol", "bm", "bf", "pmb", "vec"})
ENVIRONMENTS_WITH_ARGUMENT = frozenset({"array", "alignat", "alignedat"})

GREEK_COMMANDS = {name: name for name in GREEK.values()} | {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma", "varpi": "pi",
}  # fmt: skip
FUNCTION_COMMANDS = {
    **{name: name for name in ("exp", "log", "ln", "max", "min", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sech")},
    **{name: name for name in ("arcsin", "arccos", "arctan", "diag", "softmax", "relu")}, "sgn": "sign", "ReLU": "relu",
}  # fmt: skip
# Those that begin with bp are the names that our own documents provide (`typeset.latex_emitter.Macros`).
WORD_COMMANDS = {"ell": "ell", "imath": "i", "jmath": "j", "bploss": "L"}
BRACKETED = {"bplayer": ("[", "]")}  # what stands around an argument in place of its braces
OPERATORS = {
    "cdot": "·", "times": "·", "ast": "*", "odot": "⊙", "circ": "⊙", "bullet": "·", "star": "*", "div": "/", "over": "\\over",
    "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=",
    "neq": "!=", "approx": "≈", "simeq": "≈", "equiv": "=", "coloneqq": "=", "{": "{(", "}": ")}", "lbrace": "{(", "rbrace": ")}",
    "lvert": "l|", "rvert": "r|", "vert": "|", "mid": "|", "%": "%", "_": "\\_", "prime": "'", "lbrack": "[", "rbrack": "]",
    "lparen": "(", "rparen": ")", "Rightarrow": "=>", "implies": "=>", "Longrightarrow": "=>", "therefore": "=>", "iff": "=>",
    "Leftrightarrow": "=>", "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "pm": "±", "cdots": "…", "ldots": "…",
    "dots": "…", "&": "\\&", "#": "#", "in": "∈", "propto": "∝", "otimes": "⊗", "bphadamard": "⊙",
}  # fmt: skip
COMMANDS = {
    "frac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "nicefrac": "frac", "sfrac": "frac",
    "sqrt": "sqrt", "surd": "root", "partial": "partial", "nabla": "nabla", "sum": "sum", "hat": "hat", "widehat": "hat",
    "dot": "dot", "underbrace": "brace", "overbrace": "brace", "underset": "set", "overset": "set", "stackrel": "set",
    "top": "transpose", "intercal": "transpose", "transpose": "transpose", "bar": "bar", "tilde": "tilde", "widetilde": "tilde",
    "indicator": "one", "ind": "one", "mathop": "group", "prod": "prod", "int": "int", "infty": "infty", "lim": "lim",
    "bppartial": "partial", "bptranspose": "transpose",
}  # fmt: skip

SPELLINGS = {
    "**": "**", "<=": "<=", ">=": ">=", "==": "=", "!=": "!=", ":=": "=", "=>": "=>", "->": "→", "<-": "←", "~=": "≈",
    ".*": "⊙", "..": "..",
    "./": "./", ".^": ".^",
    "+": "+", "-": "-", "*": "*", "/": "/", "^": "^", "_": "_", "(": "(", ")": ")", "[": "[", "]": "]", "{": "{", "}": "}",
    ",": ",", "=": "=", "<": "<", ">": ">", "|": "|", "'": "'", "@": "@", ".": ".", "&": "&", ":": ":",
    "·": "·", "⋅": "·", "×": "·", "∙": "·", "•": "·", "∗": "*", "\u2062": "·", "−": "-", "–": "-", "÷": "/", "∕": "/", "⁄": "/",
    "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "≈": "≈", "≠": "!=", "⊙": "⊙", "∘": "⊙", "◦": "⊙", "⊗": "⊗",
    "′": "'", "’": "'", "ʹ": "'", "´": "'", "`": "'", "⟹": "=>", "⇒": "=>", "∴": "=>", "→": "→", "←": "←", "…": "…",
    "√": "√", "∂": "∂", "∇": "∇", "∑": "Σ", "Σ": "Σ", "ᵀ": "ᵀ", "⊤": "ᵀ", "⊺": "ᵀ", "∞": "∞", "𝟙": "𝟙", "𝟏": "𝟙",
    "∈": "∈", "±": "±", "″": "''",
}  # fmt: skip
