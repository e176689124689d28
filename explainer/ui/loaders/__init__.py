"""What a page shows, computed by the traces, remembered for all visitors, noted for "Show the code"."""
