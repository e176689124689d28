"""What each chapter shows: its pictures and their controls, noted for "Show the code"."""
