"""The player behind the official Battlesnake API: requests in, moves out, each within the game's own time limit."""
