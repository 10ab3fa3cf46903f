"""What a run is, as plain frozen data: built from its spec and a fold over its journal."""
