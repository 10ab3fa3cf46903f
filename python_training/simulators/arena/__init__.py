"""Arena: fighters with a fixed nose gun against waves of drones, turrets and hunters, or against each other."""
