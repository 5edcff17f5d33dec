"""
Wrong input, row by row, each with the exact message a reader gets.

`TEXTS` are one-liners, definitions and expressions; `FILES` are problem files (name, content, message);
`POINTS` are values of `--at`; `COMMANDS` are whole command lines.  `LARGE` are inputs that must be refused quickly.
"""

# ruff: noqa: E501 - one row a case, input beside message

from __future__ import annotations

ATOM = 'a number, a name or "("'
OPERATOR = 'an operator (a product with a number on the right needs "*")'
UNITS = "where a number of units is accepted, as in 2-3-1:tanh/sigmoid,bce"
NOTHING = 'there is no problem: give a one-liner such as 2-2-1, definitions such as "u = 2*x; y = u^3", or a .toml or .json file'
ACTIVATIONS = (
    "(known: exp, sin, identity, sigmoid, tanh, relu, leaky_relu, elu, softplus, softsign, gelu, silu, "
    "hard_sigmoid, hard_tanh, square, softmax, log_softmax, or a formula in z)"
)
LOSSES = (
    "(known: squared_error, half_squared_error, mean_squared_error, absolute_error, huber, hinge, binary_cross_entropy, "
    "cross_entropy, kl_divergence, negative_log_likelihood, sum, or a formula in a and y)"
)
SOFTMAX = '"softmax" takes the number of the unit, then the values of the whole layer: softmax(1, z_1, z_2)'
DIGITS = "is too long: up to 40 digits and exponents from e-300 to e300 are accepted"

