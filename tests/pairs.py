"""
Pairs of expressions, half of them equal: what `decide` is measured on.

A row is `left == right` or `left != right` in the grammar of `parse`; two expressions are equal where they have the
same value wherever both have one, but for single points.
After a `;` come a point that shows the difference where it is hidden ("at x=-200"), names known to be positive
("positive x y"), and the boundary on which equal ones differ ("boundary x = 0").
`ANSWERS` are such as students write, added when `decide` was finished.
More are about networks: a gradient in local symbols against one that is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from symbackprop.backprop import Backward, backpropagate, expand
from symbackprop.decide import Facts
from symbackprop.expr import (
    ONE,
    ZERO,
    Adjoint,
    Call,
    Cases,
    Condition,
    Expr,
    Number,
    Partial,
    Symbol,
    add,
    mul,
    symbols,
    transform,
)
from symbackprop.graph import Graph, Leaf, Node, Role
from symbackprop.matrix import Slope
from symbackprop.network import Layer, Network
from symbackprop.parse import parse

ALGEBRA = """
x + y == y + x
(x + 1)^2 == x^2 + 2*x + 1
(x - y)*(x + y) == x^2 - y^2
1/x + 1/y == (x + y)/(x*y)
(x^3 - 1)/(x - 1) == x^2 + x + 1
a/(b/c) == a*c/b
-(y - a) == a - y
2*(a - y)/2 == a - y
x*(y + z) - x*z == x*y
(a + b)^3 - a^3 - b^3 == 3*a*b*(a + b)
1 - a^2 == (1 - a)*(1 + a)
x/(x + 1) == 1 - 1/(x + 1)
1/(x*(x + 1)) == 1/x - 1/(x + 1)
(x*y)^3 == x^3*y^3
(w1*x1 + w2*x2 + b)*2 - 2*b == 2*w1*x1 + 2*x2*w2
0.1*x + 0.2*x == 0.3*x
x^-2 == 1/x^2
(a - y)*a*(1 - a)*x == x*a*(a - a^2 - y + y*a)
(x^2 - y^2)/(x - y) == x + y
(x + y + z)^2 == x^2 + y^2 + z^2 + 2*(x*y + y*z + z*x)
sqrt(x^2 + 2*x*y + y^2) == abs(x + y)
sqrt(x)^2 == x
sqrt(x^3) == x*sqrt(x)
1/sqrt(x) == sqrt(x)/x
sqrt(4*x) == 2*sqrt(x)
(1 + sqrt(2))*(1 - sqrt(2)) == -1
1/(sqrt(x) + 1) == (sqrt(x) - 1)/(x - 1)
x^(3/2) == x*sqrt(x)
x^0.5 == sqrt(x)
(x^2 + 1)/x == x + 1/x
a*(1 - a) != a*(1 - a^2)
a*(1 - a) != a - a
(x + y)^2 != x^2 + y^2
(a - y)*a*(1 - a) != (y - a)*a*(1 - a)
x + 1e-12 != x
x*(1 + 1e-15) != x
x + 1e-35 != x
x - y != y - x
1/(x + y) != 1/x + 1/y
2*(a - y) != a - y
a - y != a*y
x/2*y != x/(2*y)
(x + 1)^3 != x^3 + 3*x^2 + 3*x + 2
x^2*y != x*y^2
sqrt(x^2) != x
sqrt(x^2 + y^2) != x + y
sqrt(x + 1) != sqrt(x) + 1
x^(1/3) != x^(1/2)
(x^2 - 1)/(x - 1) != x - 1
0.33333*x != x/3
-x^2 != (-x)^2 ; at x=2
w1*x1 + w2*x2 != w1*x2 + w2*x1
x*y*z != x*y + z
(x - 1)*(x - 2)*(x - 3) != x^3 - 6*x^2 + 11*x - 6 + 1e-20
"""

EXPONENTIALS = """
exp(x + y) == exp(x)*exp(y)
exp(2*x) == exp(x)^2
exp(x)^3*exp(-x) == exp(2*x)
exp(-x) == 1/exp(x)
exp(x/2)^2 == exp(x)
sqrt(exp(x)) == exp(x/2)
exp(x*y)^2 == exp(2*x*y)
exp((x + y)^2) == exp(x^2)*exp(2*x*y)*exp(y^2)
exp(log(x)) == x ; positive x
log(exp(x)) == x
exp(2*log(x)) == x^2 ; positive x
log(x*y) == log(x) + log(y) ; positive x y
log(x/y) == log(x) - log(y) ; positive x y
log(x^3) == 3*log(x) ; positive x
log(x^2) == 2*log(abs(x))
log(sqrt(x)) == log(x)/2
log(1/x) == -log(x)
log(1 + exp(x)) == x + log(1 + exp(-x))
log(exp(x) + exp(y)) == x + log(1 + exp(y - x))
log(8) == 3*log(2)
log(6*x) == log(2) + log(3) + log(x)
2^x*2^y == 2^(x + y)
4^x == 2^(2*x)
x^y == exp(y*log(x)) ; positive x
x^y*x == x^(y + 1) ; positive x
(exp(x) - exp(-x))/2 == sinh(x)
cosh(x)^2 - sinh(x)^2 == 1
sinh(2*x) == 2*sinh(x)*cosh(x)
sech(x) == 2/(exp(x) + exp(-x))
exp(x/(x + 1)) == exp(1)*exp(-1/(x + 1))
exp(1/(x^2 - 1)) == exp(1/((x - 1)*(x + 1)))
exp(x)*(exp(y) + 1) == exp(x + y) + exp(x)
1/(1 + exp(x)) + 1/(1 + exp(-x)) == 1
y*log(y/a) == y*log(y) - y*log(a) ; positive y a
-(y*log(a)) - (1 - y)*log(1 - a) == y*log((1 - a)/a) - log(1 - a)
exp(x*y) != exp(x)*exp(y)
exp(x + y) != exp(x) + exp(y)
exp(2*x) != 2*exp(x)
exp(-x) != -exp(x)
log(x + y) != log(x) + log(y) ; positive x y
log(x*y) != log(x)*log(y) ; positive x y
log(x^2) != log(x)^2 ; positive x
log(abs(x)) != abs(log(abs(x)))
log(2*x) != 2*log(x)
exp(x^2) != exp(x)^2
log(1 + exp(x)) != 1 + x
log(1 + exp(x)) != x + log(1 - exp(-x))
2^x != x^2
exp(x) != 1 + x + x^2/2 + x^3/6
x^y != y^x ; positive x y
cosh(x)^2 + sinh(x)^2 != 1
exp(1)*x != 2.718281828459045*x
exp(x)/(exp(x) + exp(y)) != exp(x)/(1 + exp(y))
exp(x/2) != exp(x)/2
log(1 + x) != x - x^2/2 + x^3/3
"""

ACTIVATIONS = """
sigmoid(x) == 1/(1 + exp(-x))
sigmoid(x) == exp(x)/(1 + exp(x))
sigmoid(x) == (1 + tanh(x/2))/2
1 - sigmoid(x) == sigmoid(-x)
sigmoid(x)*(1 - sigmoid(x)) == exp(-x)/(1 + exp(-x))^2
sigmoid(x)*sigmoid(-x) == sigmoid(x) - sigmoid(x)^2
sigmoid(x)*(1 - sigmoid(x)) == 1/(4*cosh(x/2)^2)
sigmoid(x)*(1 - sigmoid(x)) == 1/(2 + exp(x) + exp(-x))
tanh(x) == 2*sigmoid(2*x) - 1
tanh(x) == (exp(2*x) - 1)/(exp(2*x) + 1)
tanh(x) == sinh(x)/cosh(x)
tanh(x) == (1 - exp(-2*x))/(1 + exp(-2*x))
1 - tanh(x)^2 == 4/(exp(x) + exp(-x))^2
1 - tanh(x)^2 == sech(x)^2
1 - tanh(x)^2 == (1 - tanh(x))*(1 + tanh(x))
1 - tanh(x)^2 == 4*sigmoid(2*x)*(1 - sigmoid(2*x))
tanh(-x) == -tanh(x)
tanh(x + y) == (tanh(x) + tanh(y))/(1 + tanh(x)*tanh(y))
softplus(x) - softplus(-x) == x
softplus(x) == log(1 + exp(x))
softplus(x) == -log(sigmoid(-x))
softplus(x) == log(exp(-x) + 1) + x
silu(x) == x*sigmoid(x)
sigmoid(x) + x*sigmoid(x)*(1 - sigmoid(x)) == silu(x) + sigmoid(x)*(1 - silu(x))
gelu(x) == x/2*(1 + erf(x/sqrt(2)))
gelu(x) - gelu(-x) == x
gelu(x) == x/2 + x*erf(x*sqrt(2)/2)/2
sigmoid(log(x)) == x/(1 + x) ; positive x
tanh(log(x)) == (x^2 - 1)/(x^2 + 1) ; positive x
sigmoid(w*x + b) == 1/(1 + exp(-b)*exp(-w*x))
(sigmoid(w*x + b) - y)*x == x/(1 + exp(-(w*x + b))) - x*y
log(sigmoid(x)) == -softplus(-x)
-y*(1 - sigmoid(z)) + (1 - y)*sigmoid(z) == sigmoid(z) - y
-(y/sigmoid(z) - (1 - y)/(1 - sigmoid(z)))*sigmoid(z)*(1 - sigmoid(z)) == sigmoid(z) - y
sigmoid(tanh(x)) == 1 - sigmoid(-tanh(x))
sigmoid(x) != 1/(1 + exp(x))
sigmoid(x)*(1 - sigmoid(x)) != sigmoid(x)*(1 - sigmoid(x)^2)
sigmoid(x)*(1 - sigmoid(x)) != sigmoid(x)
sigmoid(x)*(1 - sigmoid(x)) != x*(1 - x)
sigmoid(sigmoid(x))*(1 - sigmoid(sigmoid(x))) != sigmoid(x)*(1 - sigmoid(x))
sigmoid(x) != hard_sigmoid(x)
sigmoid(x) != tanh(x)
sigmoid(x) != (1 + tanh(x))/2
sigmoid(x) != 1/2 + x/4 - x^3/48
tanh(x) != x - x^3/3 + 2*x^5/15
1 - tanh(x)^2 != (1 - tanh(x))^2
1 - tanh(x)^2 != 1 - tanh(x^2)
tanh(x) != hard_tanh(x)
tanh(2*x) != 2*tanh(x)
softplus(x) != relu(x)
softplus(20*x)/20 != relu(x)
silu(x) != sigmoid(x)
sigmoid(x)*(1 + x*(1 - sigmoid(x))) != sigmoid(x)*(1 - x*(1 - sigmoid(x)))
gelu(x) != x*sigmoid(1.702*x)
gelu(x) != x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))
gelu(x) != silu(x)
elu(x) != relu(x)
softsign(x) != tanh(x)
softsign(x) != x/(1 + x)
sigmoid(w*x + b) != sigmoid(w*x) + b
(sigmoid(z) - y)*x != (sigmoid(z) - y)*z
sigmoid(z) - y != (sigmoid(z) - y)*sigmoid(z)*(1 - sigmoid(z))
log(sigmoid(x)) != softplus(-x)
"""

KINKS = """
max(0, x) == (x + abs(x))/2
relu(x) == max(x, 0)
relu(x) == x*step(x)
relu(x) - relu(-x) == x
relu(x) + relu(-x) == abs(x)
max(x, y) + min(x, y) == x + y
max(x, y) == (x + y + abs(x - y))/2
max(max(x, y), z) == max(x, max(y, z))
max(x, x) == x
max(x, y) == x + relu(y - x)
min(x, y) == -max(-x, -y)
abs(x*y) == abs(x)*abs(y)
abs(x)^2 == x^2
abs(-x) == abs(x)
x*sign(x) == abs(x)
sqrt(x^2) == abs(x)
abs(exp(x)) == exp(x)
max(0, exp(x)) == exp(x)
relu(relu(x)) == relu(x)
relu(3*x) == 3*relu(x)
hard_sigmoid(x) == max(0, min(1, x/6 + 1/2))
hard_sigmoid(x) == (hard_tanh(x/3) + 1)/2
hard_tanh(x) == min(1, max(-1, x))
hard_tanh(x) == relu(x + 1) - relu(x - 1) - 1
leaky_relu(x) == max(x, 0.01*x)
leaky_relu(x) == 0.01*x + 0.99*relu(x)
elu(x) == max(x, 0) + min(0, exp(x) - 1)
elu(x) == relu(x) - relu(-x) + (0 if x > 0 else exp(x) - 1 - x)
softsign(x)*(1 + abs(x)) == x
(1 if x > 0 else 0) == step(x)
(0 if -x > 0 else 1) == step(x) ; boundary x = 0
step(x) == (1 + sign(x))/2 ; boundary x = 0
(1 if x - 3 > 0 else 0) == step(x - 3)
(x if x > 0 else 0) == relu(x)
(0 if x - 1 > 0 else (1 if x + 1 > 0 else 0)) == step(x + 1) - step(x - 1)
1 - step(x) == step(-x) ; boundary x = 0
(sign(x) if abs(x) - 1 > 0 else x) == hard_tanh(x)
(abs(u) - 1/2 if abs(u) - 1 > 0 else u^2/2) == (u - 1/2 if u - 1 > 0 else (-u - 1/2 if -u - 1 > 0 else u^2/2))
step(2*x + 2) == step(x + 1)
step(x)*step(y) == step(min(x, y))
max(0, 1 - y*a) == relu(1 - a*y)
relu(w*x + b)*step(w*x + b) == relu(b + x*w)
exp(max(x, y)) == max(exp(x), exp(y))
log(max(x, y)) == max(log(x), log(y)) ; positive x y
(x + y)/abs(log(x)) == (x + y)/sqrt(log(x)^2)
sign(atan(x - 1)) == sign(x - 1)
relu(exp(x) - 1) == max(exp(x), 1) - 1
step(exp(x) - 2) == step(x - log(2))
step(sigmoid(x) - 1/2) == step(x)
step(x^3) == step(erf(x))
abs(x) != x
abs(x + y) != abs(x) + abs(y)
relu(x) != x
relu(x + y) != relu(x) + relu(y)
relu(-x) != -relu(x)
step(x) != step(-x)
sign(x) != step(x)
max(x, -100) != x ; at x=-200
min(x, 1000) != x ; at x=2000
relu(x - 50) != 0 ; at x=60
(x if x > 0 else 0) != (x if x > 0 else 0.01*x)
max(x, y) != max(x, -y)
max(x, y) != x + y
hard_sigmoid(x) != max(0, min(1, x/5 + 1/2))
hard_sigmoid(x) != max(0, min(1, x/6)) + 1/2
(0 if x - 3 > 0 else (1/6 if x + 3 > 0 else 0)) != (1/6 if x > 0 else 0)
leaky_relu(x) != max(x, 0.1*x)
leaky_relu(x) != abs(x)
elu(x) != exp(x) - 1
elu(x) != max(x, exp(x) - 1)
(x if x > 0 else exp(x) - 1) != (x if x > 0 else exp(x)) ; at x=-1
sign(x)*sign(y) != sign(x + y)
abs(x)*x != x^2
max(0, 1 - y*a) != max(0, 1 + y*a)
relu(x)*step(-x) != relu(x)
hard_tanh(x) != x ; at x=2
(sign(a - y) if abs(a - y) - 1 > 0 else a - y) != a - y ; at a=3 y=0
sqrt(x^2)*step(x) != abs(x)
softsign(x) != x/(1 + x^2)
relu(x)^2 != x^2
abs(x - 1000) != 1000 - x ; at x=1500
step(x - 7) != 0 ; at x=8
step(x^2 - 1) != step(x - 1) ; at x=-2
step(sigmoid(x) - 1/3) != step(x) ; at x=-1/2
"""

WAVES = """
sin(x)^2 + cos(x)^2 == 1
sin(x + y) == sin(x)*cos(y) + cos(x)*sin(y)
sin(2*x) == 2*sin(x)*cos(x)
cos(2*x) == 1 - 2*sin(x)^2
tan(x) == sin(x)/cos(x)
1 + tan(x)^2 == 1/cos(x)^2
sin(-x) == -sin(x)
cos(x - pi/2) == sin(x)
sin(x + pi) == -sin(x)
sin(3*x) == 3*sin(x) - 4*sin(x)^3
erf(-x) == -erf(x)
erf(2*x - x) == erf(x)
asin(x) + acos(x) == pi/2
atan(-x) == -atan(x)
exp(cos(x)^2)*exp(sin(x)^2) == exp(1)
sin(w*x + b) == sin(w*x)*cos(b) + cos(w*x)*sin(b)
sin(x) != x - x^3/6
sin(x)^2 != 1 + cos(x)^2
sin(x + y) != sin(x) + sin(y)
cos(x) != sin(x)
erf(x) != tanh(x)
erf(x) != 2*x/sqrt(pi)
atan(x) != tan(x)
atan(x) != x/(1 + x^2)
asin(x) != acos(x)
sin(x^2) != sin(x)^2
cos(-x) != -cos(x)
sin(2*x) != 2*sin(x)
erf(x)/2 + 1/2 != sigmoid(1.702*x)
pi*x != 3.14159265358979*x
"""

SOFTMAX = """
softmax(1, x, y) == 1/(1 + exp(y - x))
softmax(1, x, y) == sigmoid(x - y)
softmax(1, x, y) + softmax(2, x, y) == 1
softmax(2, x, y, z) == exp(y)/(exp(x) + exp(y) + exp(z))
softmax(1, x, y, z) == softmax(1, x - z, y - z, 0)
softmax(1, x, y)*(1 - softmax(1, x, y)) == softmax(1, x, y)*softmax(2, x, y)
softmax(1, x, y, z)*(softmax(2, x, y, z) + softmax(3, x, y, z)) == softmax(1, x, y, z) - softmax(1, x, y, z)^2
log_softmax(1, x, y) == log(softmax(1, x, y))
exp(log_softmax(2, x, y, z)) == softmax(2, x, y, z)
log_softmax(1, x, y, z) - log_softmax(2, x, y, z) == x - y
log_softmax(1, x, y) == -softplus(y - x)
-log_softmax(1, x, y, z) == log(1 + exp(y - x) + exp(z - x))
softmax(1, 2*x, 2*y) == exp(x)^2/(exp(x)^2 + exp(y)^2)
softmax(1, x, y) != softmax(2, x, y)
softmax(1, x, y) != sigmoid(x) - sigmoid(y)
softmax(1, x, y) != x/(x + y)
softmax(1, x, y, z)*(1 - softmax(1, x, y, z)) != softmax(1, x, y, z)*softmax(2, x, y, z)
softmax(1, x, y, z) != sigmoid(x)
-softmax(1, x, y)*softmax(2, x, y) != softmax(1, x, y)*softmax(2, x, y)
softmax(1, 2*x, 2*y) != softmax(1, x, y)
log_softmax(1, x, y) != softmax(1, x, y)
log_softmax(1, x, y, z) != x - log(exp(y) + exp(z))
exp(log_softmax(1, x, y)) != log_softmax(1, x, y)
softmax(1, x, y, z) != softmax(1, x, y)
"""

NUMBERS = """
0.1 + 0.2 == 0.3
1/3 + 1/6 == 1/2
sqrt(8) == 2*sqrt(2)
sqrt(2)*sqrt(3) == sqrt(6)
log(4) - log(2) == log(2)
exp(0) == 1
2^10 == 1024
sigmoid(0) == 1/2
tanh(0) == 0
exp(1)^2 == exp(2)
0.12 == 12/100
sigmoid(log(3)) == 3/4
1/3 != 0.333333333333
sqrt(2) != 1.41421356237309504880
pi != 22/7
exp(1) != 2.718281828459045235360287471352662497757
sigmoid(1) != 0.731
tanh(1) != 0.76159415595
0.15 != 0.150000000000000000000000000001
log(2) != 0.69314718
"""

ANSWERS = """
(o-t)*o*(1-o)*h == h*o*(o-t-o^2+o*t)
-(t-o)*exp(-z)/(1+exp(-z))^2*h == (sigmoid(z)-t+o-sigmoid(z))*sigmoid(z)*(1-sigmoid(z))*h
2*(w*x+b-y)*x == 2*w*x^2+2*b*x-2*x*y
x*(1-tanh(z))*(1+tanh(z)) == 4*x*exp(2*z)/(exp(2*z)+1)^2
1/(1+exp(-(w1*x1+w2*x2))) == exp(w1*x1)*exp(w2*x2)/(1+exp(w1*x1+w2*x2))
-y/p+(1-y)/(1-p) == (p-y)/(p*(1-p))
((p-y)/(p*(1-p)))*p*(1-p) == p-y
exp(z1)/(exp(z1)+exp(z2)+exp(z3))-1 == -(exp(z2)+exp(z3))/(exp(z1)+exp(z2)+exp(z3))
-log(exp(z1)/(exp(z1)+exp(z2))) == softplus(z2-z1)
sigmoid(z)^2*exp(-z) == sigmoid(z)*sigmoid(-z)
0.5*(tanh(0.5*z)+1) == sigmoid(z)
sigmoid(2*z)-sigmoid(-2*z) == tanh(z)
(exp(z)-1)/(exp(z)+1) == tanh(z/2)
sigmoid(z)*(1-sigmoid(z))*(1-2*sigmoid(z)) == exp(z)*(1-exp(z))/(1+exp(z))^3
silu(z)-z*sigmoid(z)^2 == z*sigmoid(z)*(1-sigmoid(z))
relu(z)^2 == z*relu(z)
(z if z > 0 else 0.01*z) == leaky_relu(z)
(1 if z > 0 else 0.01) == 0.01+0.99*step(z)
max(0,w*x+b)*x == (x*(w*x+b) if w*x+b > 0 else 0)
(0 if z < 0 else 1) == step(z) ; boundary z = 0
elu(z)+1 == (z+1 if z >= 0 else exp(z))
abs(a-y)/(a-y) == sign(a-y)
(a-y)/sqrt((a-y)^2) == sign(a-y)
w-0.1*(a-y)*x == w+(y-a)*x/10
sqrt(v)+1e-8-1e-8 == v^(1/2)
g/(sqrt(v)+0.00000001) == 100000000*g/(100000000*sqrt(v)+1)
(m*0.9+0.1*g)/(1-0.9) == 9*m+g
log(1+exp(-y*z)) == softplus(-y*z)
-y/(1+exp(y*z)) == -y*sigmoid(-y*z)
exp(-(x-m)^2/(2*s^2)) == exp(-x^2/(2*s^2))*exp(x*m/s^2)*exp(-m^2/(2*s^2))
(x-m)/s^2*exp(-(x-m)^2/(2*s^2)) == exp(-(m-x)^2/(2*s^2))*(x-m)/(s*s)
1/(1+abs(z))^2 == (1-softsign(z))^2*step(z)+(1+softsign(z))^2*step(-z) ; boundary z = 0
a*(1-a)*w*(1-h^2)*x == (a-a^2)*w*(1-h)*(1+h)*x
y*(a-1)/a*a+y*0 == y*a-y
softmax(1,a,b,c)/softmax(2,a,b,c) == exp(a-b)
softmax(1,a+k,b+k) == softmax(1,a,b)
log(softmax(1,a,b)/softmax(2,a,b)) == a-b
2^(-k) == exp(-k*log(2))
10^x == exp(x*log(10))
z*sigmoid(1.702*z) == z/(1+exp(-851*z/500))
cos(x)*(2*x+1)-sin(x)^2 == cos(x)*2*x+cos(x)-1+cos(x)^2
sin(x)*cos(x) == sin(2*x)/2
hard_sigmoid(z) == (0 if z <= -3 else 1 if z >= 3 else z/6+0.5)
(0 if z <= -3 else 1/6 if z < 3 else 0) == step(z+3)/6-step(z-3)/6 ; boundary z = 3
min(1,max(0,0.2*z+0.5)) == relu(0.2*z+0.5)-relu(0.2*z-0.5)
gelu(z) == z*(1-erf(-z/sqrt(2)))/2
erf(z/sqrt(2)) == 2*(gelu(z)/z)-1
(o-t)*o*(1-o)*h != (o-t)*o*(1-o)*h^2
(o-t)*o*(1-o)*h != (o-t)*o*(1-h)*h
2*(w*x+b-y)*x != 2*(w*x+b-y)
(1-tanh(w*x+b)^2)*x != (1-tanh(w*x)^2)*x
-y/p+(1-y)/(1-p) != (p-y)/(p*(1+p))
-y/p+(1-y)/(1-p) != p-y
exp(z1)/(exp(z1)+exp(z2)+exp(z3))-1 != -exp(z2)/(exp(z1)+exp(z2)+exp(z3))
-log(exp(z1)/(exp(z1)+exp(z2))) != softplus(z1-z2)
sigmoid(2*z)-sigmoid(-2*z) != tanh(2*z)
sigmoid(z)*(1-sigmoid(z))*(1-2*sigmoid(z)) != sigmoid(z)*(1-sigmoid(z))
silu(z)-z*sigmoid(z)^2 != z*sigmoid(z)*(1+sigmoid(z))
relu(z)^2 != relu(z)
(1 if z > 0 else 0.01) != 0.01+step(z)
max(0,w*x+b)*x != (x*(w*x-b) if w*x+b > 0 else 0)
(0 if z < 1e-3 else 1) != step(z) ; at z=1/2000
elu(z)+1 != (z+1 if z >= 0 else exp(-z)) ; at z=-1
abs(a-y)/(a-y) != 1
(a-y)/sqrt((a-y)^2) != sign(y-a)
w-0.1*(a-y)*x != w+(a-y)*x/10
sqrt(v)+1e-8 != v^(1/2)
g/(sqrt(v)+0.00000001) != g/sqrt(v+0.00000001)
(m*0.9+0.1*g)/(1-0.9) != 9*m+10*g
-y/(1+exp(y*z)) != -y*sigmoid(y*z)
exp(-(x-m)^2/(2*s^2)) != exp(-(x-m)^2/s^2)
1/(1+abs(z))^2 != 1/(1+z^2)
1/(1+abs(z))^2 != (1-softsign(z))^2
a*(1-a)*w*(1-h^2)*x != a*(1-a)*w*(1-h)^2*x
softmax(1,a,b,c)/softmax(2,a,b,c) != a/b
softmax(1,a+k,b) != softmax(1,a,b)
2^(-k) != exp(-k/log(2))
10^x != exp(x*2.302585)
cos(x)*(2*x+1)-sin(x)^2 != cos(x)*2*x+cos(x)-1-cos(x)^2
hard_sigmoid(z) != (0 if z <= -3 else 1 if z >= 3 else z/3+0.5)
(0 if z <= -3 else 1/6 if z < 3 else 0) != step(z+3)/6-step(z-2)/6 ; at z=5/2
min(1,max(0,0.2*z+0.5)) != hard_sigmoid(z)
gelu(z) != z*(1+erf(z))/2
(y_1/a+y_2/b)*a*b != y_1*b+y_2*b
"""

TABLES = {
    "algebra": ALGEBRA, "exponentials": EXPONENTIALS, "activations": ACTIVATIONS, "kinks": KINKS, "waves": WAVES,
    "softmax": SOFTMAX, "numbers": NUMBERS, "answers": ANSWERS,
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two expressions and the truth about them."""

    kind: str
    text: str
    left: Expr = field(repr=False)
    right: Expr = field(repr=False)
    equal: bool
    facts: Facts = field(repr=False)
    boundary: str = ""
    at: tuple[tuple[str, Fraction], ...] = ()


