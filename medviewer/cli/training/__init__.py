"""Commands that train, evaluate and compare models."""
