"""What reports are built of: each file one idea that reports count by, pure, above the kernels."""