def read(text: str) -> Expr:
    """Read one side; sinh and cosh, which no reader types, borrow a call of softmax."""
    return transform(parse(text.replace("sinh(", "softmax(1, 63, ").replace("cosh(", "softmax(1, 64, ")), _from_calls)


def _from_calls(expr: Expr) -> Expr | None:
    match expr:
        case Call("softmax", (_, Number(63 | 64 as which), argument)):
            return Call("sinh" if which == 63 else "cosh", (transform(argument, _from_calls),))
    return None


def bare(left: Expr, right: Expr, positive: tuple[str, ...] = ()) -> Facts:
    """Return the facts about two expressions of which nothing else is known."""
    names = dict.fromkeys((*symbols(left), *symbols(right)))
    leaves = tuple(Leaf(Symbol(name), Role.VARIABLE) for name in names)
    graph = Graph(leaves, (Node(Symbol("whole"), left, Role.INTERMEDIATE),))
    return Facts(graph, assumptions={name: frozenset(("positive",)) for name in positive})


def row(kind: str, line: str) -> Pair:
    """Read one row of the table."""
    text, *notes = (part.strip() for part in line.split(" ; "))
    equal = " == " in text
    left, right = map(read, text.split(" == " if equal else " != "))
    positive: tuple[str, ...] = ()
    boundary, at = "", {}
    for note in notes:
        word, rest = note.split(" ", 1)
        if word == "positive":
            positive = tuple(rest.split())
        elif word == "boundary":
            boundary = rest
        else:
            assert word == "at", note
            at = {name: Fraction(value) for name, value in (item.split("=") for item in rest.split())}
    return Pair(kind, text, left, right, equal, bare(left, right, positive), boundary, tuple(at.items()))


