"""The limited worker processes as the program sees them: started, asked, replaced, and their answers read."""
