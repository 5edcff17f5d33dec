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

from symbackprop.checking import costs, forward, lessons, losses, mutants, paths, rules, slopes, wholes
from symbackprop.checking.lessons import Lesson
from symbackprop.checking.mutants import Mutation, both, doubled, inverted, missing, on

GRADIENT, VALUE = frozenset({"gradient", "local"}), frozenset({"value"})
ALWAYS = GRADIENT | VALUE


@dataclass(frozen=True)
class Mistake:
    """One row: what a mistake is called, what is said of it, which rule it breaks, and how it is made."""

    code: str
    sentence: str
    rule: Lesson
    mutation: Mutation
    asked: frozenset[str] = GRADIENT
    pairs: bool = False


MISTAKES: tuple[Mistake, ...] = (
    # The whole answer: a factor in front, another question.
    Mistake("rule.quotient", "The two terms above the line in the quotient rule for {quotient} are exchanged.",
            lessons.QUOTIENT_RULE, rules.quotient_exchanged),
    Mistake("sign", "The sign is the wrong way round.", lessons.SIGN, wholes.scaled(-1), ALWAYS),
    Mistake("gradient.update", "This is {instead}, not the gradient.", lessons.UPDATE, wholes.update),
    Mistake("inner.missing", "The inner derivative is missing: that of {inner}.", lessons.INNER, rules.inner_missing, pairs=True),
    Mistake("factor.two", "There is a factor 2 too many.", lessons.CONSTANT, wholes.scaled(2), ALWAYS),
    Mistake("factor.half", "A factor 2 is missing, or there is a ½ too many.",
            lessons.CONSTANT, wholes.scaled(Fraction(1, 2)), ALWAYS),
    Mistake("factor.mean", "The answer is off by the number of {counted}: a mean over them is one too many, or is missing.",
            lessons.MEAN, wholes.mean_factor, ALWAYS),
    Mistake("convention.delta", "This is the derivative by the activation {other}.", lessons.DELTA, wholes.delta_as_activation),
    Mistake("transpose.result", "Rows and columns are exchanged.", lessons.SHAPE, wholes.transposed, ALWAYS),
    Mistake("gradient.zero", "The output does depend on this quantity: the answer is not 0.",
            lessons.PATHS, wholes.zero, ALWAYS),
    Mistake("gradient.other_parameter", "This is the derivative by {other}, not by {of}.",
            lessons.QUESTION, wholes.other_parameter),
    Mistake("sign", "The sign of the term with {part} is wrong.", lessons.TERM_SIGN, rules.term_sign, pairs=True),
    # Slopes.
    Mistake("mask.missing", "The mask {factor} is missing.", lessons.MASK,
            on("slope", instead=slopes.masks_only(slopes.none)), pairs=True),
    Mistake("mask.inverted", "The mask {factor} is the wrong way round.", lessons.MASK,
            on("slope", instead=slopes.masks_only(slopes.mask_inverted)), pairs=True),
    Mistake("mask.layer", "The mask {factor} is taken at {instead}.", lessons.SLOPE,
            on("slope", instead=slopes.masks_only(slopes.slope_elsewhere)), pairs=True),
    Mistake("missing.slope", "The {slope} {factor} is missing.", lessons.CHAIN, missing("slope"), pairs=True),
    Mistake("slope.function_for_derivative", "The function itself stands where its derivative {factor} belongs.",
            lessons.NOT_ITSELF, on("slope", instead=slopes.function_for_derivative), pairs=True),
    Mistake("slope.at_activation", "The {slope} {factor} is taken at the wrong argument: {instead}.", lessons.SLOPE,
            on("slope", instead=slopes.slope_at_activation), pairs=True),
    Mistake("slope.at_activation", "{factor} is written with the argument where the function's value belongs.", lessons.OWN_RULE,
            on("slope", instead=slopes.formula_at_argument), pairs=True),
    Mistake("slope.wrong_rule", "{instead} stands where {factor} belongs.", lessons.OWN_RULE,
            both(on("slope", instead=slopes.wrong_rule), on("slope", instead=slopes.misremembered)), pairs=True),
    Mistake("slope.wrong_place", "The {slope} {factor} is taken at {instead}.", lessons.SLOPE,
            on("slope", instead=slopes.slope_elsewhere), pairs=True),
    # Inputs, weights and biases.
    Mistake("missing.input", "The factor {factor}, which the weight multiplies, is missing.",
            lessons.CHAIN, missing("input"), pairs=True),
    Mistake("missing.weight", "The weight {factor} is missing.", lessons.CHAIN, missing("weight"), pairs=True),
    Mistake("missing.loss_derivative", "The derivative of the loss, {factor}, is missing.",
            lessons.LOSS, missing("loss"), pairs=True),
    Mistake("transpose.weight", "The weights are not transposed: {instead}.", lessons.BACKWARDS,
            on("weight", instead=mutants.transposed_weight), pairs=True),
    Mistake("transpose.weight", "The weights are not transposed: {instead}.", lessons.BACKWARDS, wholes.weights_summed),
    Mistake("index.unit", "An index is wrong: {instead} does not belong here.", lessons.PRODUCT,
            both(on("input", instead=mutants.other_unit), on("weight", instead=mutants.other_weight)), pairs=True),
    Mistake("index.unit", "The target is that of another output: {instead}.", lessons.LOSS,
            on("loss", instead=losses.other_target), pairs=True),
    Mistake("index.layer", "The layer is wrong: {instead} does not belong here.", lessons.PRODUCT,
            both(on("input", instead=mutants.other_layer), on("weight", instead=mutants.weight_of_layer)), pairs=True),
    Mistake("index.unit", "The factor {instead} belongs to another unit.",
            lessons.PRODUCT, wholes.delta_elsewhere(same_layer=True)),
    Mistake("index.layer", "The factor {instead} belongs to another layer.",
            lessons.PRODUCT, wholes.delta_elsewhere(same_layer=False)),
    Mistake("input.pre_activation", "The pre-activation {instead} stands where the activation {factor} belongs.",
            lessons.PRODUCT, on("input", instead=mutants.before_activation), pairs=True),
    Mistake("input.exchanged", "The weight itself stands where the value that it multiplies belongs.", lessons.PRODUCT,
            on("input", instead=mutants.weight_for_input), pairs=True),
    Mistake("weight.exchanged", "The activation itself stands where the weight on it belongs.", lessons.PRODUCT,
            on("weight", instead=mutants.input_for_weight), pairs=True),
    Mistake("weight.updated", "The updated weight stands where {factor} before the update belongs.", lessons.OLD_WEIGHTS,
            on("weight", instead=mutants.updated_weight), pairs=True),
    Mistake("bias.counted", "{factor} alone belongs where {instead} stands.", lessons.BIAS,
            both(on("input", instead=mutants.bias_in_input), on("weight", instead=mutants.bias_in_weight)), pairs=True),
    Mistake("bias.counted", "A bias is not multiplied by anything in z: the factor {instead} is too many.", lessons.BIAS,
            on("bias", instead=mutants.factor_on_bias), pairs=True),
    # The loss.
    Mistake("loss.other", "This starts from the derivative of another loss: {instead}.", lessons.LOSS,
            on("loss", instead=losses.other_loss), pairs=True),
    Mistake("loss.itself", "The loss was not differentiated: {instead}.", lessons.LOSS,
            on("loss", instead=losses.loss_itself), pairs=True),
    Mistake("loss.rule", "The derivative of the loss, {factor}, is not right: {instead}.", lessons.LOSS,
            on("loss", instead=losses.misremembered_loss), pairs=True),
    Mistake("loss.argument", "The derivative of the loss, {factor}, is not right: {instead}.", lessons.LOSS,
            on("loss", instead=losses.loss_elsewhere), pairs=True),
    # Softmax.
    Mistake("softmax.off_diagonal", "Softmax of layer {layer}: only the slopes ∂pᵢ/∂zᵢ are there, those for i ≠ j are missing.",
            lessons.EVERY_OUTPUT, paths.softmax_without_others, pairs=True),
    Mistake("softmax.as_sigmoid", "Softmax of layer {layer} was treated like a sigmoid: p(1 − p) alone.",
            lessons.EVERY_OUTPUT, paths.softmax_without_others),
    Mistake("missing.slope", "The slopes of softmax in layer {layer} are missing.",
            lessons.CHAIN, paths.softmax_as_identity, pairs=True),
    Mistake("softmax.sign", "The slopes of softmax in layer {layer} are not right: those for i = j and i ≠ j differ.",
            lessons.JACOBIAN, paths.softmax_signs, pairs=True),
    # Rules of a first course.
    Mistake("rule.product", "The derivatives of the factors of {product} are added; "
            "each must be multiplied by the other factor.", lessons.PRODUCT_RULE, rules.sum_of_derivatives, pairs=True),
    Mistake("rule.product", "Only half of the product rule for {product} is there.",
            lessons.PRODUCT_RULE, rules.half_a_product, pairs=True),
    Mistake("rule.product", "The derivatives of the factors of {product} are multiplied.",
            lessons.PRODUCT_RULE, rules.product_of_derivatives),
    Mistake("rule.quotient", "The quotient rule for {quotient} is not right: {instead}.",
            lessons.QUOTIENT_RULE, rules.quotient_slips, pairs=True),
    Mistake("rule.power", "The power rule is not right: {instead}.", lessons.POWER_RULE,
            on("power", instead=rules.power_slips), pairs=True),
    Mistake("rule.power", "The derivative of the power is not right: {instead}.", lessons.EXPONENTIAL_RULE,
            on("power", instead=rules.exponential_slips), pairs=True),
    Mistake("rule.argument", "The outer derivative is taken at {instead}.", lessons.SLOPE,
            on("slope", "power", instead=rules.elsewhere), pairs=True),
    Mistake("rule.argument", "The outer derivative is taken at {instead}.", lessons.SLOPE, rules.inner_differentiated),
    Mistake("missing.factor", "The factor {factor} is missing.", lessons.CHAIN,
            both(missing("factor"), on("factor", instead=rules.coefficient_lost)), pairs=True),
    Mistake("factor.exchanged", "{instead} stands where the other factor of the product belongs.", lessons.PRODUCT,
            on("factor", instead=rules.factor_exchanged), pairs=True),
    Mistake("rule.constant", "The constant term {part} is still there.", lessons.CONSTANT_TERM,
            rules.constant_kept, pairs=True),
    Mistake("bias.counted", "{factor} alone belongs where {instead} stands.", lessons.BIAS,
            on("factor", instead=rules.term_counted), pairs=True),
    Mistake("rule.constant", "{part} is differentiated, too, although it does not contain {of}.", lessons.QUESTION,
            rules.others_differentiated, pairs=True),
    Mistake("variable.kept", "The variable {factor} is still there.", lessons.VARIABLE, rules.variable_kept),
    Mistake("variable.kept", "The variable {instead} is still there in one term.", lessons.VARIABLE,
            on("factor", "term", instead=rules.variable_kept_once), pairs=True),
    # Samples and penalties.
    Mistake("sample.missing", "Not every sample counts: {through}.", lessons.SAMPLES, costs.sample_missing, pairs=True),
    Mistake("mean.of_products", "Here stands {instead}; what belongs there is the mean of each sample's own product.",
            lessons.MEAN_OF_PRODUCTS, costs.mean_of_products),
    Mistake("penalty.missing", "The penalty is missing.", lessons.PENALTY, costs.penalty_scaled(0), pairs=True),
    Mistake("penalty.factor", "The penalty's derivative has another factor.", lessons.PENALTY_FACTOR,
            both(costs.penalty_scaled(2, Fraction(1, 2), -1, 4, -2), on("penalty", instead=costs.penalty_of_weight)), pairs=True),
    Mistake("penalty.extra", "The bias is penalised, too.", lessons.NO_PENALTY, costs.penalty_of_bias),
    # Paths.
    Mistake("path.missing", "The path through {through} is missing.", lessons.PATHS, paths.path_missing, pairs=True),
    Mistake("path.missing", "Only the path through {through} is there.", lessons.PATHS, paths.only_one_path, pairs=True),
    Mistake("gradient.other_output", "This is the derivative of {other} alone.", lessons.WHOLE_OUTPUT, paths.other_output),
    Mistake("path.extra", "Terms of other units are added: {factor} belongs to one unit alone.",
            lessons.NO_PATH, paths.path_extra, pairs=True),
    Mistake("path.multiplied", "The contributions of several paths are multiplied at {factor}.",
            lessons.PATHS, paths.paths_multiplied),
    Mistake("product.hadamard", "Only entries of equal index are multiplied where {factor} needs a matrix product.",
            lessons.BACKWARDS_ALL, paths.hadamard_for_matrix, pairs=True),
    Mistake("product.hadamard", "δ and the inputs are multiplied entry by entry: the outer product belongs here.",
            lessons.OUTER, paths.outer_product),
    Mistake("product.matrix", "{factor} is summed over {layer}: it belongs entry by entry.",
            lessons.ENTRYWISE, paths.matrix_for_hadamard),
    Mistake("chain.added", "Local derivatives are added {factor} where they should be multiplied.",
            lessons.SUM_RULE, paths.chain_added),
    Mistake("sign", "The sign of the path through {through} is wrong.", lessons.SIGN, paths.path_sign, pairs=True),
    Mistake("sign", "The sign of {factor} is the wrong way round.", lessons.SIGN,
            mutants.negated("term", "loss", "slope", "weight", "softmax", "factor", "power", "quotient", "part"), pairs=True),
    # Less common: a factor twice or underneath, one factor alone, something else.
    Mistake("doubled.slope", "The {slope} {factor} is there twice.", lessons.CHAIN, doubled("slope"), pairs=True),
    Mistake("inverted.slope", "The {slope} {factor} divides; it should multiply.", lessons.CHAIN, inverted("slope"), pairs=True),
    Mistake("doubled.input", "The factor {factor} is there twice.", lessons.CHAIN, doubled("input"), pairs=True),
    Mistake("doubled.weight", "The weight {factor} is there twice.", lessons.CHAIN, doubled("weight"), pairs=True),
    Mistake("inverted.input", "The factor {factor} divides; it should multiply.", lessons.CHAIN, inverted("input"), pairs=True),
    Mistake("inverted.weight", "The weight {factor} divides; it should multiply.",
            lessons.CHAIN, inverted("weight"), pairs=True),
    Mistake("doubled.loss_derivative", "The derivative of the loss, {factor}, is there twice.",
            lessons.CHAIN, doubled("loss"), pairs=True),
    Mistake("inverted.loss_derivative", "The derivative of the loss, {factor}, divides; it should multiply.", lessons.CHAIN,
            inverted("loss"), pairs=True),
    Mistake("doubled.factor", "The factor {factor} is there twice.",
            lessons.CHAIN, doubled("factor", "power", "quotient"), pairs=True),
    Mistake("inverted.factor", "The factor {factor} divides; it should multiply.",
            lessons.CHAIN, inverted("factor", "power"), pairs=True),
    Mistake("missing.factor", "The factor {factor} is missing.", lessons.CHAIN, missing("power", "quotient"), pairs=True),
    Mistake("factor.alone", "Only one factor of the chain is there: {factor}.", lessons.ONE_FACTOR, wholes.factors),
    Mistake("gradient.other_parameter", "This is the derivative by {other}, not by {of}.", lessons.QUESTION, wholes.other_value),
    Mistake("value.other_quantity", "This is the value of {other}, not a derivative.", lessons.RATE, wholes.quantity_itself),
    # Values.
    Mistake("value.term_missing", "The term {instead} is missing.", lessons.FORWARD, forward.wrongly("term"), VALUE),
    Mistake("value.sign", "The sign of {instead} is the wrong way round.", lessons.FORWARD, forward.wrongly("sign"), VALUE),
    Mistake("value.activation_missing", "The function {instead} is not applied.",
            lessons.FORWARD, forward.wrongly("function"), VALUE),
    Mistake("value.activation_twice", "The function {instead} is applied twice.",
            lessons.FORWARD, forward.wrongly("twice"), VALUE),
    Mistake("value.derivative", "The derivative of {instead} stands where {instead} itself belongs.", lessons.FORWARD,
            forward.wrongly("derivative"), VALUE),
    Mistake("value.other_function", "Another function is applied: {instead}.",
            lessons.FORWARD, forward.wrongly("other_function"), VALUE),
    Mistake("value.normalisation", "The powers e^z are not divided by their sum over the layer.",
            lessons.SOFTMAX, forward.wrongly("normalised"), VALUE),
    Mistake("value.factor_missing", "The factor {instead} is missing.", lessons.FORWARD, forward.wrongly("factor"), VALUE),
    Mistake("value.exponent", "The exponent {instead} is missing, wrong or in the wrong place.",
            lessons.FORWARD, forward.wrongly("exponent"), VALUE),
    Mistake("value.transposed", "The weights' indices are exchanged: {instead}.",
            lessons.INDICES, forward.wrongly("transposed"), VALUE),
    Mistake("value.index", "An index is wrong: {instead} does not belong here.", lessons.FORWARD, forward.wrongly("unit"), VALUE),
    Mistake("value.layer", "The layer is wrong: {instead} does not belong here.",
            lessons.FORWARD, forward.wrongly("layer"), VALUE),
    Mistake("value.pre_activation", "The pre-activation {instead} stands where the activation belongs.", lessons.FORWARD,
            forward.wrongly("before"), VALUE),
    Mistake("value.loss", "This is another loss: {instead}.", lessons.FORWARD, forward.wrongly("loss"), VALUE),
    Mistake("value.exchanged", "The output and the target are exchanged.", lessons.FORWARD, forward.wrongly("exchanged"), VALUE),
    Mistake("value.operation", "Another operation stands here: {instead}.", lessons.FORWARD, forward.wrongly("operation"), VALUE),
    Mistake("value.other_quantity", "This is the value of {other}.", lessons.FORWARD, wholes.quantity_itself, VALUE),
    Mistake("forward.slip", "The forward pass is wrong ({instead}); what follows is right.",
            lessons.FORWARD, forward.slips, ALWAYS),
    Mistake("factor.constant", "A constant factor is wrong.",
            lessons.CONSTANT, wholes.constant_factor, ALWAYS),
)

CODES: tuple[str, ...] = (
    *dict.fromkeys(row.code for row in MISTAKES), "convention.half", "convention.mean", "convention.layout",
)