# --- networks ----------------------------------------------------------------------------------------------------

NETWORKS = {
    "2-2-1": Network(2, (Layer(2), Layer(1))),
    "2-3-1": Network(2, (Layer(3, "tanh"), Layer(1, "sigmoid")), "binary_cross_entropy"),
    "2-2-1 relu": Network(2, (Layer(2, "relu"), Layer(1, "identity"))),
    "3-4-3": Network(3, (Layer(4), Layer(3, "softmax")), "cross_entropy"),
    "4-6-6-5-3": Network(4, (Layer(6), Layer(6), Layer(5), Layer(3))),
}


@cache
def backward(name: str) -> Backward:
    """Return the backward pass of one of the networks, once."""
    return backpropagate(NETWORKS[name].graph(), unit_sums=_groups(name))


def _groups(name: str) -> tuple[tuple[str, ...], ...]:
    return (("y_1", "y_2", "y_3"),) if name == "3-4-3" else ()


@cache
def facts_of(name: str) -> Facts:
    """Return what is known of the symbols of a network."""
    made = backward(name)
    definitions = {node.symbol.name: node.expr for node in made.nodes}
    definitions |= {step.about.name: step.value for step in made.locals.values()}
    return Facts(made.graph, definitions, _groups(name))


def adjoint(name: str, of: str) -> Adjoint:
    """Return ∂L/∂of."""
    return backward(name).adjoints[of]


