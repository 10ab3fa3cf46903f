"""What compiled code of all worlds and learners shares."""
