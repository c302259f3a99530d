"""The action server: what the assistant says and presses. It knows the api and nothing else."""
