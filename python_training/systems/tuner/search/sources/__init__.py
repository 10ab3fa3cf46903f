"""Sources of proposals, one small file each. `catalogue` names them; a new one is a file and a line there."""