TEXTS: tuple[tuple[str, str], ...] = (
    # one-liners
    ("", NOTHING),
    ("   ", NOTHING),
    ("2-", f'found "" {UNITS}'),
    ("2--2", f'found "" {UNITS}'),
    ("-2-2", f'found "" {UNITS}'),
    ("2-0-1", f'found "0" {UNITS}'),
    ("2.5-2-1", f'found "2.5" {UNITS}'),
    ("2-x-1:sigmoid", f'found "x" {UNITS}'),
    ("2-99999999999-1", f'found "99999999999" {UNITS}'),
    ("3:sigmoid", "found 1 size; a network has at least 2, the inputs first, as in 2-3-1"),
    ("2-2-1:sigmiod", 'unknown activation "sigmiod"; did you mean "sigmoid"?'),
    ("2-2-1:qqq", f'unknown activation "qqq" {ACTIVATIONS}'),
    ("2-2-1:sigmoid,bec", 'unknown loss "bec"; did you mean "bce"?'),
    ("2-2-1,xyz", f'unknown loss "xyz" {LOSSES}'),
    ("2-2-1:tanh/relu/sigmoid", "3 activations, but 2 layers: give one for all or one for each"),
    ("2-2-1:sigmoid,mse,bce", 'found "mse,bce" where one loss is accepted, as in 2-3-1:tanh/sigmoid,bce'),
    ("2-y-1:tanhh,bec", f'found "y" {UNITS}\nunknown activation "tanhh"; did you mean "tanh"?\nunknown loss "bec"; did you mean "bce"?'),
    # expressions
    ("x +", f"column 4: found the end where {ATOM} is accepted"),
    ("x + * y", f'column 5: found "*" where {ATOM} is accepted'),
    ("(x", 'column 3: found the end where an operator or ")" (for the "(" of column 1) is accepted'),
    ("x)", 'column 2: found ")" without a "(" before it'),
    ("()", f'column 2: found ")" where {ATOM} is accepted'),
    ("x 2", f'column 3: found "2" where {OPERATOR} is accepted'),
    ("½½", f'column 2: found "½" where {OPERATOR} is accepted'),
    ("1..2 + x", f'column 3: found ".2" where {OPERATOR} is accepted'),
    ("sin x", 'column 1: the function "sin" needs its argument in brackets: sin(x)'),
    ("sin()", f'column 5: found ")" where {ATOM} is accepted'),
    ("sin(x", 'column 6: found the end where an operator or ")" (for the "(" of column 4) is accepted'),
    ("sin(x, y)", 'column 1: "sin" takes 1 argument, found 2'),
    ("max(x)", 'column 1: "max" takes 2 to 60 arguments, found 1'),
    ("sgmoid(x)", 'column 1: unknown function "sgmoid"; did you mean "sigmoid"?'),
    ("foo(x)", 'column 1: unknown function "foo"; a product is written foo*(…)'),
    ("sin^-1(x)", 'column 4: "sin" to the power -1 is ambiguous: write (sin(x))^(-1)'),
    ("softmax(x)", f"column 1: {SOFTMAX}"),
    ("softmax(3, x, y)", f"column 1: {SOFTMAX}"),
    ("x[1]", 'column 2: found "[", which has no meaning here; brackets are round: ( and )'),
    ("x!", 'column 2: found "!", which has no meaning here; a factorial is not known'),
    ("x$y", 'column 2: found "$", which has no meaning here'),
    (r"\frac{x}{y}", 'column 1: found "\\", which has no meaning here; this is plain text, not LaTeX'),
    ("∞", 'column 1: found "∞", which has no meaning here; numbers are finite'),
    ("x\u200b", "column 2: found the character U+200B, which has no meaning here"),
    ("__import__('os')", 'column 1: found "_", which has no meaning here; a name starts with a letter'),
    ("0,5x", 'column 2: found "," outside a function\'s brackets; decimals are written 0.5'),
    ("|x", 'column 3: found the end where an operator or "|" (for the "|" of column 1) is accepted'),
    ("x == 2", f'column 4: found "=" where {ATOM} is accepted'),
    ("x if y", 'column 7: found the end where "<", "<=", ">" or ">=" is accepted'),
    ("x if y > 0", 'column 11: found the end where "else" and the value for all other cases is accepted'),
    ("x if y = 0 else 1", 'column 8: found "=" in a condition where "<", "<=", ">" or ">=" is accepted'),
    ("x/0", "column 2: division by zero"),
    ("x/(1-1)", "column 2: division by zero"),
    ("0^-1 + x", "column 2: division by zero (0 to a negative power)"),
    ("9**9**9**9", "column 5: the exponent 387420489 is too large: exponents up to 1000 are accepted"),
    ("x^99999", "column 2: the exponent 99999 is too large: exponents up to 1000 are accepted"),
    ("((x^100)^100)^2", "column 9: powers of powers multiply to the exponent 10000: exponents up to 1000 are accepted"),
    ("0.1111111111111111111111111111111111111111123", f"column 1: the number 0.111111111111111111111… {DIGITS}"),
    ("1e999", f"column 1: the number 1e999 {DIGITS}"),
    ("x" * 41, 'column 1: the name "xxxxxxxxxxxxxxxxxxxxxxx…" is longer than 40 characters'),
    ("3", "f is a constant: it has no variable to differentiate by"),
    ("pi + e", "f is a constant: it has no variable to differentiate by"),
    ("ln(-1)", "f is a constant: it has no variable to differentiate by"),
    ("u = 2; y = u^2", "y is a constant: it has no variable to differentiate by"),
    # definitions
    ("u = ", f"column 4: found the end where {ATOM} is accepted"),
    ("= x", 'column 1: found "=" where a name and "=" are accepted'),
    ("2x = 3", 'column 1: found "2" where a name and "=" are accepted'),
    ("u + 1 = x", 'column 3: found "+" where a name and "=" are accepted'),
    ("x; y", 'column 1: found an expression without a name where "name = expression" is accepted'),
    ("u = x\ny = u +* 2", f'line 2, column 8: found "*" where {ATOM} is accepted'),
    ("f = sni(x); g = 1 +", f'column 5: unknown function "sni"; did you mean "sin"?\ncolumn 20: found the end where {ATOM} is accepted'),
    ("u = x; u = 2x", 'column 8: "u" is defined twice'),
    ("θ = x; theta = 2x", 'column 8: "theta" is defined twice'),
    ("sin = 3", 'column 1: "sin" is a function and cannot be defined; choose another name'),
    ("pi = 3", 'column 1: "pi" is a constant and cannot be defined; choose another name'),
    ("a = a + 1", "a is defined by itself"),
    ("a = c; b = a; c = b", "the definitions go in a circle: a uses c uses b uses a"),
    ("u = x; v = u; w = 2x; q = v; u2 = w; v2 = 2u2; w2 = 1 + u3; u3 = x", 'the last definition is the output, but "u3" is used by "w2": put the output last'),
    ("df_dx = x; f = df_dx + x^2", 'the name "df_dx" is taken: it is the derivative of f by x'),
    ("local_f_x = 2; f = x^2 + local_f_x*x", 'the name "local_f_x" is taken: it is the local derivative of f by x'),
    ("f(x) = x^2; g = f(y)", 'column 17: "f" is defined as f(x) and can only be used so'),
    # file names
    ("nothing.toml", "nothing.toml: no such file"),
    ("mazur.yaml", "mazur.yaml: a problem file ends in .toml or .json"),
    ("./", "./: is a directory; a problem is a .toml or .json file"),
    ("no\x00such.toml", "no?such.toml: no such file"),
)  # fmt: skip

NETWORK = "[network]\ninputs = 2\nlayers = [{ units = 2 }, { units = 1 }]\n"
FUNCTION = '[definitions]\nf = "x*y"\n'

