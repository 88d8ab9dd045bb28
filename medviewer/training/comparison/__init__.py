"""Published models beside other methods and reduced recipes."""
