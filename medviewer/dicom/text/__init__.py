"""Text of DICOM files: from bytes to characters."""
