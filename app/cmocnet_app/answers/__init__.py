"""What the network says of a scenario, in plain records; what takes a while is kept."""
