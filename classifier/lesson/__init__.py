"""The founding toy as a lesson: word vectors from sentences without labels, and what they are worth with few labels."""
