"""Studies, series and stacks made from the files that were found."""
