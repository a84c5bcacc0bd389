"""What a visitor has said, changed or uploaded: in the address, the session, and nowhere else."""
