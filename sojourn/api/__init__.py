"""The HTTP edge: decode, check who asks, call the application, encode."""
