"""What becomes of hostile files and hostile cells, tried with the real product."""