def put_in(name: str, expr: Expr, *, leaves: bool = False) -> Expr:
    """Put in the adjoints and local derivatives; with `leaves` the forward definitions too."""
    made = backward(name)
    return expand(expr, made.definitions if leaves else {node.symbol.name: node for node in made.nodes})


def network_pairs() -> Iterator[Pair]:
    """Yield gradients in local symbols against other forms of them, and wrong ones."""

    def pair(name: str, about: str, *sides: Expr, equal: bool = True, boundary: str = "") -> Pair:
        return Pair("networks", f"{name}: {about}", *sides, equal, facts_of(name), boundary)

    for name, weight in (("2-2-1", "w1_1_2"), ("2-3-1", "w1_3_1"), ("3-4-3", "w1_4_2"), ("2-2-1 relu", "w1_2_1")):
        gradient = adjoint(name, weight)
        local, written = put_in(name, gradient), put_in(name, gradient, leaves=True)
        other = weight[:-1] + ("1" if weight[-1] == "2" else "2")
        yield pair(name, f"{weight} by name and in local symbols", local, gradient)
        yield pair(name, f"{weight} by name and from the leaves", written, gradient)
        yield pair(name, f"{weight} in local symbols and from the leaves", local, written)
        yield pair(name, f"{weight} with another sign", mul(-1, local), gradient, equal=False)
        yield pair(name, f"{weight} and {other}", adjoint(name, other), gradient, equal=False)
    yield from big_pairs(pair)
    yield from local_pairs(pair)


