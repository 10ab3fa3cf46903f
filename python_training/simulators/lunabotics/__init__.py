"""Lunabotics: a rover that digs up orbs on one side of a field of rocks and delivers them to a berm on the other."""