FILES: tuple[tuple[str, str | bytes, str], ...] = (
    # the file itself
    ("problem.toml", "", "problem.toml: the file is empty; a problem has [network] or [definitions]"),
    ("problem.json", " \n", "problem.json: the file is empty; a problem has [network] or [definitions]"),
    ("problem.toml", b"title = '\xff'\n", "problem.toml:1: the file is not UTF-8 text (byte 10)"),
    ("problem.toml", "title = 1 = 2", "problem.toml:1: not valid TOML, column 11: expected newline or end of document after a statement"),
    ("problem.toml", "[network]\nlayers = [\n  { units = 2 }\n  { units = 1 }\n]\n", 'problem.toml:4: not valid TOML, column 3: found "{" where "," or "]" is accepted; a comma is missing?'),
    ("problem.toml", "[network]\nlayers = [{ units = 2, activation = tanh }]\n", 'problem.toml:2: not valid TOML, column 37: put it in quotes: "tanh"'),
    ("problem.toml", "[network]\nlayers = [{ units = 1 activation = 'tanh' }]\n", 'problem.toml:2: not valid TOML, column 23: found "activation" where "," or "}" is accepted; a comma is missing?'),
    ("problem.toml", "[point]\nx = 1/3\n", 'problem.toml:2: not valid TOML, column 6: put it in quotes: "1/3"'),
    ("problem.toml", "x = [1/3, 2]\n", 'problem.toml:1: not valid TOML, column 7: put it in quotes: "1/3"'),
    ("problem.toml", "x = ['a' 'b']\n", 'problem.toml:1: not valid TOML, column 10: found a text where "," or "]" is accepted; a comma is missing?'),
    ("problem.toml", "[definitions]\nf = 3*x^2 + y  # a sum\n", 'problem.toml:2: not valid TOML, column 6: put it in quotes: "3*x^2 + y"'),
    ("problem.toml", "x = True\n", "problem.toml:1: not valid TOML, column 5: write true in small letters"),
    ("problem.toml", "x = .5\n", "problem.toml:1: not valid TOML, column 5: a number has digits on both sides of its point: 0.5"),
    ("problem.toml", "x = 0,5\n", "problem.toml:1: not valid TOML, column 6: decimals are written 0.5"),
    ("problem.toml", 'title = "x\n', "problem.toml:1: not valid TOML, column 11: a quote opens on this line and does not close"),
    ("problem.toml", 'title = "a\0b"\n', "problem.toml:1: not valid TOML, column 11: the control character U+0000 is not accepted"),
    ("problem.toml", "[network]\ninputs = \n", "problem.toml:2: not valid TOML, column 10: invalid value"),
    ("problem.toml", "[network]\ninputs = 2\ninputs = 3\n", 'problem.toml:3: "inputs" is given twice (first on line 2)'),
    ("problem.toml", f"{NETWORK}[network]\n", 'problem.toml:4: "network" is given twice (first on line 1)'),
    ("problem.toml", "x = { a = 1, a = 2 }\n", 'problem.toml:1: "a" is given twice'),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{\n units = 2 }]\n", "problem.toml:3: an inline table { … } must end on the line on which it starts"),
    ("problem.toml", f"x = {'9' * 5000}\n", "problem.toml: a number has too many digits"),
    ("problem.toml", f"{'a.' * 100}a = 1\n", "problem.toml:1: more than 30 dots in a row"),
    ("problem.json", '{"network": {', "problem.json:1: not valid JSON, column 14: expecting property name enclosed in double quotes"),
    ("problem.json", '{"network": 1,\n "network": 2}', 'problem.json:2: "network" is given twice (first on line 1)'),
    ("problem.json", "[1, 2]", 'problem.json:1: the file is no JSON object; a problem looks like {"network": {…}} or {"definitions": {…}}'),
    # the whole problem
    ("problem.toml", 'title = "x"\n', "problem.toml:1: there is nothing to derive: a problem has [network] or [definitions]"),
    ("problem.toml", NETWORK + FUNCTION, "problem.toml:4: definitions: a problem has either [network] or [definitions], not both"),
    ("problem.toml", f"titel = 'x'\n{NETWORK}", 'problem.toml:1: unknown key "titel"; did you mean "title"?'),
    ("problem.toml", f"title = 3\n{NETWORK}", "problem.toml:1: title: found a number where a text is accepted"),
    ("problem.toml", "network = 3\n", "problem.toml:1: network: found a number where a table is accepted: [network] with inputs, loss and layers"),
    ("problem.json", '{"definitions": {"f": "x"},\n "pont": {"x": 1}}', 'problem.json:2: unknown key "pont"; did you mean "point"?'),
    # networks
    ("problem.toml", "[network]\nlayers = [{ units = 1 }]\n", "problem.toml:1: network: inputs are missing: inputs = 2"),
    ("problem.toml", "[network]\ninputs = 0\nlayers = [{ units = 1 }]\n", "problem.toml:2: network: inputs: found 0 where a whole number from 1 to 1000000 is accepted"),
    ("problem.toml", "[network]\ninputs = true\nlayers = [{ units = 1 }]\n", "problem.toml:2: network: inputs: found true or false where a whole number from 1 to 1000000 is accepted"),
    ("problem.toml", "[network]\ninputs = 2\n", 'problem.toml:1: network: layers are missing: layers = [{ units = 2, activation = "sigmoid" }]'),
    ("problem.toml", "[network]\ninputs = 2\nlayers = []\n", 'problem.toml:3: network: there is no layer: layers = [{ units = 2, activation = "sigmoid" }]'),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [2, 1]\n", 'problem.toml:3: layer 1: found a number where a table is accepted: { units = 2, activation = "sigmoid" }\nproblem.toml:3: layer 2: found a number where a table is accepted: { units = 2, activation = "sigmoid" }'),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [\n  { unit = 2 },\n]\n", 'problem.toml:4: layer 1: unknown key "unit"; did you mean "units"?\nproblem.toml:4: layer 1: units are missing: units = 2'),
    ("problem.toml", "[network]\ninputs = 2\n\nlayers = [\n  { units = 2, activation = 'sigmiod' } ]\n", 'problem.toml:5: layer 1: unknown activation "sigmiod"; did you mean "sigmoid"?'),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{ units = 2, activation = 'z/(1+abs(y))' }]\n", 'problem.toml:3: layer 1: activation "z/(1+abs(y))": column 10: unknown name "y" (known: z)'),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{ units = 2, activation = '3 + 2' }]\n", 'problem.toml:3: layer 1: activation "3 + 2": there is no z in the formula'),
    ("problem.toml", f"{NETWORK}loss = 'bec'\n", 'problem.toml:4: network: unknown loss "bec"; did you mean "bce"?'),
    ("problem.toml", f"{NETWORK}loss = '(a - t)^2'\n", 'problem.toml:4: network: loss "(a - t)^2": column 6: unknown name "t" (known: a, y)'),
    ("problem.toml", f"{NETWORK}reduction = 'max'\n", 'problem.toml:4: network: unknown reduction "max" (known: mean, sum, half_mean)'),
    ("problem.toml", f"{NETWORK}l2 = -0.1\n", "problem.toml:4: network: l2: found -0.1 where a number from 0 is accepted"),
    ("problem.toml", f"{NETWORK}l1 = nan\n", "problem.toml:4: network: l1: found NaN where a finite number is accepted"),
    # shapes
    ("problem.toml", "[network]\ninputs = 2\nlayers = [\n  { units = 2 },\n  { units = 2, weights = [[1, 2, 3], [4, 5, 6]] },\n]\n", "problem.toml:5: layer 2: weights are 2×3, but layer 1 has 2 units"),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{ units = 3, weights = [[1, 2], [3, 4]] }]\n", "problem.toml:3: layer 1: weights are 2×2, but the layer has 3 units (one list a unit)"),
    ("problem.toml", "[network]\ninputs = 1\nlayers = [{ units = 1, weights = [[1, 2]] }]\n", "problem.toml:3: layer 1: weights are 1×2, but there is 1 input"),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{ units = 2, weights = [[1, 2],\n [3]] }]\n", "problem.toml:4: layer 1: row 2 of the weights has 1 number, but layer 1 has 2 inputs"),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{ units = 2, weights = [\n [0, 1, -0.2],\n [1, 2]] }]\n", "problem.toml:4: layer 1: row 1 of the weights has 3 numbers, but layer 1 has 2 inputs"),
    ("problem.toml", "[network]\nlayers = [{ units = 2, weights = [[1, 2],\n [3]] }]\n", "problem.toml:1: network: inputs are missing: inputs = 2\nproblem.toml:3: layer 1: row 2 of the weights has 1 number, row 1 has 2"),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{ units = 2, weights = [1, 2] }]\n", "problem.toml:3: layer 1: weights are a list with one list a unit: weights = [[0.15, 0.20], [0.25, 0.30]]"),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{ units = 2, biases = [1] }]\n", "problem.toml:3: layer 1: 1 bias, but the layer has 2 units"),
    ("problem.toml", "[network]\ninputs = 2\nlayers = [{ units = 2, biases = true }]\n", "problem.toml:3: layer 1: found true or false where biases = [0.35, 0.35] is accepted, or false for none"),
    ("problem.toml", "[network]\ninputs = 1\nlayers = [{ units = 1, weights = [[true]], biases = ['q'] }]\n", 'problem.toml:3: layer 1: w1_1_1: found true where a number is accepted\nproblem.toml:3: layer 1: b1_1: column 1: found the name "q" where a number is accepted'),
    ("problem.toml", "[network]\ninputs = 1\nlayers = [{ units = 1, weights = [['log(0)']], biases = [-inf] }]\n", "problem.toml:3: layer 1: w1_1_1: has no value: log of 0\nproblem.toml:3: layer 1: b1_1: found an infinity where a finite number is accepted"),
    ("problem.json", '{"network": {"inputs": 1, "layers": [\n {"units": 1, "weights": [[NaN]], "biases": [1e400]}]}}', "problem.json:2: layer 1: w1_1_1: found NaN where a finite number is accepted\nproblem.json:2: layer 1: b1_1: the number 1E+400 is too long: up to 40 digits and exponents from e-300 to e300 are accepted"),
    # samples
    ("problem.toml", f"{NETWORK}\n[samples]\nx = [1, 2]\n", "problem.toml:5: samples: samples are a list of tables: [[samples]] with x = [0.05, 0.10] and y = [0.01, 0.99]"),
    ("problem.toml", f"{NETWORK}\n[[samples]]\nx = [1, 2]\n[[samples]]\nx = [1, 2, 3]\ny = [0, 1]\n", "problem.toml:8: sample 2: x has 3 numbers, but the network has 2 inputs\nproblem.toml:9: sample 2: y has 2 numbers, but layer 2 has 1 unit"),
    ("problem.toml", f"{NETWORK}\n[[samples]]\nz = [1, 2]\n", 'problem.toml:6: sample 1: unknown key "z" (known: x, y)'),
    ("problem.toml", f"{NETWORK}\n[[samples]]\nx = 1\n", "problem.toml:6: sample 1: x: found a number where a list of numbers is accepted: x = [0.05, 0.10]"),
    ("problem.toml", f"{NETWORK}loss = 'sum'\n[[samples]]\ny = [1]\n", 'problem.toml:6: sample 1: y is given, but the loss "sum" has no targets'),
    ("problem.toml", f"{FUNCTION}[[samples]]\nx = [1]\n", "problem.toml:3: samples: samples belong to a [network]; with [definitions] the numbers stand in [point]"),
    # definitions and points
    ("problem.toml", "[definitions]\n", 'problem.toml:1: definitions: there is no definition: y = "x^2"'),
    ("problem.toml", "[definitions]\nf = [1]\n", 'problem.toml:2: definition of f: found a list where an expression is accepted: f = "x^2"'),
    ("problem.toml", "[definitions]\nf = 'x +'\ng = '(f'\n", f'problem.toml:2: definition of f: column 4: found the end where {ATOM} is accepted\nproblem.toml:3: definition of g: column 3: found the end where an operator or ")" (for the "(" of column 1) is accepted'),
    ("problem.toml", "[definitions]\n'2a' = 'x'\n", 'problem.toml:2: definition of 2a: "2a" is no name: names are letters, digits and _'),
    ("problem.toml", "[definitions]\nexp = 'x'\n", 'problem.toml:2: definition of exp: "exp" is a function and cannot be defined; choose another name'),
    ("problem.toml", "[definitions]\na = 'b + x'\nb = '2*c'\nc = 'a'\n", "problem.toml:2: definition of a: the definitions go in a circle: a uses b uses c uses a"),
    ("problem.toml", "[definitions]\ntheta = 'x'\n'θ' = 'x'\n", 'problem.toml:3: definition of θ: "theta" is defined twice'),
    ("problem.toml", f"{FUNCTION}[point]\nf = 1\n", 'problem.toml:4: point: "f" has a definition, so it cannot be given a value'),
    ("problem.toml", "[definitions]\nf = 'alpha*x'\n[point]\nalhpa = 1\n", 'problem.toml:4: point: "alhpa" is not used in any definition; did you mean "alpha"?'),
    ("problem.toml", f"{FUNCTION}[point]\nx = nan\ny = '1/0'\n", "problem.toml:4: point: x: found NaN where a finite number is accepted\nproblem.toml:5: point: y: column 2: division by zero"),
    ("problem.toml", f"{FUNCTION}[point]\nx = 1979-05-27\n", "problem.toml:4: point: x: found a date where a number is accepted"),
    ("problem.toml", f"{NETWORK}[point]\nw1_2_3 = 1\n", 'problem.toml:5: point: unknown name "w1_2_3"; did you mean "w1_2_2"?'),
    ("problem.toml", "[network]\ninputs = 1\nlayers = [{ units = 1, weights = [[2]] }]\n[point]\n'w1[1,1]' = 1\n", 'problem.toml:5: point: "w1[1,1]" is given twice'),
    # names, assumptions, constraints
    ("problem.toml", f"{NETWORK}[names]\nw1_1_1 = 'w'\nw1_1_2 = 'w'\n", 'problem.toml:6: names: "w" is already the name of w1_1_1'),
    ("problem.toml", f"{NETWORK}[names]\nw1_1_1 = 'L'\n", 'problem.toml:5: names: "L" is already the name of another quantity of this problem'),
    ("problem.toml", f"{NETWORK}[names]\nw9_1_1 = 'w5'\n", 'problem.toml:5: names: unknown name "w9_1_1"; did you mean "w2_1_1"?'),
    ("problem.toml", f"{NETWORK}[names]\nw1_1_1 = 'w 5'\n", 'problem.toml:5: names: "w 5" is no name: names are letters, digits and _'),
    ("problem.toml", f"{NETWORK}[names]\nw1_1_1 = 5\n", "problem.toml:5: names: w1_1_1: found a number where a text is accepted"),
    ("problem.toml", f"{FUNCTION}[symbols]\nx = 'postive'\n", 'problem.toml:4: symbols: unknown assumption "postive"; did you mean "positive"?'),
    ("problem.toml", f"{FUNCTION}[symbols]\nx = 'positive negative'\n", "problem.toml:4: symbols: x cannot be both positive and negative"),
    ("problem.toml", f"{FUNCTION}[point]\nx = -2\n[symbols]\nx = 'positive'\n", "problem.toml:6: symbols: x: the value is -2, but [symbols] says positive"),
    ("problem.toml", f"{FUNCTION}[symbols]\nq = 'positive'\n", 'problem.toml:4: symbols: unknown name "q" (known: x, y)'),
    ("problem.toml", f"{FUNCTION}[constraints]\nx = 'sum 2'\n", 'problem.toml:4: constraints: found "sum 2" where "sum 1" is accepted'),
    ("problem.toml", f"{FUNCTION}[constraints]\nx = 'sum 1'\n", "problem.toml:4: constraints: a sum has at least two different names"),
    ("problem.toml", "[network]\ninputs = 1\nlayers = [{ units = 2 }]\n[[samples]]\ny = [1, 1]\n[constraints]\ny = 'sum 1'\n", "problem.toml:7: constraints: y_1 + y_2 is 2, but [constraints] says 1"),
    # training
    ("problem.toml", f"{NETWORK}[training]\noptimizer = 'adma'\n", 'problem.toml:5: training: unknown optimizer "adma"; did you mean "adam"? (known: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw)'),
    ("problem.toml", f"{NETWORK}[training]\nlearning_rate = -0.5\n", 'problem.toml:5: training: learning_rate is -0.5; it must satisfy 0 < learning_rate (to climb, say direction = "ascent")'),
    ("problem.toml", f"{NETWORK}[training]\nlerning_rate = 0.5\n", 'problem.toml:5: training: unknown option "lerning_rate"; did you mean "learning_rate"? (optimizer "sgd" takes learning_rate, direction)'),
    ("problem.toml", f"{NETWORK}[training]\nlearning_rate = inf\n", "problem.toml:5: training: learning_rate: found an infinity where a finite number is accepted"),
    ("problem.toml", f"{NETWORK}[training]\nmomentum = 0.9\n", 'problem.toml:5: training: optimizer "sgd" has no momentum (momentum, nesterov have it)'),
    ("problem.toml", f"{NETWORK}[training]\ntrain = ['W3']\n", 'problem.toml:5: training: unknown name "W3" (known: W1, b1, W2, b2, x_1, x_2, w1_1_1, w1_1_2, w1_2_1, w1_2_2, b1_1, b1_2, …)'),
    ("problem.toml", f"{NETWORK}[training]\ntrain = []\n", 'problem.toml:5: training: train: found no name where names are accepted: ["W1", "b1"]'),
    ("problem.toml", f"{NETWORK}[training]\nupdate = 'onlin'\n", 'problem.toml:5: training: update: found "onlin" where "batch" or "online" is accepted'),
    ("problem.toml", f"{NETWORK}[training]\nreport = 'msee'\n", 'problem.toml:5: training: unknown loss "msee"; did you mean "mse"?'),
    # all faults at once, in the order of lines
    ("problem.toml", "titel = 'x'\n[network]\ninputs = 2\nlayers = [{ units = 2, activation = 'tanhh' }]\n[[samples]]\nx = [1]\n[training]\ntrain = ['W2']\n", 'problem.toml:1: unknown key "titel"; did you mean "title"?\nproblem.toml:4: layer 1: unknown activation "tanhh"; did you mean "tanh"?\nproblem.toml:6: sample 1: x has 1 number, but the network has 2 inputs\nproblem.toml:8: training: unknown name "W2" (known: W1, b1, x_1, x_2, w1_1_1, w1_1_2, w1_2_1, w1_2_2, b1_1, b1_2)'),
)  # fmt: skip