def big_pairs(pair: Callable[..., Pair]) -> Iterator[Pair]:
    """Yield pairs about 4-6-6-5-3: in local symbols, and with slopes by their names."""
    big, a = "4-6-6-5-3", Symbol
    by_z, by_w, by_a = adjoint(big, "z3_2"), adjoint(big, "w2_1_2"), a("a3_2")
    deltas = [adjoint(big, f"z4_{k}") for k in (1, 2, 3)]
    back = add(*(mul(delta, a(f"w4_{k}_2")) for k, delta in enumerate(deltas, 1)))
    wrong = add(*(mul(delta, a(f"w4_2_{k}")) for k, delta in enumerate(deltas, 1)))
    slope = Slope("sigmoid", a("z3_2"))
    yield pair(big, "delta by the layer after it", mul(back, slope), by_z)
    yield pair(big, "delta by a(1 - a)", mul(back, by_a, 1 - by_a), by_z)
    yield pair(big, "delta by a - a²", mul(back, by_a - by_a**2), by_z)
    yield pair(big, "a weight of layer 2", mul(adjoint(big, "z2_1"), a("a1_3")), adjoint(big, "w2_1_3"))
    last = mul(a("a4_1") - a("y_1"), Slope("sigmoid", a("z4_1")), a("a3_5"))
    yield pair(big, "a weight of the last layer", last, adjoint(big, "w4_1_5"))
    through = [
        mul(delta, a(f"w4_{k}_{j}"), Slope("sigmoid", a(f"z3_{j}")), a(f"w3_{j}_1"), Slope("sigmoid", a("z2_1")), a("a1_2"))
        for k, delta in enumerate(deltas, 1)
        for j in range(1, 6)
    ]
    yield pair(big, "15 paths, slopes by name", add(*through), by_w)
    yield pair(big, "14 of 15 paths", add(*through[:-1]), by_w, equal=False)
    yield pair(big, "the slope at a", mul(back, Slope("sigmoid", by_a)), by_z, equal=False)
    yield pair(big, "a(1 - a²)", mul(back, by_a, 1 - by_a**2), by_z, equal=False)
    yield pair(big, "the slope missing", back, by_z, equal=False)
    yield pair(big, "W for Wᵀ", mul(wrong, slope), by_z, equal=False)


