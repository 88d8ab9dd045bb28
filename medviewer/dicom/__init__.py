"""DICOM files: found, read, ordered, decoded.

pydicom and imagecodecs live here, in a limited process. The window's process imports `series`, `sandbox`
and `index`; none of them imports pydicom at module level.
"""