POINTS: tuple[tuple[str, str, str], ...] = (
    ("x*y", "", '--at: there is nothing to read where "name=number" is accepted'),
    ("x*y", "x", '--at: column 1: found "x" where "name=number" is accepted'),
    ("x*y", "x=", f"--at: column 3: found the end where {ATOM} is accepted"),
    ("x*y", "x=1, =2", '--at: column 6: found "=2" where "name=number" is accepted'),
    ("x*y", "x=1 y=2", '--at: column 5: a comma is missing before "y"'),
    ("2-2-1", "w1[1,1]=1 w1[1,2]=2", '--at: column 11: a comma is missing before "w1[1,2]"'),
    ("x*y", "x=y", '--at: column 3: found the name "y" where a number is accepted'),
    ("x*y", "x=1, x=2", '--at: column 6: "x" is given twice'),
    ("x*y", "z=1", '--at: unknown name "z" (known: x, y)'),
    ("alpha*x", "alhpa=1", '--at: unknown name "alhpa"; did you mean "alpha"?'),
    ("x*y", "x=1/0", "--at: column 4: division by zero"),
    ("x*y", "x=log(0)", "--at: x: has no value: log of 0"),
    ("x*y", "x=1e999", f"--at: column 3: the number 1e999 {DIGITS}"),
    ("x*y", "x=nan", '--at: column 3: found the name "nan" where a number is accepted'),
    ("x*y", "x==1", f'--at: column 3: found "=" where {ATOM} is accepted'),
    ("2-2-1", "w1_2_3=1", '--at: unknown name "w1_2_3"; did you mean "w1_2_2"?'),
    ("2-2-1", "x=1", '--at: "x" is ambiguous: it can be x_1 or x_2'),
)

