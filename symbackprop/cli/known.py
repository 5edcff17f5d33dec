"""`symbackprop list`: what the program knows."""

from __future__ import annotations

from symbackprop.cli.options import FormatName, Notation, Output
from symbackprop.cli.writer import Writer
from symbackprop.errors import InputError, nearest


def list_known(
    *,
    notation: Notation = "ng",
    format_name: FormatName = None,
    output: Output = None,
) -> None:
    """List activations, losses, optimizers, notations and formats."""
    from symbackprop.narrate import tell_known
    from symbackprop.notation import NOTATIONS, Speller
    from symbackprop.render import FORMATS

    if notation not in NOTATIONS:
        msg = f'unknown notation "{notation}"{nearest(notation, NOTATIONS)} (known: {", ".join(NOTATIONS)})'
        raise InputError(msg)
    formats = {name: row.description for name, row in FORMATS.items()}
    formats["json"] = "one object with values, gradients, local derivatives and steps"
    writer = Writer(Speller(NOTATIONS[notation], network=False), format_name, output)
    if writer.json:
        msg = "list has no JSON form (known: terminal, text, latex, standalone, dollar, github)"
        raise InputError(msg)
    writer.write(tell_known(formats))
