"""DICOM files: found, read, ordered, decoded.

pydicom and imagecodecs are used here only, in the limited worker. The window's process takes values from
`model`, asks the worker by `workers.Sandbox`, and orders its answers by `library`; none of these imports
pydicom.
"""