# Whole command lines, run in an empty folder.
COMMANDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("derive", "2-2-1", "--digits", "0"), "--digits: 0 is not accepted; 1 to 17 is"),
    (("derive", "2-2-1", "--detail", "7"), "--detail: 7 is not accepted; 0, 1, 2 or 3 is"),
    (("derive", "2-2-1", "--notation", "foo"), 'unknown notation "foo" (known: ng, nielsen, paren)'),
    (
        ("derive", "2-2-1", "--detail", "7", "--digits", "0"),
        "--detail: 7 is not accepted; 0, 1, 2 or 3 is\n--digits: 0 is not accepted; 1 to 17 is",
    ),
    (("derive", "2-2-1", "--wrt", "W3"), 'unknown name "W3": the layers are W1, b1, W2, b2'),
    (
        ("derive", "2-2-1", "--wrt", "q"),
        'unknown name "q" (known: w1_1_1, w1_1_2, w1_2_1, w1_2_2, b1_1, b1_2, w2_1_1, w2_1_2, b2_1, x_1, x_2, y_1, …)',
    ),
    (
        ("derive", "2-2-1", "--wrt", "dz1_1/dw1_1_1"),
        '"dz1_1/dw1_1_1" is no derivative of L; name a quantity, or the derivative by it: dL/d…',
    ),
    (("derive", "2-2-1", "--wrt", "L"), "L is the output itself; ask for the derivative by something it depends on"),
    (("derive", "2-2-1", "--format", "pdf"), "a PDF is written to a file, such as -o notes.pdf"),
    (("derive", "2-2-1", "--beamer", "--two-column"), "--beamer and --two-column exclude each other: slides have one column"),
    (("derive", "u", "=", "2*x+1"), 'a problem with spaces in it needs quotes around it: symbackprop derive "u = 2*x+1"'),
    (
        ("evaluate", "x^2", "+", "y", "--at", "x=1"),
        'a problem with spaces in it needs quotes around it: symbackprop evaluate "x^2 + y"',
    ),
    (("evaluate", "sqrt(x)", "--at", "x=0"), "df/dx has no value at the point: division by zero (where f = 0)"),
    (("train", "x^2", "--at", "x=1", "--train", "y"), 'unknown name "y" (known: x)'),
    (("train", "y = x^2", "--at", "x=1", "--train", "y"), "y is computed, so it cannot be trained"),
    (("derive", "2-2-1", "--wrt", "w1_2_3"), 'unknown name "w1_2_3"; did you mean "w1_2_2"?'),
    (
        ("derive", "2-2-1", "-o", "notes.doc"),
        'notes.doc: no format for the ending ".doc" (known: .txt, .tex, .typ, .md, .qmd, .anki.txt, .html, .htm, .json, .pdf)',
    ),
    (("derive", "2-2-1", "-o", "missing/notes.tex"), "missing/notes.tex: cannot be written (No such file or directory)"),
    (("derive", "sqrt(x)", "--at", "x=-1"), "f has no value at the point: square root of -1 (where x = -1)"),
    (("evaluate", "u = x - 1; y = log(u)", "--at", "x=1"), "y has no value at the point: log of 0 (where u = 0)"),
    (("evaluate", "1/x", "--at", "x=0"), "f has no value at the point: division by zero (where x = 0)"),
    (
        ("train", "x^2", "--at", "x=1", "--optimizer", "adma"),
        'unknown optimizer "adma"; did you mean "adam"? (known: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw)',
    ),
    (
        ("train", "x^2", "--at", "x=1", "--lr", "nan"),
        '--learning-rate: column 1: found the name "nan" where a number is accepted',
    ),
    (("train", "x^2", "--at", "x=1", "--optimizer", "adam", "--beta1", "2"), "beta1 is 2; it must satisfy 0 <= beta1 < 1"),
    (("train", "x^2", "--at", "x=1", "--momentum", "0.9"), 'optimizer "sgd" has no momentum (momentum, nesterov have it)'),
)

