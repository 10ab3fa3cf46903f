"""Players elsewhere: real Battlesnake servers by URL, met turn by turn over the official API."""
