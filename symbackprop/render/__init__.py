"""One file a format; `FORMATS` is the table of them."""
