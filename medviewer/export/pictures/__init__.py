"""Pictures of a slice in the formats that other programs open."""
