"""The mathematics of draws: from 64 random bits to a value by its law, the same to the last bit on every processor.

Only operations that IEEE 754 defines exactly are used (+ - * /, square root, integers, tables, own polynomials).
`continuous` and `discrete` hold the laws, `special` the functions they need, `results` turns them into columns.
"""
