"""What every part of Paddock agrees on: frozen data and protocols, with no heavy import."""
