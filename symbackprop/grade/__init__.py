"""A class: submissions in, findings and reports out."""
