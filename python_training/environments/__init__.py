"""Worlds as learners meet them: any one opened as a vector environment, its spaces adapted, its episodes played."""