# Usage errors, whose wording is the command line library's own.
USAGE: tuple[tuple[str, ...], ...] = (
    (),
    ("deriv", "2-2-1"),
    ("derive",),
    ("derive", "2-2-1", "extra"),
    ("derive", "2-2-1", "--digit", "3"),
    ("derive", "2-2-1", "--digits", "x"),
    ("derive", "2-2-1", "--at"),
    ("train", "x^2", "--steps", "many"),
)

MANY = 100_000

# Inputs made to be slow or large: (file name, or "" for the argument itself; content; the start of the message; exit code).
LARGE: dict[str, tuple[str, str, str, int]] = {
    "10 MB of TOML": ("problem.toml", "x = 1\n" * 1_700_000, "problem.toml: the problem has more than 1000000 bytes", 2),
    "10 MB of JSON": ("problem.json", '{"x": [' + "1, " * 3_400_000 + "1]}", "problem.json: the problem has more than 1000000 bytes", 2),
    "10 MB in one expression": ("problem.toml", '[definitions]\nf = "' + "x+" * 5_000_000 + 'x"', "problem.toml: the problem has more than", 2),
    "10^5 open brackets": ("", "(" * MANY, "column 61: brackets and powers are nested more than 60 deep", 2),
    "10^5 open brackets in a file": ("problem.toml", f'[definitions]\nf = "{"(" * MANY}"', "problem.toml:2: definition of f: column 61: brackets", 2),
    "10^5 brackets closed again": ("problem.toml", f'[definitions]\nf = "{"(" * MANY}x{")" * MANY}"', "problem.toml:2: definition of f: the text has 200001 characters", 2),
    "10^5 nested lists in TOML": ("problem.toml", f"x = {'[' * MANY}{']' * MANY}", "problem.toml: brackets are nested too deeply", 2),
    "10^5 nested lists in JSON": ("problem.json", f'{{"x": {"[" * MANY}{"]" * MANY}}}', "problem.json: brackets are nested too deeply", 2),
    "10^5 nested tables in JSON": ("problem.json", '{"x": ' * MANY + "1" + "}" * MANY, "problem.json: brackets are nested too deeply", 2),
    "a key of 10^5 parts": ("problem.toml", "a." * MANY + "a = 1", "problem.toml:1: more than 30 dots in a row", 2),
    "a header of 10^5 parts": ("problem.toml", "[" + "a." * MANY + "a]", "problem.toml:1: more than 30 dots in a row", 2),
    "10^5 signs": ("", "x " + "-" * (MANY - 2), "column 100001: found the end", 2),
    "10^5 powers": ("", "x^" * (MANY // 2), "column 122: brackets and powers are nested more than 60 deep", 2),
    "10^5 divisions": ("", "x/" * (MANY // 2 - 1) + "x", "column 122: more than 60 divisions in a row", 2),
    "10^5 square roots": ("", "√" * (MANY // 3), "column 61: brackets and powers are nested more than 60 deep", 2),
    "10^5 bars": ("", "|" * MANY, "column 61: brackets and powers are nested more than 60 deep", 2),
    "10^5 cases": ("", "x if x>0 else " * 7000, "column ", 2),
    "10^5 factors 9^64": ("", "x*" + "9^64*" * 10_000 + "1", "column ", 2),
    "9**9**9**9": ("", "9**9**9**9", "column 5: the exponent 387420489 is too large", 2),
    "9**9**9**9 in a file": ("problem.toml", '[definitions]\nf = "x"\n[point]\nx = "9**9**9**9"', "problem.toml:4: point: x: column 5: the exponent 387420489", 2),
    "a number of 10^5 digits": ("", "x + " + "9" * (MANY - 4), "column 5: the number 99999999999999999999999… is too long", 2),
    "an exponent of 10^5 digits": ("problem.toml", f"[point]\nx = 1e{'9' * MANY}\n[definitions]\nf = 'x'", "problem.toml:2: point: x: found an infinity", 2),
    "10^5 faults": ("problem.toml", "[network]\ninputs = 1\nlayers = [{ units = 1, weights = [[" + "nan, " * MANY + "nan]] }]", "problem.toml:3: layer 1: weights are 1×100001, but there is 1 input", 2),
    "10^5 unknown keys": ("problem.toml", "".join(f"k{i} = 1\n" for i in range(60_000)), 'problem.toml:1: unknown key "k0"', 2),
    "a circle of 10^4 definitions": ("problem.toml", "[definitions]\n" + "".join(f"u{i} = 'u{(i + 1) % 10_000} + x'\n" for i in range(10_000)), "problem.toml:2: definition of u0: the definitions go in a circle", 2),
    "a wide network": ("", "2000-2000-1", "the network has 4002000 connections; up to 250000 are accepted", 3),
    "a deep network": ("", "-".join(["1"] * 50_000), "the network has 49999 layers; up to 200 are accepted", 3),
    "a wide network in a file": ("problem.toml", "[network]\ninputs = 1000000\nlayers = [{ units = 1000000 }]", "the network has 1000000000000 connections", 3),
}  # fmt: skip
