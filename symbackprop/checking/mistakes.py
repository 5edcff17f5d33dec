"""
The table of mistakes: one row each, the most common and the simplest first.

A row has a stable code, the sentence that a student reads, the rule that was broken, and the mutation that makes the
mistake: it yields every value that an answer has where the mistake was made, at one place or another.  `asked` says
where it can be made: in a gradient (or a local derivative), in a value, or in both; a row with `pairs` is also tried
together with another one.

Sentences name quantities as the problem does; no sentence and no rule states the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbackprop.checking import forward, losses, mutants, paths, rules, slopes, wholes
from symbackprop.checking.mutants import Mutation, both, doubled, inverted, missing, on

GRADIENT, VALUE = frozenset({"gradient", "local"}), frozenset({"value"})
ALWAYS = GRADIENT | VALUE

CHAIN = "Along a path the local derivatives are multiplied, each exactly once."
PATHS = "The contributions of all paths are added, and only of paths that exist."
SLOPE = "The slope of a function is taken at that function's own argument."
OWN_RULE = "Every function has a derivative of its own."
EVERY_OUTPUT = "Every output of softmax depends on every z, so all of them contribute."
BIAS = "The bias stands alone in z: its own local derivative is 1, and it is in no other."
SHAPE = "The gradient by a matrix has the matrix's shape: entry (j, k) belongs to w_jk."
PRODUCT = "In w·a the local derivative by w is a, and by a it is w: the same unit, the same layer, the same sample."
LOSS = "The chain starts with the derivative of the loss by the output, for this loss and its own target."
QUESTION = "∂L/∂w says how L changes when w alone changes; for another quantity it is another number."
FORWARD = "A value is computed exactly as its definition says."
CONSTANT = "Constant factors of the loss stay in its derivative, and no other ones come in."


@dataclass(frozen=True)
class Mistake:
    """One row: what a mistake is called, what is said of it, which rule it breaks, and how it is made."""

    code: str
    sentence: str
    rule: str
    mutation: Mutation
    asked: frozenset[str] = GRADIENT
    pairs: bool = False


MISTAKES: tuple[Mistake, ...] = (
    # The whole answer: a factor in front, another question.
    Mistake("sign", "The sign is the wrong way round.",
            "Every minus sign is kept, and d(y − a)/da is −1.", wholes.scaled(-1), ALWAYS),
    Mistake("gradient.update", "This is {instead}, not the gradient.",
            "The gradient g comes first; the update w − η·g uses it.", wholes.update),
    Mistake("inner.missing", "The inner derivative is missing: that of {inner}.",
            "Chain rule: the outer derivative times the inner one.", rules.inner_missing, pairs=True),
    Mistake("factor.two", "There is a factor 2 too many.", CONSTANT, wholes.scaled(2), ALWAYS),
    Mistake("factor.half", "A factor 2 is missing, or there is a ½ too many.", CONSTANT, wholes.scaled(Fraction(1, 2)), ALWAYS),
    Mistake("factor.mean", "The answer is {constant} times what it should be: a mean over the {counted} too many or too few.",
            "A mean is the sum divided by the number of its terms.", wholes.mean_factor, ALWAYS),
    Mistake("convention.delta", "This is the derivative by the activation {other}.",
            "On this sheet δ is the derivative of the loss by the pre-activation z.", wholes.delta_as_activation),
    Mistake("transpose.result", "Rows and columns are exchanged.", SHAPE, wholes.transposed, ALWAYS),
    Mistake("gradient.zero", "The output does depend on this quantity: the answer is not 0.", PATHS, wholes.zero, ALWAYS),
    Mistake("gradient.other_parameter", "This is the derivative by {other}.", QUESTION, wholes.other_parameter),
    # Slopes.
    Mistake("mask.missing", "The mask {factor} is missing.", "Where a unit is off, nothing passes back through it.",
            on("slope", instead=slopes.masks_only(slopes.none)), pairs=True),
    Mistake("mask.inverted", "The mask {factor} is the wrong way round.", "A mask is 1 where z > 0.",
            on("slope", instead=slopes.masks_only(slopes.mask_inverted)), pairs=True),
    Mistake("mask.layer", "The mask {factor} is taken at {instead}.", SLOPE,
            on("slope", instead=slopes.masks_only(slopes.slope_elsewhere)), pairs=True),
    Mistake("missing.slope", "The slope {factor} is missing.", CHAIN, missing("slope"), pairs=True),
    Mistake("slope.function_for_derivative", "The function itself stands where its derivative {factor} belongs.",
            "Through a function a derivative is multiplied by its slope, not by its value.",
            on("slope", instead=slopes.function_for_derivative), pairs=True),
    Mistake("slope.at_activation", "The slope {factor} is taken at the wrong argument: {instead}.", SLOPE,
            on("slope", instead=slopes.slope_at_activation), pairs=True),
    Mistake("slope.wrong_rule", "For {factor} another rule was used: {instead}.", OWN_RULE,
            both(on("slope", instead=slopes.wrong_rule), on("slope", instead=slopes.misremembered)), pairs=True),
    Mistake("slope.wrong_place", "The slope {factor} is taken at {instead}.", SLOPE,
            on("slope", instead=slopes.slope_elsewhere), pairs=True),
    # Inputs, weights and biases.
    Mistake("missing.input", "The factor {factor}, which the weight multiplies, is missing.",
            CHAIN, missing("input"), pairs=True),
    Mistake("missing.weight", "The weight {factor} is missing.", CHAIN, missing("weight"), pairs=True),
    Mistake("missing.loss_derivative", "The derivative of the loss, {factor}, is missing.", LOSS, missing("loss"), pairs=True),
    Mistake("transpose.weight", "The weights are not transposed: {instead}.",
            "Backwards through z = W·a one multiplies by Wᵀ: unit j collects w_1j, w_2j and so on.",
            on("weight", instead=mutants.transposed_weight), pairs=True),
    Mistake("index.unit", "An index is wrong: {instead} stands where {factor} belongs.", PRODUCT,
            both(on("input", instead=mutants.other_unit), on("weight", instead=mutants.other_weight)), pairs=True),
    Mistake("index.unit", "The target is that of another output: {instead}.", LOSS,
            on("loss", instead=losses.other_target), pairs=True),
    Mistake("index.layer", "The layer is wrong: {instead} stands where {factor} belongs.", PRODUCT,
            both(on("input", instead=mutants.other_layer), on("weight", instead=mutants.weight_of_layer)), pairs=True),
    Mistake("index.unit", "The factor {instead} belongs to another unit.", PRODUCT, wholes.delta_elsewhere(same_layer=True)),
    Mistake("index.layer", "The factor {instead} belongs to another layer.", PRODUCT, wholes.delta_elsewhere(same_layer=False)),
    Mistake("input.pre_activation", "The pre-activation {instead} stands where the activation {factor} belongs.", PRODUCT,
            on("input", instead=mutants.before_activation), pairs=True),
    Mistake("input.exchanged", "∂(w·a)/∂w was taken for w: {factor} belongs there.", PRODUCT,
            on("input", instead=mutants.weight_for_input), pairs=True),
    Mistake("weight.exchanged", "∂(w·a)/∂a was taken for a: {factor} belongs there.", PRODUCT,
            on("weight", instead=mutants.input_for_weight), pairs=True),
    Mistake("weight.updated", "The updated weight stands where {factor} before the update belongs.",
            "All gradients of one step are taken at the same weights, those before the update.",
            on("weight", instead=mutants.updated_weight), pairs=True),
    Mistake("bias.counted", "The bias is counted where only {factor} belongs: {instead}.", BIAS,
            both(on("input", instead=mutants.bias_in_input), on("weight", instead=mutants.bias_in_weight)), pairs=True),
    Mistake("bias.counted", "The local derivative by a bias is 1: {instead} does not belong there.", BIAS,
            on("bias", instead=mutants.factor_on_bias), pairs=True),
    # The loss.
    Mistake("loss.other", "This starts from the derivative of another loss: {instead}.", LOSS,
            on("loss", instead=losses.other_loss), pairs=True),
    Mistake("loss.itself", "The loss was not differentiated: {instead}.",
            LOSS, on("loss", instead=losses.loss_itself), pairs=True),
    Mistake("loss.rule", "The derivative of the loss, {factor}, is not right: {instead}.", LOSS,
            on("loss", instead=losses.misremembered_loss), pairs=True),
    Mistake("loss.argument", "The derivative of the loss, {factor}, is taken at the wrong argument: {instead}.", LOSS,
            on("loss", instead=losses.loss_elsewhere), pairs=True),
    # Softmax.
    Mistake("softmax.off_diagonal", "Softmax of layer {layer}: only ∂pᵢ/∂zᵢ is there, the other slopes are missing.",
            EVERY_OUTPUT, paths.softmax_without_others, pairs=True),
    Mistake("softmax.as_sigmoid", "Softmax of layer {layer} was treated like a sigmoid: p(1 − p) alone.",
            EVERY_OUTPUT, paths.softmax_without_others),
    Mistake("missing.slope", "The slopes of softmax in layer {layer} are missing.",
            CHAIN, paths.softmax_as_identity, pairs=True),
    Mistake("softmax.sign", "The slopes of softmax in layer {layer} are not right: on the diagonal and off it they differ.",
            "∂pᵢ/∂zⱼ has one form for i = j, and another, negative one for i ≠ j.", paths.softmax_signs, pairs=True),
    # Rules of a first course.
    Mistake("rule.product", "Only half of the product rule for {product} is there.", "(uv)′ = u′v + uv′.",
            rules.half_a_product, pairs=True),
    Mistake("rule.product", "The derivatives of the factors of {product} are multiplied.", "(uv)′ = u′v + uv′.",
            rules.product_of_derivatives),
    Mistake("rule.quotient", "The quotient rule for {quotient} is not right: {instead}.", "(u/v)′ = (u′v − uv′)/v².",
            rules.quotient_slips, pairs=True),
    Mistake("rule.power", "The power rule is not right: {instead}.", "(uⁿ)′ = n·uⁿ⁻¹·u′.",
            on("power", instead=rules.power_slips), pairs=True),
    Mistake("rule.argument", "The outer derivative is taken at {instead}.", "(f(u))′ = f′(u)·u′: the outer derivative at u.",
            on("slope", "power", instead=rules.elsewhere), pairs=True),
    Mistake("rule.argument", "The outer derivative is taken at {instead}.", "(f(u))′ = f′(u)·u′: the outer derivative at u.",
            rules.inner_differentiated),
    Mistake("missing.factor", "The factor {factor} is missing.", CHAIN,
            both(missing("factor"), on("factor", instead=rules.coefficient_lost)), pairs=True),
    Mistake("factor.exchanged", "∂(u·v)/∂u is v, not u: {factor} belongs there, not {instead}.",
            "In u·v the local derivative by u is v.", on("factor", instead=rules.factor_exchanged), pairs=True),
    Mistake("bias.counted", "A term of the sum is counted where only {factor} belongs: {instead}.",
            "The derivative of a constant term is 0.", on("factor", instead=rules.term_counted), pairs=True),
    Mistake("variable.kept", "The variable {factor} is still there.", "The derivative of a variable by itself is 1.",
            rules.variable_kept),
    # Samples and penalties.
    Mistake("sample.missing", "Not every sample counts: {through}.", "The cost is a mean (or sum) over all samples.",
            paths.sample_missing, pairs=True),
    Mistake("mean.of_products", "Here stands {instead}; the products of each sample belong there, averaged.",
            "The gradients of the samples are averaged: a mean of products is no product of means.",
            paths.mean_of_products),
    Mistake("penalty.missing", "The penalty is missing.", "A penalty is part of the loss, so it has a derivative too.",
            paths.penalty_scaled(0), pairs=True),
    Mistake("penalty.factor", "The penalty's derivative has another factor.",
            "The penalty is differentiated like every other term, with its λ and its ½ as they stand.",
            both(paths.penalty_scaled(2, Fraction(1, 2), -1, 4, -2), on("penalty", instead=paths.penalty_of_weight)), pairs=True),
    Mistake("penalty.extra", "The bias is penalised, too.", "The penalty is on the weights, not on the biases.",
            paths.penalty_of_bias),
    # Paths.
    Mistake("path.missing", "The path through {through} is missing.", PATHS, paths.path_missing, pairs=True),
    Mistake("path.missing", "Only the path through {through} is there.", PATHS, paths.only_one_path, pairs=True),
    Mistake("gradient.other_output", "This is the derivative of {other}.", QUESTION, paths.other_output),
    Mistake("path.extra", "Terms of other units are added: {factor} belongs to one unit alone.",
            PATHS, paths.path_extra, pairs=True),
    Mistake("path.multiplied", "The contributions of several paths are multiplied at {factor}.", PATHS, paths.paths_multiplied),
    Mistake("product.hadamard", "Only entries of equal index are multiplied where {factor} needs a matrix product.",
            "Backwards through z = W·a every unit of the layer above contributes: a matrix product.",
            paths.hadamard_for_matrix, pairs=True),
    Mistake("product.hadamard", "δ and the inputs are multiplied entry by entry: the outer product belongs here.",
            "The gradient by a weight matrix is the outer product of δ and the inputs.", paths.outer_product),
    Mistake("product.matrix", "{factor} is summed over {layer}: it belongs entry by entry.",
            "The slopes of a layer multiply entry by entry: a Hadamard product.", paths.matrix_for_hadamard),
    Mistake("chain.added", "Local derivatives are added {factor}; they are multiplied.",
            "Along a path the local derivatives are multiplied; only different paths are added.", paths.chain_added),
    Mistake("sign", "The sign of {factor} is the wrong way round.", "Every minus sign is kept.",
            mutants.negated("term", "loss", "slope", "weight", "softmax", "factor", "power", "quotient", "part"), pairs=True),
    # Less common: a factor twice or underneath, one factor alone, something else.
    Mistake("doubled.slope", "The slope {factor} is there twice.", CHAIN, doubled("slope"), pairs=True),
    Mistake("inverted.slope", "The slope {factor} divides; it should multiply.", CHAIN, inverted("slope"), pairs=True),
    Mistake("doubled.input", "The factor {factor} is there twice.", CHAIN, doubled("input"), pairs=True),
    Mistake("doubled.weight", "The weight {factor} is there twice.", CHAIN, doubled("weight"), pairs=True),
    Mistake("inverted.input", "The factor {factor} divides; it should multiply.", CHAIN, inverted("input"), pairs=True),
    Mistake("inverted.weight", "The weight {factor} divides; it should multiply.", CHAIN, inverted("weight"), pairs=True),
    Mistake("doubled.loss_derivative", "The derivative of the loss, {factor}, is there twice.",
            CHAIN, doubled("loss"), pairs=True),
    Mistake("inverted.loss_derivative", "The derivative of the loss, {factor}, divides; it should multiply.", CHAIN,
            inverted("loss"), pairs=True),
    Mistake("doubled.factor", "The factor {factor} is there twice.", CHAIN, doubled("factor", "power", "quotient"), pairs=True),
    Mistake("inverted.factor", "The factor {factor} divides; it should multiply.",
            CHAIN, inverted("factor", "power"), pairs=True),
    Mistake("missing.factor", "The factor {factor} is missing.", CHAIN, missing("power", "quotient"), pairs=True),
    Mistake("gradient.other_parameter", "This is the derivative by {other}.", QUESTION, wholes.other_value),
    Mistake("factor.alone", "This is only one factor of the path: {factor}.", CHAIN, wholes.factors),
    Mistake("value.other_quantity", "This is the value of {other}, not a derivative.", QUESTION, wholes.quantity_itself),
    # Values.
    Mistake("value.term_missing", "The term {instead} is missing.", FORWARD, forward.wrongly("term"), VALUE),
    Mistake("value.sign", "The sign of {instead} is the wrong way round.", FORWARD, forward.wrongly("sign"), VALUE),
    Mistake("value.activation_missing", "The function {instead} is not applied.", FORWARD, forward.wrongly("function"), VALUE),
    Mistake("value.activation_twice", "The function {instead} is applied twice.", FORWARD, forward.wrongly("twice"), VALUE),
    Mistake("value.derivative", "The derivative of {instead} stands where {instead} itself belongs.", FORWARD,
            forward.wrongly("derivative"), VALUE),
    Mistake("value.other_function", "Another function is applied: {instead}.",
            FORWARD, forward.wrongly("other_function"), VALUE),
    Mistake("value.normalisation", "The powers e^z are not divided by their sum over the layer.",
            "The outputs of softmax add up to 1.", forward.wrongly("normalised"), VALUE),
    Mistake("value.factor_missing", "The factor {instead} is missing.", FORWARD, forward.wrongly("factor"), VALUE),
    Mistake("value.exponent", "The exponent {instead} is not where it belongs.", FORWARD, forward.wrongly("exponent"), VALUE),
    Mistake("value.transposed", "The weights' indices are exchanged: {instead}.",
            "w_jk leads to unit j from unit k: z_j = Σ w_jk·a_k + b_j.", forward.wrongly("transposed"), VALUE),
    Mistake("value.index", "An index is wrong: {instead} does not belong here.", FORWARD, forward.wrongly("unit"), VALUE),
    Mistake("value.layer", "The layer is wrong: {instead} does not belong here.", FORWARD, forward.wrongly("layer"), VALUE),
    Mistake("value.pre_activation", "The pre-activation {instead} stands where the activation belongs.", FORWARD,
            forward.wrongly("before"), VALUE),
    Mistake("value.loss", "This is another loss: {instead}.", FORWARD, forward.wrongly("loss"), VALUE),
    Mistake("value.exchanged", "The output and the target are exchanged.", FORWARD, forward.wrongly("exchanged"), VALUE),
    Mistake("value.operation", "Another operation stands here: {instead}.", FORWARD, forward.wrongly("operation"), VALUE),
    Mistake("value.other_quantity", "This is the value of {other}.", FORWARD, wholes.quantity_itself, VALUE),
    Mistake("forward.slip", "The forward pass is wrong ({instead}); what follows is right.", FORWARD, forward.slips, ALWAYS),
    Mistake("factor.constant", "The answer is {constant} times what it should be.", CONSTANT, wholes.constant_factor, ALWAYS),
)

CODES: tuple[str, ...] = (
    *dict.fromkeys(row.code for row in MISTAKES), "convention.half", "convention.mean", "convention.layout",
)
