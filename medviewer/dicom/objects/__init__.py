"""DICOM objects other than images: directories, presentation states, graphics, shutters."""
