"""The header of a DICOM file: parsed within limits, read attribute by attribute."""
