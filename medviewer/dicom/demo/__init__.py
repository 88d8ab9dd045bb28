"""The phantom study and the sample files inside the wheel of pydicom."""
