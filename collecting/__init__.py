"""Where samples come from beside uploads: archives, lists of addresses, the web; and how they get out again."""