def local_pairs(pair: Callable[..., Pair]) -> Iterator[Pair]:
    """Yield pairs about local derivatives, masks of ReLU and the softmax."""
    a, small, relu, soft = Symbol, "2-2-1", "2-2-1 relu", "3-4-3"
    yield pair(small, "a local derivative", Slope("sigmoid", a("z1_1")), Partial("local_a1_1_z1_1", "a1_1", "z1_1"))
    yield pair(small, "z written out", Call("sigmoid", (parse("w1_1_1*x_1 + w1_1_2*x_2 + b1_1"),)), a("a1_1"))
    by_weight = Adjoint("da1_1_dw1_1_2", "a1_1", "w1_1_2")
    yield pair(small, "a value by a weight", mul(Slope("sigmoid", a("z1_1")), a("x_2")), by_weight)
    by_a, by_z = adjoint(relu, "a1_1"), adjoint(relu, "z1_1")

    def mask(name: str, relation: str, value: Expr, otherwise: Expr) -> Expr:
        return mul(by_a, Cases(((value, Condition(a(name), relation, ZERO)),), otherwise))

    yield pair(relu, "the mask by a", mask("a1_1", ">", ONE, ZERO), by_z)
    yield pair(relu, "the mask inverted", mask("z1_1", ">", ZERO, ONE), by_z, equal=False)
    yield pair(relu, "the mask of the other unit", mask("z1_2", ">", ONE, ZERO), by_z, equal=False)
    yield pair(relu, "the mask is 1 at 0", mask("z1_1", "<", ZERO, ONE), by_z, boundary="z1_1 = 0")
    by_z = adjoint(soft, "z2_2")
    yield pair(soft, "p - y", parse("a2_2 - y_2"), by_z)
    yield pair(soft, "p - y, the last", parse("a2_3 + y_1 + y_2 - 1"), adjoint(soft, "z2_3"))
    path_by_path = parse("-(y_1/a2_1)*(-(a2_1*a2_2)) - y_2/a2_2*a2_2*(1 - a2_2) - y_3/a2_3*(-(a2_3*a2_2))")
    yield pair(soft, "through the softmax, path by path", path_by_path, by_z)
    yield pair(soft, "the softmax without its other rows", parse("-(y_2/a2_2)*a2_2*(1 - a2_2)"), by_z, equal=False)
    yield pair(soft, "y - p", parse("y_2 - a2_2"), by_z, equal=False)


@cache
def pairs() -> tuple[Pair, ...]:
    """Return the whole table."""
    found = [row(kind, line) for kind, table in TABLES.items() for line in table.strip().splitlines()]
    return (*found, *network_pairs())
