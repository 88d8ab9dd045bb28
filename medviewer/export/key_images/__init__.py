"""The key images of a study, as a picture and as a table."""
