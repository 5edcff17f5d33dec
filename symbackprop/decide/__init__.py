"""Are two expressions equal: screened by signatures, told apart by intervals, proved by a normal form."""
