"""Attempts: how the funnels of each person are found, step by step, in the rows of a timeline."""
