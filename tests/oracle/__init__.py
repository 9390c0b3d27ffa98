"""Every report by its definition: slow, obvious, over plain lists, without any of the kernels."""
