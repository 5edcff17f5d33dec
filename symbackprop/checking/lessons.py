"""The rules that mistakes break, as a student is told them; none states the answer."""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.checking.scene import Scene
from symbackprop.functions import canonical

WITH_LOGARITHM = frozenset({"binary_cross_entropy", "cross_entropy", "negative_log_likelihood", "kl_divergence"})


@dataclass(frozen=True)
class Lesson:
    """
    One rule in one sentence: for a network; where they differ, for a plain `function`, and where a `value` is asked for.

    `logarithm` is for a network whose loss has one.  {of} and {output} stand for what is differentiated by, and what.
    """

    network: str
    function: str = ""
    value: str = ""
    logarithm: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return every form of the rule."""
        return tuple(text for text in (self.network, self.function, self.value, self.logarithm) if text)

    def told(self, scene: Scene) -> str:
        """Return the rule in the form that fits what was asked, with its names."""
        text = self.network
        loss = canonical(scene.network.loss) if scene.network else ""
        if loss in WITH_LOGARITHM and self.logarithm:
            text = self.logarithm
        if scene.is_function and self.function:
            text = self.function
        if scene.asked == "value" and self.value:
            text = self.value
        return text.format(of=scene.by, output=scene.written(scene.aims[0].output))


DEFINITION = "Compare with the definition of this value, term by term."

SIGN = Lesson(
    "Every minus sign counts; whoever starts from y − a also needs its inner derivative by a, which is −1.",
    function="Every minus sign counts, also those that an inner derivative or the derivative of a function brings.",
    value=DEFINITION,
    logarithm="Every minus sign counts, also the one in front of the loss's logarithm.",
)
TERM_SIGN = Lesson("Every term keeps its sign: (u + v)′ = u′ + v′ and (u·v)′ = u′·v + u·v′.")
CHAIN = Lesson(
    "Along a path the local derivatives are multiplied, each exactly once.",
    function="Chain rule: the outer derivative times the inner one, and every factor exactly once.",
)
INNER = Lesson("Chain rule: (f(u))′ = f′(u)·u′, the outer derivative times the inner one.")
PATHS = Lesson(
    "Every path from {of} to {output} contributes one product, and these products are added.",
    function="Every place where {of} occurs contributes one term, and these terms are added.",
)
NO_PATH = Lesson("Only paths from {of} to {output} contribute; what does not depend on {of} adds nothing.")
SLOPE = Lesson(
    "The slope of an activation is taken at its own argument, the z of the same unit and layer.",
    function="The outer derivative is taken at the same argument as the function: (f(u))′ = f′(u)·u′.",
)
OWN_RULE = Lesson(
    "Every activation has a derivative of its own: those of sigmoid, tanh and ReLU are three different formulas.",
    function="Every function has a derivative of its own, as tables of derivatives list them.",
)
NOT_ITSELF = Lesson("Passing back through a function multiplies by its derivative, not by its value.")
MASK = Lesson("The slope of such a function has one value where z > 0 and another where z < 0; for ReLU they are 1 and 0.")
EVERY_OUTPUT = Lesson("Every output of softmax depends on every z of its layer, so all outputs contribute to each ∂L/∂z.")
JACOBIAN = Lesson("∂pᵢ/∂zⱼ has one form for i = j and another, negative one for i ≠ j.")
BIAS = Lesson(
    "In z = w·a + b the bias stands alone: ∂z/∂b = 1, and neither ∂z/∂w nor ∂z/∂a contains b.",
    function="The derivative of a term that does not contain {of} is 0.",
)
SHAPE = Lesson(
    "A derivative by a matrix or vector has the same shape, and each entry stands where the entry it is taken by stands.",
    value="Rows and columns are those of the definition.",
)
PRODUCT = Lesson(
    "In z = w·a + … the derivative by w is the a it multiplies, and the derivative by a is that w, with the same indices.",
    function="In u·v the derivative by u is v, and the derivative by v is u.",
)
BACKWARDS = Lesson("Forwards, unit j adds up w_jk·a_k over k; backwards, unit k adds up w_jk·δ_j over j: that is Wᵀ·δ.")
BACKWARDS_ALL = Lesson("Every unit of the layer above contributes to δ, which is what the matrix product with Wᵀ adds up.")
OUTER = Lesson("Each weight has its own δ and its own input: all pairs of them together are the outer product.")
ENTRYWISE = Lesson("A slope belongs to one unit alone, so slopes multiply entry by entry (⊙).")
LOSS = Lesson("The first factor is the derivative of this exercise's loss by the network's output, with that output's target.")
QUESTION = Lesson(
    "In a derivative by {of} only {of} varies; all other weights, biases and inputs are held fixed.",
    function="In a derivative by {of} only {of} varies; all other variables are held fixed.",
)
WHOLE_OUTPUT = Lesson("All of {output} is differentiated, with every term it has.")
RATE = Lesson("A derivative says how fast {output} changes with {of}; the value of a quantity is something else.")
ONE_FACTOR = Lesson(
    "A path from {of} to {output} has one factor for every step, and all of them are multiplied.",
    function="Chain rule: the outer derivative times the inner one, until {of} itself is reached.",
)
UPDATE = Lesson("The gradient g comes first; the update w − η·g is made with it afterwards.")
OLD_WEIGHTS = Lesson("All gradients of one step are taken at the weights before the update.")
CONSTANT = Lesson(
    "A constant factor of the loss, such as ½ or 2, stays in the derivative, and exponents bring theirs; no other comes in.",
    function="A constant factor stays, (c·u)′ = c·u′; new ones come only from exponents and inner derivatives.",
    value="Compare the constant factors with the definition.",
)
MEAN = Lesson("A mean is the sum divided by the number of its terms, no more and no less.")
DELTA = Lesson("On this sheet δ is the derivative of the loss by the pre-activation z.")
SUM_RULE = Lesson(
    "Along a path the local derivatives are multiplied; only different paths are added.",
    function="What is a factor in the function stays a factor in its derivative; only terms are added.",
)
PRODUCT_RULE = Lesson("Product rule: (u·v)′ = u′·v + u·v′.")
QUOTIENT_RULE = Lesson("Quotient rule: (u/v)′ = (u′·v − u·v′)/v².")
POWER_RULE = Lesson("Power rule: (uⁿ)′ = n·uⁿ⁻¹·u′.")
EXPONENTIAL_RULE = Lesson("Where the exponent varies: (cᵘ)′ = cᵘ·ln(c)·u′.")
CONSTANT_TERM = Lesson("The derivative of a constant term is 0.")
VARIABLE = Lesson("The derivative of a variable by itself is 1.")
SAMPLES = Lesson("The cost is a mean (or sum) over all samples, and so is its gradient.")
MEAN_OF_PRODUCTS = Lesson("Each sample has a product of its own; the mean of products is not the product of means.")
PENALTY = Lesson("The penalty is a term of the loss, so its derivative is a term of the gradient.")
PENALTY_FACTOR = Lesson("The penalty is differentiated like every other term, with its λ and its ½ as they stand.")
NO_PENALTY = Lesson("The penalty is on the weights, not on the biases.")
FORWARD = Lesson(DEFINITION)
SOFTMAX = Lesson("The outputs of softmax add up to 1.")
INDICES = Lesson("w_jk leads to unit j from unit k: z_j = Σ w_jk·a_k + b_j.")
