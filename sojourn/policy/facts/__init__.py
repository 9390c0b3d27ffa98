"""What the compiler knows of law and of vendors: data with dates and sources, no rules."""
