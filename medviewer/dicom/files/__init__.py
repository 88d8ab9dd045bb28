"""Files and archives: found, recognized by their content, opened."""
